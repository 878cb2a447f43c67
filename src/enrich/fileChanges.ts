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

/** Texts that differ in more lines than this are shown as replaced: an exact comparison takes time that grows with the square of it. */
const mostDifferences = 600;

function hunksOf(before: string, after: string): ChangedLines[] {
	return (
		structuredPatch('', '', before, after, '', '', { context: shownAround, maxEditLength: mostDifferences })?.hunks ?? [
			replaced(linesOf(before), linesOf(after)),
		]
	);
}

/** Lines shown before and behind a change. */
const shownAround = 3;

/** One hunk from the first to the last line that differs. */
function replaced(before: readonly string[], after: readonly string[]): ChangedLines {
	const shorter = Math.min(before.length, after.length);
	let same = 0;
	while (same < shorter && before[same] === after[same]) same += 1;
	let tail = 0;
	while (tail < shorter - same && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
	const head = before.slice(Math.max(0, same - shownAround), same);
	const foot = before.slice(before.length - tail, before.length - tail + shownAround);
	const removed = before.slice(same, before.length - tail);
	const added = after.slice(same, after.length - tail);
	const start = same - head.length + 1;
	return {
		oldStart: start,
		oldLines: head.length + removed.length + foot.length,
		newStart: start,
		newLines: head.length + added.length + foot.length,
		lines: [...signed(' ', head), ...signed('-', removed), ...signed('+', added), ...signed(' ', foot)],
	};
}

/** A last line without a newline carries the mark for that behind it. */
function signed(sign: string, lines: readonly string[]): string[] {
	return lines.flatMap((line) => `${sign}${line}`.split('\n'));
}

function linesOf(text: string): string[] {
	const lines = text.split('\n');
	const last = lines.pop() ?? '';
	return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`];
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
