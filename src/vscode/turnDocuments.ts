import * as vscode from 'vscode';
import { appOf } from './appOf';
import type { Host } from './host';
import { editsOf, endsWhole, textAfter, textBefore, textOfRanges, type LineRange } from './turnTexts';

const scheme = 'codelearn-turn';

/** What a document shows of a turn's file: it before the turn, what the turn wrote, the whole file as the turn left it, or nothing. */
export type TurnSide = 'before' | 'wrote' | 'left' | 'nothing';

export interface TurnFileRef {
	/** Folder whose App knows the turn. */
	readonly folder: string;
	readonly id: string;
	/** As the turn names it. */
	readonly file_path: string;
}

/** The address of a read-only document. Its path ends in the file's name, so that it is coloured like the file. */
export function turnUri({ folder, id, file_path }: TurnFileRef, side: TurnSide): vscode.Uri {
	const query = new URLSearchParams({ folder, id, file_path, side }).toString();
	return vscode.Uri.from({ scheme, path: rooted(file_path), query });
}

/** Places of a file as it is on the disk, as a read-only document. */
export function placesUri(file: vscode.Uri, ranges: readonly LineRange[]): vscode.Uri {
	const lines = ranges.map(({ from, to }) => `${from}-${to}`).join(',');
	return vscode.Uri.from({ scheme, path: file.path, query: new URLSearchParams({ file: file.toString(), lines }).toString() });
}

export function registerTurnDocuments(host: Host): vscode.Disposable {
	return vscode.workspace.registerTextDocumentContentProvider(scheme, { provideTextDocumentContent: (uri) => textAt(uri, host) });
}

async function textAt({ query }: vscode.Uri, host: Host): Promise<string> {
	const given = new URLSearchParams(query);
	const [file, side] = [given.get('file'), given.get('side')];
	if (file !== null) return textOfRanges(await textOfFile(vscode.Uri.parse(file)), rangesIn(given.get('lines') ?? ''));
	if (side === 'nothing') return '';
	const { turn } = await appOf(host, given.get('folder') ?? '').getTurn({ id: given.get('id') ?? '' });
	const edits = editsOf(turn, given.get('file_path') ?? '');
	if (side === 'before') return textBefore(edits);
	return side === 'left' ? textAfter(edits, endsWhole(edits)) : textAfter(edits);
}

async function textOfFile(file: vscode.Uri): Promise<string> {
	return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}

function rangesIn(text: string): LineRange[] {
	return text.split(',').flatMap((part) => {
		const [from = 0, to = 0] = part.split('-').map(Number);
		return from > 0 && to >= from ? [{ from, to }] : [];
	});
}

function rooted(path: string): string {
	const slashed = path.replaceAll('\\', '/');
	return slashed.startsWith('/') ? slashed : `/${slashed}`;
}
