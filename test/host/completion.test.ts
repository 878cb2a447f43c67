import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { EditBody, JournalRecord } from '../../src/core/journalRecord';
import { activeExtension, until, workspaceFile } from './editor';

function reasonOf(text: string): string | undefined {
	const folder = join(process.env['CODELEARN_HOME'] ?? '', 'journal');
	const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
	const edits = lines.map((line) => JournalRecord.parse(JSON.parse(line))).filter(({ kind }) => kind === 'edit');
	return edits.map(({ body }) => EditBody.parse(body)).find(({ after }) => after.includes(text))?.reason;
}

describe('inline suggestions', () => {
	it('are told from what was typed', async () => {
		const { capture, flushEdits } = await activeExtension();
		await capture.allow();
		const provideInlineCompletionItems = (_: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] => [
			new vscode.InlineCompletionItem('nst suggested = [1, 2, 3];', new vscode.Range(position, position)),
		];
		const provider = vscode.languages.registerInlineCompletionItemProvider({ pattern: '**/cart.ts' }, { provideInlineCompletionItems });
		const document = await vscode.workspace.openTextDocument(workspaceFile('src', 'cart.ts'));
		await vscode.window.showTextDocument(document);
		try {
			await vscode.commands.executeCommand('cursorBottom');
			for (const text of 'co') await vscode.commands.executeCommand('type', { text });
			await vscode.commands.executeCommand('hideSuggestWidget');
			await until('the suggestion is accepted', async () => {
				await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
				await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
				return document.getText().includes('const suggested = [1, 2, 3];');
			});
			await flushEdits();
			assert.equal(reasonOf('const suggested = [1, 2, 3];'), 'completion');
			await vscode.commands.executeCommand('cursorBottom');
			for (const text of '\n// typed') await vscode.commands.executeCommand('type', { text });
			await flushEdits();
			assert.equal(reasonOf('// typed'), 'typed');
		} finally {
			provider.dispose();
			await vscode.commands.executeCommand('workbench.action.files.revert');
		}
	});
});
