import * as vscode from 'vscode';
import type { TurnDetail } from '../core/api';
import { messageOf, UserError } from '../core/errors';
import type { FileFate } from '../core/outcome';
import { appOf } from './appOf';
import type { Host } from './host';
import { placesUri, turnUri, type TurnFileRef } from './turnDocuments';
import { editsOf, endsWhole, filesOf, rangesNow, rangesText } from './turnTexts';

interface Side {
	readonly uri: vscode.Uri;
	readonly title: string;
}

/** Shows a file as a turn left it beside what stands there now. Returns the title of what it opened. */
export async function openThenAndNow(host: Host, ref: TurnFileRef): Promise<string> {
	const app = appOf(host, ref.folder);
	const detail = await app.getTurn({ id: ref.id });
	// Without the fate the file's own place is still known.
	const known = await app.fate({ id: ref.id }).catch((cause: unknown) => host.log.warn(`what became of turn ${ref.id} is not known: ${messageOf(cause)}`));
	const fate = known?.files.find((file) => file.file_path === ref.file_path) ?? known?.files.find((file) => file.now_path === ref.file_path);
	const of = { ...ref, file_path: fate?.file_path ?? ref.file_path };
	const edits = editsOf(detail.turn, of.file_path);
	if (edits.length === 0) throw new UserError(`The turn changed no file ${of.file_path}. Open the turn to see what it did.`);
	const whole = endsWhole(edits);
	const then: Side = { uri: turnUri(of, whole ? 'left' : 'wrote'), title: whole ? 'as the turn left it' : 'what the turn wrote' };
	const now = await sideNow(of, detail, fate, whole);
	const title = `${nameOf(of.file_path)}: ${then.title} ↔ ${now.title}`;
	await vscode.commands.executeCommand('vscode.diff', then.uri, now.uri, title, { preview: true });
	return title;
}

/** Shows what a turn itself changed: one file, or all of them. Returns the title of what it opened. */
export async function openTurnDiff(host: Host, ref: Omit<TurnFileRef, 'file_path'> & { readonly file_path?: string | undefined }): Promise<string> {
	const { turn, root } = await appOf(host, ref.folder).getTurn({ id: ref.id });
	const files = filesOf(turn);
	const chosen = files.filter((file) => file === ref.file_path);
	const shown = chosen.length > 0 ? chosen : files;
	const sides = shown.map((file_path) => ({ file_path, before: turnUri({ ...ref, file_path }, 'before'), after: turnUri({ ...ref, file_path }, 'wrote') }));
	const [first] = sides;
	if (first === undefined) throw new UserError('The turn changed no file, so it has no diff. Open the turn to see what it did.');
	if (sides.length === 1) {
		const title = `${nameOf(first.file_path)}: before and after the turn`;
		await vscode.commands.executeCommand('vscode.diff', first.before, first.after, title, { preview: true });
		return title;
	}
	const title = `${sides.length} files before and after the turn`;
	const list = sides.map(({ file_path, before, after }) => [fileUri(root ?? ref.folder, file_path), before, after]);
	await vscode.commands.executeCommand('vscode.changes', title, list);
	return title;
}

async function sideNow(ref: TurnFileRef, { root }: TurnDetail, fate: FileFate | undefined, whole: boolean): Promise<Side> {
	const path = fate?.now_path ?? ref.file_path;
	const file = fileUri(root ?? ref.folder, path);
	const where = path === ref.file_path ? '' : ` in ${path}`;
	const nothing = (why: string): Side => ({ uri: turnUri(ref, 'nothing'), title: why });
	if (!(await exists(file))) return nothing('the file is gone');
	if (whole || fate === undefined) return { uri: file, title: `now${where}` };
	const ranges = rangesNow(fate);
	return ranges.length === 0 ? nothing('nothing of it is left') : { uri: placesUri(file, ranges), title: `${rangesText(ranges)} now${where}` };
}

function fileUri(root: string, path: string): vscode.Uri {
	return path.startsWith('/') || /^[A-Za-z]:/.test(path) ? vscode.Uri.file(path) : vscode.Uri.joinPath(vscode.Uri.file(root), path);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
	try {
		await vscode.workspace.fs.stat(uri);
		return true;
	} catch {
		return false;
	}
}

function nameOf(path: string): string {
	return path.split('/').at(-1) ?? path;
}
