import * as vscode from 'vscode';
import type { Started } from './contributions';
import { callCursor } from '../cursorApi';
import type { FolderApp, Host } from '../host';

export const mcpProviderId = 'codelearn.mcp';

/**
 * Offers our MCP server to the editor's assistants, one a workspace folder. Editors without the API are left alone; Cursor
 * has one of its own.
 */
export function registerMcpServers(host: Host, version: string): vscode.Disposable {
	const changed = new vscode.EventEmitter<void>();
	const parts: Started[] = [changed, vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire())];
	// An older editor, or one built on it, may lack it whatever the types say.
	if (typeof Reflect.get(vscode.lm, 'registerMcpServerDefinitionProvider') === 'function') {
		parts.push(
			vscode.lm.registerMcpServerDefinitionProvider(mcpProviderId, {
				onDidChangeMcpServerDefinitions: changed.event,
				provideMcpServerDefinitions: () => mcpDefinitions(host, version),
			}),
		);
	}
	registerInCursor(host);
	return vscode.Disposable.from(...parts);
}

export function mcpDefinitions(host: Host, version: string): vscode.McpStdioServerDefinition[] {
	const folders = host.folders();
	return folders.map((folder) => {
		const { command, args, env } = host.mcpLaunch(folder.path);
		const definition = new vscode.McpStdioServerDefinition(labelOf(folder, folders), command, [...args], { ...env }, version);
		if (folder.path !== '') definition.cwd = vscode.Uri.file(folder.path);
		return definition;
	});
}

function labelOf(folder: FolderApp, all: readonly FolderApp[]): string {
	return all.length === 1 ? 'Codelearn' : `Codelearn (${folder.name})`;
}

/** Cursor's own way, which its documentation names. */
function registerInCursor(host: Host): void {
	const { command, args, env } = host.mcpLaunch(host.current().path);
	callCursor('mcp', 'registerServer', { name: 'codelearn', server: { command, args, env } });
}
