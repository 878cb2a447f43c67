import type { LogOutputChannel } from 'vscode';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';

/** The extension's log: an output channel, whose level the user sets in the editor. */
export function channelLog(channel: LogOutputChannel): Log {
	return {
		debug: (message) => channel.debug(message),
		info: (message) => channel.info(message),
		warn: (message) => channel.warn(message),
		error: (message, cause) => {
			const why = cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause);
			channel.error(cause === undefined ? message : `${message}: ${why}`);
		},
	};
}
