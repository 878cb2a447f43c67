import { fileURLToPath } from 'node:url';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Log } from '../core/ports';

/** A client that offers roots and then does not answer must not hold up a tool call. */
const patienceMs = 3000;

/**
 * The folder that tool calls are about: what whoever started the server said (CODELEARN_FOLDER), else the first
 * `file:` root of the client, else the folder the process was started in.
 */
export async function workFolder(mcp: McpServer, env: NodeJS.ProcessEnv, cwd: string, log: Log): Promise<string> {
	const said = env['CODELEARN_FOLDER'];
	if (said !== undefined && said !== '') return said;
	if (mcp.server.getClientCapabilities()?.roots === undefined) return cwd;
	try {
		const { roots } = await mcp.server.listRoots(undefined, { timeout: patienceMs });
		const first = roots.find((root) => root.uri.startsWith('file:'));
		return first === undefined ? cwd : fileURLToPath(first.uri);
	} catch (cause) {
		log.warn(`The client did not name its roots; using the folder the server was started in. ${String(cause)}`);
		return cwd;
	}
}
