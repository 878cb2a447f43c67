import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';

const levels = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;

/** Log on stderr, where MCP clients show it: stdout belongs to the protocol. */
export function stderrLog(level = process.env['LOG_LEVEL'] ?? 'WARNING'): Log {
	const least = Math.max(
		0,
		levels.findIndex((name) => name === level.toUpperCase()),
	);
	const say = (rank: number, message: string): void => {
		if (rank >= least) process.stderr.write(`codelearn mcp ${levels[rank] ?? ''}: ${message}\n`);
	};
	return {
		debug: (message) => say(0, message),
		info: (message) => say(1, message),
		warn: (message) => say(2, message),
		error: (message, cause) => say(3, cause === undefined ? message : `${message}: ${messageOf(cause)}`),
	};
}
