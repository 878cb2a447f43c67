import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { App } from '../../src/core/api';
import { activeExtension, until, workspaceFile } from './editor';

const turnLine = 3;
const otherLine = 8;
let app: App;
let document: vscode.TextDocument;
let turnId: string;

/** What Codelearn's hover says of a line (from 1); '' when it says nothing. */
async function hoverOf(line: number): Promise<string> {
	const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(line - 1, 3));
	const texts = hovers.flatMap(({ contents }) => contents.flatMap((content) => (content instanceof vscode.MarkdownString ? [content.value] : [])));
	return texts.find((text) => text.includes('command:codelearn.')) ?? '';
}

/** Waits for a tab whose label holds the text. */
function tab(text: string): Promise<vscode.Tab> {
	const all = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
	return until(
		`a tab with "${text}", but there are: ${all()
			.map(({ label }) => label)
			.join('; ')}`,
		() => all().find(({ label }) => label.includes(text)),
	);
}

async function set(key: string, value: boolean | undefined): Promise<void> {
	await vscode.workspace.getConfiguration('codelearn').update(key, value, vscode.ConfigurationTarget.Global);
}

describe('why a line is there', () => {
	before(async () => {
		const api = await activeExtension();
		app = api.app;
		await api.capture.allow();
		document = await vscode.workspace.openTextDocument(workspaceFile('src', 'price.ts'));
		await vscode.window.showTextDocument(document);
		const why = await until('the turn of the line is captured', async () => {
			const found = await app.why({ file: document.uri.fsPath, line: turnLine });
			return found.attribution === 'ai' && found;
		});
		turnId = why.turn_id;
		assert.equal((await app.why({ file: document.uri.fsPath, line: otherLine })).attribution, 'unknown');
	});

	afterEach(async () => {
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await vscode.window.showTextDocument(document);
	});

	it('is told by the hover, on the lines of a turn alone, until it is switched off', async () => {
		const text = await until('the hover knows the turn', () => hoverOf(turnLine));
		assert.match(text, /claude\\?-code/);
		assert.ok(text.includes(encodeURIComponent(turnId)));
		assert.equal(await hoverOf(otherLine), '');
		await set('hover.enabled', false);
		assert.equal(await hoverOf(turnLine), '');
		await set('hover.enabled', undefined);
	});

	it('follows the text of the editor before it is saved', async () => {
		const editor = await vscode.window.showTextDocument(document);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// one\n// two\n'));
		await until('the hover is two lines below', async () => (await hoverOf(turnLine + 2)) !== '');
		assert.equal(await hoverOf(turnLine - 1), '');
		await vscode.commands.executeCommand('workbench.action.files.revert');
	});

	it('is told by the command for the line of the cursor; Enter opens the turn', async () => {
		const editor = await vscode.window.showTextDocument(document);
		editor.selection = new vscode.Selection(turnLine - 1, 0, turnLine - 1, 0);
		const done = vscode.commands.executeCommand('codelearn.whyLine');
		await until('the pick is there and its first row opens the turn', async () => {
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
			return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(({ label }) => label.startsWith('Turn: '));
		});
		await done;
	});

	it('is told above blocks of lines once that is switched on', async () => {
		const lenses = () => vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
		const own = async () => (await lenses()).filter(({ command }) => command?.command === 'codelearn.whyLine');
		assert.deepEqual(await own(), []);
		await set('codeLens.enabled', true);
		const [lens] = await until('a lens', async () => {
			const found = await own();
			return found.length > 0 && found;
		});
		assert.match(lens?.command?.title ?? '', /^claude-code · .*\(3 of 3 lines\)$/);
		assert.equal(lens?.range.start.line, turnLine - 1);
		await set('codeLens.enabled', undefined);
	});

	it('shows the file as the turn left it beside the file now', async () => {
		await vscode.commands.executeCommand('codelearn.turn.compare', { folder: workspaceFile().fsPath, id: turnId, file_path: 'src/price.ts' });
		const { input } = await tab('price.ts: ');
		assert.ok(input instanceof vscode.TabInputTextDiff);
		const then = await vscode.workspace.openTextDocument(input.original);
		assert.match(then.getText(), /const german = plain\.includes/);
		assert.equal(then.languageId, 'typescript');
	});

	it('shows what the turn changed, and what the commit changed', async () => {
		await vscode.commands.executeCommand('codelearn.turn.diff', { folder: workspaceFile().fsPath, id: turnId });
		const { input } = await tab('before and after the turn');
		assert.ok(input instanceof vscode.TabInputTextDiff);
		const [before, after] = await Promise.all([input.original, input.modified].map(async (uri) => (await vscode.workspace.openTextDocument(uri)).getText()));
		assert.match(before ?? '', /return Number\(text\.replace/);
		assert.match(after ?? '', /return Number\(german\)/);
		const { commit_sha } = await app.why({ file: document.uri.fsPath, line: turnLine });
		await vscode.commands.executeCommand('codelearn.commit.open', { folder: workspaceFile().fsPath, sha: commit_sha });
		await tab(`${commit_sha.slice(0, 8)} Read prices with a decimal comma`);
	});

	it('is found in the view of links, by file and by session', async () => {
		const { trees } = await activeExtension();
		assert.ok(trees);
		const { links } = trees;
		const labels = async (): Promise<unknown[]> => (await links.getChildren()).map((node) => links.getTreeItem(node).label);
		assert.equal((await labels())[0], 'price.ts');
		await vscode.commands.executeCommand('codelearn.links.bySession');
		const [session] = await links.getChildren();
		const [turn] = (await links.getChildren(session)).filter((node) => node.type === 'turn' && node.id === turnId);
		assert.ok(turn);
		assert.deepEqual(
			(await links.getChildren(turn)).map((node) => links.getTreeItem(node).label),
			['price.ts'],
		);
		await vscode.window.showTextDocument(document);
		await vscode.commands.executeCommand('codelearn.links.reveal');
		assert.equal((await labels())[0], 'price.ts');
	});

	it('has a key that nothing else of the editor has', async () => {
		const keys = await vscode.workspace.openTextDocument(vscode.Uri.parse('vscode://defaultsettings/keybindings.json'));
		const [own, ...others] = [...keys.getText().matchAll(/"key": "shift\+alt\+y",\s*"command": "([^"]+)"/g)].map(([, command]) => command);
		assert.deepEqual([own, others], ['codelearn.whyLine', []]);
	});
});
