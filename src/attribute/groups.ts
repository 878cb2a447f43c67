import type { Piece } from './pieces';

/** Pieces of one definition, without those of definitions inside it. */
export interface Group {
	readonly symbol: string;
	readonly pieces: readonly Piece[];
	readonly weight: number;
}

/** A definition of one file as it is now. */
export function placeOf({ path, unit: { symbol } }: Piece): string {
	return `${path}\n${symbol}`;
}

export function bySymbol(pieces: readonly Piece[]): Map<string, Piece[]> {
	return grouped(pieces, ({ unit }) => unit.symbol);
}

/** Lists by key, in the order of their first member. */
export function grouped<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
	const groups = new Map<K, T[]>();
	for (const value of values) {
		const key = keyOf(value);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [value]);
		else group.push(value);
	}
	return groups;
}

export function groupsOf(written: readonly Piece[]): Group[] {
	return [...bySymbol(written)].map(([symbol, pieces]) => ({ symbol, pieces, weight: pieces.reduce((sum, { weight }) => sum + weight, 0) }));
}
