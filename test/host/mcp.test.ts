import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activeExtension, until } from './editor';

describe('the MCP server of the editor', () => {
	it('is offered for the folder, on the runtime of the editor', async () => {
		const { mcpDefinitions } = await activeExtension();
		const [definition, ...others] = mcpDefinitions();
		assert.deepEqual(others, []);
		assert.equal(definition?.label, 'Codelearn');
		assert.equal(definition.command, process.execPath);
		assert.equal(definition.env['CODELEARN_FOLDER'], vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
	});

	it('starts in the editor and answers a tool call with code of the workspace', async () => {
		await activeExtension();
		await vscode.commands.executeCommand('codelearn.index.workspace');
		await vscode.commands.executeCommand('workbench.mcp.startServer', 'codelearn.codelearn/Codelearn', { waitForLiveTools: true });
		const tool = await until('the tool appears', () => vscode.lm.tools.find(({ name }) => name.endsWith('chroma_query_documents')));
		const { content } = await vscode.lm.invokeTool(tool.name, { input: { query_texts: ['cart total'] }, toolInvocationToken: undefined });
		assert.match(JSON.stringify(content), /src\/cart\.ts/);
	});
});
