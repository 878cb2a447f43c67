import { Agent, request } from 'node:http';
import type { CallOptions } from '../core/api';
import { Cancelled, UserError } from '../core/errors';
import type { DaemonState } from './daemonState';
import { WireLine } from './daemonState';

/** The daemon could not be reached, or left in the middle of an answer. */
export class DaemonGone extends Error {
	override readonly name = 'DaemonGone';
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });

/**
 * One request to a running daemon. Reports progress as it comes; closing the connection, which a
 * cancelled call does, stops the work there. Throws DaemonGone when there is nobody.
 */
export function callDaemon(state: DaemonState, path: string, body: unknown, { signal, onProgress }: CallOptions = {}, timeout = 0): Promise<unknown> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted === true) {
			reject(new Cancelled());
			return;
		}
		const outgoing = request({
			host: '127.0.0.1',
			port: state.port,
			path,
			method: 'POST',
			agent,
			headers: { 'content-type': 'application/json', 'x-codelearn-nonce': state.nonce },
			timeout,
		});
		const gone = (why: string) => reject(new DaemonGone(why));
		const cancel = () => {
			outgoing.destroy();
			reject(new Cancelled());
		};
		signal?.addEventListener('abort', cancel, { once: true });
		outgoing.on('close', () => signal?.removeEventListener('abort', cancel));
		outgoing.on('error', (cause) => gone(cause.message));
		outgoing.on('timeout', () => {
			outgoing.destroy();
			gone('no answer in time');
		});
		outgoing.on('response', (response) => {
			if (response.statusCode !== 200) gone(`status ${response.statusCode ?? 0}`);
			let rest = '';
			response.setEncoding('utf8');
			response.on('data', (piece: string) => {
				const lines = (rest + piece).split('\n');
				rest = lines.pop() ?? '';
				for (const line of lines) take(line);
			});
			response.on('error', (cause) => gone(cause.message));
			response.on('end', () => gone('the answer ended early'));
		});
		outgoing.end(JSON.stringify(body));

		function take(line: string) {
			const message = WireLine.parse(JSON.parse(line));
			if ('progress' in message)
				onProgress?.({
					step: message.progress.step,
					done: message.progress.done,
					...(message.progress.total !== undefined && { total: message.progress.total }),
					...(message.progress.rate !== undefined && { rate: message.progress.rate }),
				});
			else if ('error' in message) reject(failureOf(message.error));
			else resolve(message.result);
		}
	});
}

function failureOf(error: { name: string; message: string; exitCode: 1 | 2 | 3 }): Error {
	if (error.name === 'Cancelled') return new Cancelled();
	return new UserError(error.message, error.exitCode);
}
