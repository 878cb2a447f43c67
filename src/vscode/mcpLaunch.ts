import type { ExtensionContext } from 'vscode';
import type { McpLaunch } from './host';

/** Our MCP server on the editor's own runtime, because a Node on the user's PATH cannot be counted on. */
export function mcpLaunch(context: ExtensionContext, folder: string, extraEnv: Readonly<Record<string, string>>): McpLaunch {
	const home = process.env['CODELEARN_HOME'];
	return {
		command: process.execPath,
		args: [context.asAbsolutePath('dist/mcp.cjs')],
		env: {
			ELECTRON_RUN_AS_NODE: '1',
			...(folder === '' ? {} : { CODELEARN_FOLDER: folder }),
			...(home === undefined ? {} : { CODELEARN_HOME: home }),
			...extraEnv,
		},
	};
}
