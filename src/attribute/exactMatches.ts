import { bySymbol, grouped } from './groups';
import type { Piece } from './pieces';

/** Pieces that are as they were, in the same definition; each is taken once, in the order of the text. */
export function unchangedPieces(before: readonly Piece[], now: readonly Piece[]): Map<Piece, Piece> {
	const matches = new Map<Piece, Piece>();
	const symbolsNow = bySymbol(now);
	for (const [symbol, pieces] of bySymbol(before)) {
		const free = grouped(symbolsNow.get(symbol) ?? [], ({ shape }) => shape.whole);
		for (const queue of free.values()) queue.reverse();
		for (const piece of pieces) {
			const found = free.get(piece.shape.whole)?.pop();
			if (found !== undefined) matches.set(piece, found);
		}
	}
	return matches;
}
