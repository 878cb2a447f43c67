import { finished } from 'node:stream/promises';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { connectApp } from '../app/connect';
import { createMcpServer } from './server';
import { stderrLog } from './stderrLog';
import { workFolder } from './workFolder';

/** How long calls that are at work may still run once the client has closed the input. */
const lastWordsMs = 10_000;

/**
 * Serves MCP on stdin and stdout until the input ends. The daemon is contacted at the first tool call, never before.
 * Calls that are at work when the input ends are still answered.
 */
export async function runMcp(version?: string): Promise<void> {
	keepStdoutClean();
	const log = stderrLog();
	const cwd = process.env['CODELEARN_FOLDER'] ?? process.cwd();
	const connection = connectApp({ what: 'mcp', folder: cwd, log, hold: true });
	let folder: Promise<string> | undefined;
	const server = createMcpServer(
		async (mcp) => {
			folder ??= workFolder(mcp, process.env, process.cwd(), log);
			return connection.for(await folder);
		},
		log,
		version,
	);
	const ended = finished(process.stdin, { writable: false }).catch(() => undefined);
	await server.mcp.connect(new StdioServerTransport());
	await ended;
	// The last lines were handed over within this turn of the loop: let them become tool calls first.
	await new Promise((resolve) => setImmediate(resolve));
	await Promise.race([server.idle(), delay(lastWordsMs)]);
	await server.mcp.close();
	await connection.dispose();
}

/** Anything a library prints would break the protocol: it goes to stderr. */
function keepStdoutClean(): void {
	console.log = console.info = console.debug = (...said: unknown[]) => console.error(...said);
}

function delay(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
