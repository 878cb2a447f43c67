import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What stands before a team's server: asks for a token, may be busy, may be away. */
export class Gateway {
	/** When set, requests without `Authorization: Bearer <token>` are refused with 401. */
	token: string | undefined;
	/** This many requests are answered with 503 before the next is let through. */
	busy = 0;
	requests = 0;
	private server: Server | undefined;
	private readonly sockets = new Set<Socket>();
	private port = 0;

	constructor(private readonly target: () => Promise<number>) {}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Opens, on the same port as before. */
	async open(): Promise<void> {
		const server = createServer((incoming, outgoing) => void this.pass(incoming, outgoing));
		server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.once('close', () => this.sockets.delete(socket));
		});
		await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
		this.port = (server.address() as AddressInfo).port;
		this.server = server;
	}

	/** Goes away as a machine does that is switched off. */
	async close(): Promise<void> {
		const { server } = this;
		this.server = undefined;
		for (const socket of this.sockets) socket.destroy();
		if (server !== undefined) await new Promise((resolve) => server.close(resolve));
	}

	private async pass(incoming: IncomingMessage, outgoing: ServerResponse) {
		this.requests++;
		if (this.token !== undefined && incoming.headers.authorization !== `Bearer ${this.token}`) {
			refuse(outgoing, 401, 'Unauthorized');
			return;
		}
		if (this.busy > 0) {
			this.busy--;
			refuse(outgoing, 503, 'Service Unavailable');
			return;
		}
		const { url: path = '/', method = 'GET', headers } = incoming;
		const onward = request({ host: '127.0.0.1', port: await this.target(), path, method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		onward.on('error', () => refuse(outgoing, 502, 'Bad Gateway'));
		incoming.pipe(onward);
	}
}

function refuse(response: ServerResponse, status: number, why: string) {
	if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain' });
	response.end(why);
}
