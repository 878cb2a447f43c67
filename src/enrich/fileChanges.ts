import { structuredPatch } from 'diff';
import type { TurnEdit } from '../core/turn';
import { symbolsAt } from './symbols';

/** A run of changed lines with a few lines round it; lines start with ' ', '-' or '+'. */
export interface ChangedLines {
	readonly oldStart: number;
	readonly oldLines: number;
	readonly newStart: number;
	readonly newLines: number;
	readonly lines: readonly string[];
}

/** What a turn did to one file, or to one place of it where only snippets are known. */
export interface FileChange {
	readonly path: string;
	readonly kind: TurnEdit['kind'];
	readonly renamedFrom: string | undefined;
	readonly before: string | null;
	readonly after: string | null;
	readonly whole: boolean;
	/** False when the file existed but its old text is not known. */
	readonly beforeKnown: boolean;
	readonly hunks: readonly ChangedLines[];
	readonly added: number;
	readonly removed: number;
	/** Qualified names of the definitions round the changes, as far as a look at the lines tells. */
	readonly symbols: readonly string[];
}

/** The applied edits of a turn by file. Whole-file edits that follow on each other are one change, from the first text to the last. */
export function fileChanges(edits: readonly TurnEdit[], folder = ''): FileChange[] {
	const joined: TurnEdit[] = [];
	for (const edit of edits.filter((one) => one.state === 'applied')) {
		const last = joined.findLastIndex((one) => one.file_path === edit.file_path);
		const previous = joined[last];
		if (previous !== undefined && follows(previous, edit))
			joined[last] = { ...edit, before: previous.before, kind: kindOf(previous, edit), fidelity: previous.fidelity };
		else joined.push(edit);
	}
	return joined.filter((edit) => edit.before !== edit.after || edit.kind === 'rename').map((edit) => changeOf(edit, folder));
}

function follows(previous: TurnEdit, next: TurnEdit): boolean {
	return previous.whole && next.whole && previous.after !== null && previous.after === next.before;
}

function kindOf(previous: TurnEdit, next: TurnEdit): TurnEdit['kind'] {
	if (next.kind === 'delete') return 'delete';
	return previous.kind === 'create' ? 'create' : next.kind;
}

/** The path relative to the folder where it lies below it, with forward slashes. */
export function shownPath(path: string, folder: string): string {
	const slashed = path.replaceAll('\\', '/');
	const root = folder.replaceAll('\\', '/').replace(/\/+$/, '');
	return root !== '' && slashed.startsWith(`${root}/`) ? slashed.slice(root.length + 1) : slashed;
}

function changeOf(edit: TurnEdit, folder: string): FileChange {
	const hunks = hunksOf(edit.before ?? '', edit.after ?? '');
	return {
		path: shownPath(edit.file_path, folder),
		kind: edit.kind,
		renamedFrom: edit.renamed_from === undefined ? undefined : shownPath(edit.renamed_from, folder),
		before: edit.before,
		after: edit.after,
		whole: edit.whole,
		beforeKnown: edit.before !== null || edit.kind === 'create',
		hunks,
		added: countOf(hunks, '+'),
		removed: countOf(hunks, '-'),
		symbols: symbolsOf(edit, hunks),
	};
}

function countOf(hunks: readonly ChangedLines[], sign: string): number {
	return hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.startsWith(sign)).length, 0);
}

/** Texts that differ by more than this are shown as replaced: an exact comparison takes time that grows with the square of it. */
const mostDifferences = 2_000;

function hunksOf(before: string, after: string): ChangedLines[] {
	return structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: mostDifferences })?.hunks ?? [replaced(before, after)];
}

function replaced(before: string, after: string): ChangedLines {
	const oldLines = linesOf(before);
	const newLines = linesOf(after);
	return {
		oldStart: 1,
		oldLines: oldLines.length,
		newStart: 1,
		newLines: newLines.length,
		lines: [...oldLines.map((line) => `-${line}`), ...newLines.map((line) => `+${line}`)],
	};
}

function linesOf(text: string): string[] {
	const lines = text.split('\n');
	return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Names from the new text, and from the old one for what was only removed. */
function symbolsOf(edit: TurnEdit, hunks: readonly ChangedLines[]): string[] {
	const newPlaces = hunks.flatMap((hunk) => placesOf(hunk, '+', hunk.newStart));
	const oldPlaces = hunks.flatMap((hunk) => placesOf(hunk, '-', hunk.oldStart));
	return [...new Set([...symbolsAt(edit.after ?? '', newPlaces), ...(newPlaces.length === 0 ? symbolsAt(edit.before ?? '', oldPlaces) : [])])];
}

/** Line numbers, from 0, of the lines of a hunk with the given sign. */
function placesOf(hunk: ChangedLines, sign: '+' | '-', start: number): number[] {
	const other = sign === '+' ? '-' : '+';
	const places: number[] = [];
	let line = Math.max(start - 1, 0);
	for (const text of hunk.lines) {
		if (text.startsWith(sign)) places.push(line);
		if (!text.startsWith(other) && !text.startsWith('\\')) line += 1;
	}
	return places;
}
