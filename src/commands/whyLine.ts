import * as vscode from 'vscode';
import { z } from 'zod';
import type { CallOptions } from '../core/api';
import type { Why } from '../core/attribution';
import { UserError } from '../core/errors';
import { shortened } from '../vscode/attributionText';
import { commandIds } from '../vscode/commandIds';
import type { FolderApp, Host } from '../vscode/host';
import { whyRows, type WhyAction, type WhyRows } from '../vscode/whyRows';
import { defineCommand } from './command';

interface Item extends vscode.QuickPickItem {
	readonly action?: WhyAction;
}

/** A link gives the line (from 1); the palette, a key and the menu of an editor mean the line of the cursor. */
const LineRef = z.object({ file: z.string(), line: z.number().int().min(1) });

export const whyLine = defineCommand({
	id: commandIds.whyLine,
	title: 'Why Is This Line Here?',
	args: LineRef.optional().catch(undefined),
	async run(host, given) {
		const { document, line } =
			given === undefined ? cursor() : { document: await vscode.workspace.openTextDocument(vscode.Uri.file(given.file)), line: given.line };
		const { path, app } = folderOf(host, document.uri);
		const text = document.isDirty ? { text: document.getText() } : {};
		const why = await looking((options) => app.why({ file: document.uri.fsPath, line, ...text }, options));
		const rows = whyRows(why, path);
		const picked = await vscode.window.showQuickPick(itemsOf(rows), {
			title: titleOf(why),
			placeHolder: `${rows.headline}. Choose what to do, or press Escape.`,
			matchOnDescription: true,
			matchOnDetail: true,
		});
		if (picked?.action !== undefined) await vscode.commands.executeCommand(picked.action.command, picked.action.args);
		return undefined;
	},
});

/** What is known first, in the order in which it is read; then what can be done. Icons stand apart, for a screen reader would say their names. */
export function itemsOf({ headline, facts, actions }: WhyRows): Item[] {
	const known = facts.map(({ name, value, icon, action }) => ({
		label: name,
		iconPath: new vscode.ThemeIcon(icon),
		description: shortened(value, 120),
		...(action !== undefined && { action, detail: `Enter: ${action.title}` }),
	}));
	const [first] = actions;
	const possible = actions.map((action) => ({ label: action.title, iconPath: new vscode.ThemeIcon(action.icon), action }));
	return [
		{ label: 'What is known', kind: vscode.QuickPickItemKind.Separator },
		{ label: headline, iconPath: new vscode.ThemeIcon('info'), ...(first !== undefined && { action: first, detail: `Enter: ${first.title}` }) },
		...known,
		...(possible.length === 0 ? [] : [{ label: 'What you can do', kind: vscode.QuickPickItemKind.Separator }, ...possible]),
	];
}

function titleOf({ file_path, line, text }: Why): string {
	const shown = shortened(text, 60);
	return `${file_path}, line ${line}${shown === '' ? '' : `: ${shown}`}`;
}

function cursor(): { document: vscode.TextDocument; line: number } {
	const editor = vscode.window.activeTextEditor;
	if (editor === undefined) throw new UserError('No file is open in an editor. Open one and put the cursor on the line.');
	return { document: editor.document, line: editor.selection.active.line + 1 };
}

function folderOf(host: Host, uri: vscode.Uri): FolderApp {
	if (uri.scheme !== 'file') throw new UserError('Only lines of files on the disk are known. Open the file itself and ask there.');
	return host.folderOf(uri) ?? host.current();
}

function looking<T>(work: (options: CallOptions) => Promise<T>): Promise<T> {
	const options = { location: vscode.ProgressLocation.Window, title: 'Codelearn: looking who wrote the line' };
	return Promise.resolve(vscode.window.withProgress(options, () => work({})));
}
