import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { activeExtension, until, workspaceFile } from '../host/editor';
import { ask, enableAgent, stepsLeft, type Ask } from './chat';

const file = (...p: string[]) => workspaceFile(...p).fsPath;
const log = (...x: unknown[]) => appendFileSync('/tmp/agent-explore.log', x.map((y) => (typeof y === 'string' ? y : JSON.stringify(y))).join(' ') + '\n');
const pause = (ms: number) => new Promise((r) => setTimeout(r, ms));
async function tell(name: string, a: Ask) {
	const t = Date.now();
	const r = await ask(a);
	log(`\n## ${name}`, Date.now() - t, 'left', stepsLeft(), r);
	return r;
}
describe('explore', function () {
	this.timeout(280_000);
	it('plays', async () => {
		const { app, capture, flushEdits } = await activeExtension();
		await capture.allow();
		const t0 = Date.now();
		await app.listTurns({});
		await enableAgent();
		log('enabled', Date.now() - t0);
		const price = file('src', 'price.ts'), cart = file('src', 'cart.ts'), report = file('tools', 'report.py');
		const doc0 = (d: vscode.TextDocument) => `${d.uri.scheme}:${d.uri.path.split('/').pop()} v${d.version} dirty=${d.isDirty}`;
		const isF = (d: vscode.TextDocument) => d.uri.scheme === 'file' || d.uri.scheme === 'vscode-remote';
		vscode.workspace.onDidOpenTextDocument((d) => isF(d) && log(Date.now() - t0, 'open', doc0(d), d.getText().length));
		vscode.workspace.onDidCloseTextDocument((d) => isF(d) && log(Date.now() - t0, 'close', doc0(d)));
		vscode.workspace.onDidSaveTextDocument((d) => isF(d) && log(Date.now() - t0, 'save', doc0(d)));
		vscode.workspace.onDidChangeTextDocument((e) => isF(e.document) && log(Date.now() - t0, 'change', doc0(e.document), e.contentChanges.map((c) => [c.rangeOffset, c.rangeLength, c.text.slice(0, 30)]), (e as unknown as { detailedReason: unknown }).detailedReason ?? ''));
		const state = () => log(Date.now() - t0, 'state', JSON.stringify(capture.state));
		for (const [from, to] of [['toFixed(2)', 'toFixed(3)'], ['toFixed(3)', 'toFixed(4)'], ['toFixed(4)', 'toFixed(5)']]) {
			await tell('edit ' + to, { fresh: false, prompt: 'Edit ' + to, script: [
				{ text: 'Editing. ', tools: [{ name: 'replace_string_in_file', input: { filePath: price, oldString: from, newString: to } }] }, { text: 'ok' }] });
			await pause(2500);
			state();
		}
		await tell('patch', { model: 'scripted-gpt' as never, prompt: 'Patch two', script: [
			{ text: 'Patching. ', tools: [{ name: 'apply_patch', input: { explanation: 'p', input: `*** Begin Patch\n*** Update File: ${cart}\n@@\n-\treceipt(): string {\n+\tbill(): string {\n*** Update File: ${report}\n@@\n-import csv\n+import csv\n+import sys\n*** End Patch` } }] },
			{ text: 'Patched.' }] });
		await pause(2500);
		await tell('error', { prompt: 'Break', script: Array.from({ length: 12 }, () => ({ error: 'the model broke' })) });
		const doc = await vscode.workspace.openTextDocument(cart);
		await vscode.window.showTextDocument(doc);
		vscode.window.activeTextEditor!.selection = new vscode.Selection(0, 0, 0, 0);
		log('typing');
		await vscode.commands.executeCommand('type', { text: 'a' });
		await vscode.commands.executeCommand('type', { text: 'b' });
		await pause(300);
		vscode.languages.registerInlineCompletionItemProvider({ pattern: '**/*.ts' }, { provideInlineCompletionItems: (d, pos) => [new vscode.InlineCompletionItem('cdefgh();', new vscode.Range(pos, pos))] });
		await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
		await pause(1500);
		vscode.workspace.onDidChangeTextDocument((e) => isF(e.document) && log('selection at change', vscode.window.activeTextEditor?.selection.active, e.contentChanges.map((c) => c.range.start)));
		await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
		await pause(500);
		await vscode.env.clipboard.writeText('pasted text');
		await vscode.commands.executeCommand('editor.action.clipboardPasteAction');
		await pause(500);
		state();
		await flushEdits();
		await pause(7000);
		log(await app.importTranscripts({}));
		const { turns } = await app.listTurns({ everywhere: true });
		for (const t of turns.filter((t) => t.assistant === 'vscode-copilot').reverse()) {
			const { turn } = await app.getTurn({ id: t.id });
			log('\nTURN', JSON.stringify({ ...turn, code_context: '', diff: '' }, null, 1));
		}
		writeFileSync('/tmp/agent-explore.done', '1');
	});
});
