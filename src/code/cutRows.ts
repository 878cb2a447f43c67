import type { Source } from './source';

export interface Rows {
	readonly start: number;
	readonly end: number;
}

/** Divides rows with no regard to syntax, at a blank row where one lies in the second half of a piece. Pieces of blank rows only are left out. */
export function cutRows(source: Source, start: number, end: number, limit: { readonly rows: number; readonly characters: number }): Rows[] {
	const pieces: Rows[] = [];
	for (let from = start; from <= end;) {
		if (source.isBlank(from)) {
			from++;
			continue;
		}
		const to = pieceEnd(source, from, end, limit);
		pieces.push({ start: from, end: to });
		from = to + 1;
	}
	return pieces;
}

function pieceEnd(source: Source, from: number, end: number, limit: { readonly rows: number; readonly characters: number }): number {
	let to = from;
	while (to < end && to - from + 1 < limit.rows && source.size(from, to + 1) <= limit.characters) to++;
	if (to === end) return to;
	for (let row = to; row > from + (to - from) / 2; row--) if (source.isBlank(row)) return row;
	return to;
}
