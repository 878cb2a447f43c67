import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { messageOf } from '../../core/errors';
import { takeExclusiveLease } from '../sqlite/exclusiveLease';
import { loadChromaBinding } from './chromaBinding';
import type { RunningChroma } from './chromaCommand';
import { startCommand, withGrace } from './chromaCommand';
import { ServerState, serverFiles } from './serverState';
import { isAlive } from '../../platform/processes';

/*
 * The process that is the embedded Chroma server. A worker thread runs Chroma's own command, which
 * blocks it until SIGINT; the main thread answers with the nonce, keeps the leases, and stops the
 * server when nobody holds one any more. It holds a lock on the directory for its whole life, so a
 * second one, which would make queries miss rows, cannot start.
 */

const WorkerArgs = z.object({ chromaArgs: z.array(z.string()), cacheFolder: z.string() });
const LeaseRequest = z.object({ pid: z.number().int() });

if (isMainThread) void main();
else runChroma(WorkerArgs.parse(workerData));

function runChroma({ chromaArgs, cacheFolder }: z.infer<typeof WorkerArgs>) {
	loadChromaBinding(cacheFolder).cli(['chroma', 'run', ...chromaArgs]);
}

interface Options {
	readonly path: string;
	readonly nonce: string;
	readonly cache: string;
	readonly command: string;
}

async function main() {
	const { values } = parseArgs({
		options: { path: { type: 'string' }, nonce: { type: 'string' }, cache: { type: 'string' }, command: { type: 'string', default: '' } },
	});
	const options: Options = { path: values.path ?? '', nonce: values.nonce ?? '', cache: values.cache ?? '', command: values.command };
	const files = serverFiles(options.path);
	mkdirSync(files.folder, { recursive: true, mode: 0o700 });
	const lease = takeExclusiveLease(files.lease);
	if (lease === undefined) return;
	// The log tells of this start only; whoever waits for it reads there why it failed.
	truncateSync(files.log);
	try {
		await serve(options, files);
	} catch (cause) {
		process.stderr.write(`error: ${messageOf(cause)}\n`);
		process.exitCode = 1;
	} finally {
		if (announced(files.state) === options.nonce) rmSync(files.state, { force: true });
		lease.release();
	}
	process.exit();
}

/** Nonce of the server that the state file names. */
function announced(stateFile: string): string | undefined {
	try {
		return ServerState.parse(JSON.parse(readFileSync(stateFile, 'utf8'))).nonce;
	} catch {
		return undefined;
	}
}

async function serve(options: Options, files: ReturnType<typeof serverFiles>) {
	const mark = markOf(files.lease);
	const port = await freePort();
	const chroma = startChroma(options, ['--path', options.path, '--host', '127.0.0.1', '--port', String(port)]);
	await Promise.race([answering(port), chroma.ended.then(() => Promise.reject(new Error('Chroma ended while it was starting.')))]);
	const leases = new Map<number, true>();
	let leased = false;
	const stopping = new AbortController();
	const control = createServer((request, response) => {
		if (request.headers['x-codelearn-nonce'] !== options.nonce) return void response.writeHead(403).end();
		let body = '';
		request.on('data', (piece: Buffer) => (body += piece.toString()));
		request.on('end', () => {
			if (request.url === '/lease') {
				leased = true;
				leases.set(LeaseRequest.parse(JSON.parse(body)).pid, true);
			}
			if (request.url === '/release') leases.delete(LeaseRequest.parse(JSON.parse(body)).pid);
			if (request.url === '/release' && held(leases) === 0) stopping.abort();
			if (request.url === '/stop') stopping.abort();
			response.end(JSON.stringify({ nonce: options.nonce, leases: [...leases.keys()] }));
		});
	});
	const controlPort = await listening(control);
	const state: ServerState = {
		pid: process.pid,
		port,
		control_port: controlPort,
		nonce: options.nonce,
		binary: chroma.binary,
		started_at: new Date().toISOString(),
	};
	const announce = () => {
		writeFileSync(`${files.state}.new`, JSON.stringify(state), { mode: 0o600 });
		renameSync(`${files.state}.new`, files.state);
	};
	announce();
	process.on('SIGINT', () => stopping.abort());
	process.on('SIGTERM', () => stopping.abort());
	await Promise.race([
		unused(
			leases,
			() => leased,
			stopping.signal,
			() => {
				// Somebody removed the directory: what is written now would be lost, and another server may serve it already.
				if (markOf(files.lease) !== mark) stopping.abort();
				else if (!existsSync(files.state)) announce();
			},
		),
		chroma.ended,
	]);
	control.close();
	await chroma.stop();
}

function startChroma(options: Options, chromaArgs: string[]): RunningChroma {
	return options.command === '' ? startInThread(options, chromaArgs) : startCommand(options.command, chromaArgs, serverFiles(options.path).command);
}

function startInThread(options: Options, chromaArgs: string[]): RunningChroma {
	const { file, relaxed } = loadChromaBinding(options.cache);
	const worker = new Worker(__filename, { workerData: { chromaArgs, cacheFolder: options.cache }, execArgv: [] });
	const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
	// Without a listener Node would end at the first SIGINT, before Chroma has closed its files.
	process.on('SIGINT', () => undefined);
	return {
		binary: `${file}${relaxed ? ' (copy relaxed for an older glibc)' : ''}`,
		ended,
		stop: () =>
			withGrace(
				ended,
				() => process.kill(process.pid, 'SIGINT'),
				() => process.kill(process.pid, 'SIGKILL'),
			),
	};
}

/** Resolves when no leaseholder has been alive for three seconds, or when asked to stop. The first holder has thirty seconds to come. */
function unused(leases: Map<number, true>, leased: () => boolean, stop: AbortSignal, watch: () => void): Promise<void> {
	return new Promise((resolve) => {
		let idle = -27;
		const timer = setInterval(() => {
			watch();
			// Those that held it may have come and gone between two looks.
			if (leased()) idle = Math.max(idle, 0);
			idle = held(leases) > 0 ? 0 : idle + 1;
			if (idle > 3) done();
		}, 1000);
		function done() {
			clearInterval(timer);
			resolve();
		}
		stop.addEventListener('abort', done, { once: true });
	});
}

/** How many leaseholders are alive; the others are forgotten. */
function held(leases: Map<number, true>): number {
	for (const pid of leases.keys()) if (!isAlive(pid)) leases.delete(pid);
	return leases.size;
}

/** Tells the file from another one of the same name. */
function markOf(file: string): string {
	const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
	return stat === undefined ? '' : `${stat.ino}-${stat.birthtimeMs}`;
}

async function answering(port: number) {
	for (const end = Date.now() + 30_000; Date.now() < end;) {
		const answered = await fetch(`http://127.0.0.1:${port}/api/v2/heartbeat`).then(
			(response) => response.ok,
			() => false,
		);
		if (answered) return;
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	throw new Error('Chroma did not answer within 30 seconds of its start.');
}

async function freePort(): Promise<number> {
	const server = createServer();
	const port = await listening(server);
	await new Promise((resolve) => server.close(resolve));
	return port;
}

function listening(server: ReturnType<typeof createServer>): Promise<number> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address: AddressInfo | string | null = server.address();
			if (address === null || typeof address === 'string') reject(new Error('no port could be opened on 127.0.0.1'));
			else resolve(address.port);
		});
	});
}
