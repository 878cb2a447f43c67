import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../core/errors';
import { commandIds } from '../vscode/commandIds';
import { defineCommand } from './command';

/** Called by the trees and by search, not from the palette. Lines are 1-based. */
export const openPlace = defineCommand({
	id: commandIds.openPlace,
	title: 'Open Code',
	args: z.object({ root: z.string(), file_path: z.string(), start_line: z.number().int().default(1), end_line: z.number().int().optional() }),
	async run(_host, { root, file_path, start_line, end_line }) {
		const document = await vscode.workspace.openTextDocument(await placeOf(root, file_path));
		const first = Math.max(0, start_line - 1);
		const last = Math.max(first, (end_line ?? start_line) - 1);
		const editor = await vscode.window.showTextDocument(document, { preview: true });
		editor.selection = new vscode.Selection(first, 0, first, 0);
		editor.revealRange(new vscode.Range(first, 0, last, 0), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
		return undefined;
	},
});

/** Paths start at the repository, of which the folder that is open may be a part: its parents are tried too. */
async function placeOf(root: string, file: string): Promise<vscode.Uri> {
	if (file.startsWith('/') || /^[A-Za-z]:/.test(file)) return vscode.Uri.file(file);
	for (let folder = vscode.Uri.file(root); ; folder = vscode.Uri.joinPath(folder, '..')) {
		const uri = vscode.Uri.joinPath(folder, file);
		if (await exists(uri)) return uri;
		if (folder.path === vscode.Uri.joinPath(folder, '..').path) throw new UserError(`${file} is not there any more. Index the workspace again to forget it.`);
	}
}

async function exists(uri: vscode.Uri): Promise<boolean> {
	try {
		await vscode.workspace.fs.stat(uri);
		return true;
	} catch {
		return false;
	}
}
