import * as vscode from 'vscode';
import { launcherProgram } from '../app/launcher';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const copyMcpConfiguration = defineCommand({
	id: commandIds.copyMcpConfiguration,
	title: 'Copy MCP Configuration',
	args: noArgs,
	async run(host) {
		// The launcher outlives an update of the extension, and finds a runtime without the editor.
		const entry = { command: launcherProgram(), args: ['mcp'], env: { CODELEARN_FOLDER: host.current().path } };
		await vscode.env.clipboard.writeText(JSON.stringify({ mcpServers: { codelearn: entry } }, undefined, 2));
		return 'MCP configuration copied. Paste it into the configuration of your assistant.';
	},
});
