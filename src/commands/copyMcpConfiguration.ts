import * as vscode from 'vscode';
import { commandIds } from '../vscode/commandIds';
import { defineCommand, noArgs } from './command';

export const copyMcpConfiguration = defineCommand({
	id: commandIds.copyMcpConfiguration,
	title: 'Copy MCP Configuration',
	args: noArgs,
	async run(host) {
		const { command, args, env } = host.mcpLaunch(host.current().path);
		await vscode.env.clipboard.writeText(JSON.stringify({ mcpServers: { codelearn: { command, args, env } } }, undefined, 2));
		return 'MCP configuration copied. Paste it into the configuration of your assistant.';
	},
});
