import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';
import { CallContext, PROTOCOL, api } from '../core/api';
import type { OperationName } from '../core/api';
import { Cancelled, UserError, messageOf } from '../core/errors';
import { LeaseBody } from '../app/daemonState';
import type { Daemon } from '../app/startDaemon';
import { Leases } from './leases';

const largestBody = 256_000_000;
const Body = z.object({ input: z.unknown(), context: CallContext });

/** Answers calls on a loopback port until nobody holds a lease, or somebody asks it to stop. */
export async function serveDaemon(daemon: Daemon, nonce: string): Promise<void> {
	const leases = new Leases(Number(process.env['CODELEARN_LINGER_MS'] ?? 60_000));
	const startedAt = new Date().toISOString();
	const stopping = new AbortController();
	const server = createServer((request, response) => {
		answer(request, response).catch((cause: unknown) => {
			daemon.log.error('a request failed', cause);
			response.end();
		});
	});
	const answer = async (request: IncomingMessage, response: ServerResponse) => {
		if (request.headers['x-codelearn-nonce'] !== nonce) return void response.writeHead(403).end();
		const body = await bodyOf(request);
		const path = request.url ?? '';
		if (path.startsWith('/rpc/')) return leases.during(() => call(daemon, path.slice('/rpc/'.length), body, response, { startedAt, leases }));
		if (path === '/lease') leases.hold(LeaseBody.parse(body));
		if (path === '/release') leases.release(LeaseBody.parse(body));
		if (path === '/stop') stopping.abort();
		response.end(`${JSON.stringify({ result: { nonce, pid: process.pid } })}\n`);
	};
	daemon.announce(await listen(server), nonce, startedAt);
	process.on('SIGTERM', () => stopping.abort());
	process.on('SIGINT', () => stopping.abort());
	await untilUnused(daemon, leases, nonce, stopping.signal);
	server.close();
	server.closeIdleConnections();
}

async function call(daemon: Daemon, name: string, body: unknown, response: ServerResponse, { startedAt, leases }: { startedAt: string; leases: Leases }) {
	const gone = new AbortController();
	response.on('close', () => gone.abort(new Cancelled()));
	const write = (line: unknown) => response.write(`${JSON.stringify(line)}\n`);
	try {
		const operation = operationOf(name);
		const { input, context } = Body.parse(body);
		const result = await daemon.app.call(operation, input, context, { signal: gone.signal, onProgress: (progress) => write({ progress }) });
		write({
			result:
				operation === 'status' && typeof result === 'object'
					? { ...result, version: daemon.version, protocol: PROTOCOL, started_at: startedAt, leases: leases.list() }
					: result,
		});
	} catch (cause) {
		if (!(cause instanceof UserError) && !(cause instanceof Cancelled)) daemon.log.error(`${name} failed`, cause);
		write({
			error: { name: cause instanceof Error ? cause.name : 'Error', message: messageOf(cause), exitCode: cause instanceof UserError ? cause.exitCode : 1 },
		});
	}
	response.end();
}

function operationOf(name: string): OperationName {
	const parsed = z.custom<OperationName>((value) => typeof value === 'string' && Object.hasOwn(api, value)).safeParse(name);
	if (!parsed.success) throw new UserError(`This version of Codelearn's background process does not know "${name}". Restart it: chroma-client server stop`);
	return parsed.data;
}

function untilUnused(daemon: Daemon, leases: Leases, nonce: string, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setInterval(() => {
			const replaced = !daemon.isAnnounced(nonce);
			if (replaced) daemon.log.warn('another process has taken over; leaving');
			if (replaced || leases.expired()) finish();
		}, 1000);
		function finish() {
			clearInterval(timer);
			resolve();
		}
		stop.addEventListener('abort', finish, { once: true });
	});
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of request) {
		if (!(piece instanceof Uint8Array)) continue;
		size += piece.length;
		if (size > largestBody) throw new UserError('The request is too large.');
		pieces.push(piece);
	}
	const text = Buffer.concat(pieces).toString('utf8');
	return text === '' ? {} : JSON.parse(text);
}

function listen(server: Server): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			if (address === null || typeof address === 'string') reject(new Error('no port could be opened on 127.0.0.1'));
			else resolve(address.port);
		});
	});
}
