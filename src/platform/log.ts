import { appendFileSync, renameSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';
import type { LogLevel } from '../core/settings';

type Level = z.infer<typeof LogLevel>;
const order: readonly Level[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];
const largestFile = 5_000_000;

/** Log on stderr: stdout belongs to results and to the protocol. */
export function stderrLog(level: Level): Log {
	return logTo(level, (line) => process.stderr.write(`${line}\n`));
}

/** Log in a file that is moved aside once it is large. */
export function fileLog(level: Level, file: string): Log {
	return logTo(level, (line) => {
		try {
			appendFileSync(file, `${new Date().toISOString()} ${process.pid} ${line}\n`, { mode: 0o600 });
			if (statSync(file).size > largestFile) renameSync(file, `${file}.1`);
		} catch {
			// A full disk must not stop the work that is being logged.
		}
	});
}

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function logTo(level: Level, write: (line: string) => void): Log {
	const wanted = (of: Level) => order.indexOf(of) >= order.indexOf(level);
	const say = (of: Level) => (message: string) => {
		if (wanted(of)) write(`${of.toLowerCase()}: ${message}`);
	};
	return {
		debug: say('DEBUG'),
		info: say('INFO'),
		warn: say('WARNING'),
		error: (message, cause) => {
			say('ERROR')(cause === undefined ? message : `${message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause)}`);
		},
	};
}
