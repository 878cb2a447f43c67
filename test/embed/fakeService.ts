import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface Answer {
	readonly status?: number;
	readonly headers?: Record<string, string>;
	readonly body: unknown;
}

/** A service on this machine that answers as told and remembers what it was asked. */
export interface FakeService {
	readonly url: string;
	readonly seen: SeenRequest[];
	close(): Promise<void>;
}

export async function fakeService(answer: (request: SeenRequest, count: number) => Answer): Promise<FakeService> {
	const seen: SeenRequest[] = [];
	const server = createServer((incoming, outgoing) => {
		const parts: Buffer[] = [];
		incoming.on('data', (part: Buffer) => parts.push(part));
		incoming.on('end', () => {
			const request = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') };
			seen.push(request);
			const { status = 200, headers = {}, body } = answer(request, seen.length);
			outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
			outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
		});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
	server.closeAllConnections();
	return new Promise((done) => server.close(() => done()));
}
