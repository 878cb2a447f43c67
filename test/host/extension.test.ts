import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in a real extension host', () => {
	const extension = vscode.extensions.getExtension('codelearn.codelearn');

	it('is found and becomes active', async () => {
		assert.ok(extension);
		await extension.activate();
		assert.equal(extension.isActive, true);
	});

	it('registers every command that package.json offers', async () => {
		const manifest = extension?.packageJSON as { contributes?: { commands?: { command: string }[] } };
		const offered = (manifest.contributes?.commands ?? []).map(({ command }) => command);
		const known = new Set(await vscode.commands.getCommands(true));
		assert.deepEqual(
			offered.filter((command) => !known.has(command)),
			[],
		);
	});

	it('sees the workspace it was opened on', () => {
		assert.equal(vscode.workspace.workspaceFolders?.length, 1);
	});
});
