import type { FileFate } from '../core/outcome';
import type { Turn, TurnEdit } from '../core/turn';

/** Lines `from` to `to` of a file, from 1, both within. */
export interface LineRange {
	readonly from: number;
	readonly to: number;
}

/** What stands between two snippets of one document. */
const gap = '\n\n';

/** The edits that a turn made to a file and that were not refused or taken back, in order. */
export function editsOf({ edits }: Pick<Turn, 'edits'>, file_path: string): TurnEdit[] {
	return edits.filter((edit) => edit.state === 'applied' && edit.file_path === file_path);
}

/** The files that a turn changed, each once. */
export function filesOf({ edits }: Pick<Turn, 'edits'>): string[] {
	return [...new Set(edits.filter(({ state }) => state === 'applied').map(({ file_path }) => file_path))];
}

/** Whether the turn knew the whole file at its end, not only places in it. */
export function endsWhole(edits: readonly TurnEdit[]): boolean {
	return edits.at(-1)?.whole === true;
}

/** The file as it was before the turn, or the places it was about to change, one after the other. */
export function textBefore(edits: readonly TurnEdit[]): string {
	return (edits.every(({ whole }) => whole) ? edits.slice(0, 1) : edits).map(({ before }) => before ?? '').join(gap);
}

/** The file as the turn left it, or what it wrote at each place. `whole`: the file even where earlier edits are known by their places only. */
export function textAfter(edits: readonly TurnEdit[], whole = edits.every((edit) => edit.whole)): string {
	return (whole ? edits.slice(-1) : edits).map(({ after }) => after ?? '').join(gap);
}

/** Where the lines of each edit stand now in the file that holds most of them: one range an edit, in the order of the edits. */
export function rangesNow({ lines, file_path, now_path = file_path }: FileFate): LineRange[] {
	const byEdit = new Map<number, number[]>();
	for (const { edit, at } of lines) {
		if (at?.file_path === now_path) byEdit.set(edit, [...(byEdit.get(edit) ?? []), at.line]);
	}
	return [...byEdit].sort(([a], [b]) => a - b).map(([, numbers]) => ({ from: Math.min(...numbers), to: Math.max(...numbers) }));
}

/** The ranges of a text, one after the other as snippets are. */
export function textOfRanges(text: string, ranges: readonly LineRange[]): string {
	const lines = text.split(/\r?\n/);
	return ranges.map(({ from, to }) => lines.slice(from - 1, to).join('\n')).join(gap);
}

/** `lines 3–5, 9` */
export function rangesText(ranges: readonly LineRange[]): string {
	const parts = ranges.map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`));
	return `line${ranges.length === 1 && ranges[0]?.from === ranges[0]?.to ? '' : 's'} ${parts.join(', ')}`;
}
