import type { Source } from './source';

/** What rows belong to: a definition, or the loose statements of a file. */
export interface Owner {
	/** Qualified name; '' for loose statements. */
	readonly symbol: string;
	readonly kind: string;
	readonly doc: string;
	readonly parent: Owner | undefined;
}

/** Rows that are never divided unless they are too many by themselves. Both ends are included. */
export interface Span {
	readonly start: number;
	readonly end: number;
	readonly owner: Owner;
	/** The span is a whole definition, not a piece of one. */
	readonly whole: boolean;
}

/** Beyond either, a definition is cut at the borders of its statements. */
export const largest = { rows: 80, characters: 3500 };

export function isLarge(source: Source, start: number, end: number): boolean {
	return end - start + 1 > largest.rows || source.size(start, end) > largest.characters;
}
