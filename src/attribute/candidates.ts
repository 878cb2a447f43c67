import { bySymbol } from './groups';
import type { Piece } from './pieces';
import { coverage } from './similarity';

export interface Candidate {
	readonly piece: Piece;
	/** Likeness with declared names made equal, 0 to 1. */
	readonly abstract: number;
}

const most = 8;
/** A feature shared by more units says nothing. */
const commonest = 200;

/** For every written piece the pieces most like it, best first. */
export function candidatesFor(written: readonly Piece[], now: readonly Piece[]): Map<Piece, Candidate[]> {
	const exact = indexOf(now, (piece) => [...piece.shape.edge, piece.shape.whole]);
	const abstract = indexOf(now, (piece) => [...piece.abstract.tree, piece.abstract.whole]);
	const bySameSymbol = bySymbol(now);
	const result = new Map<Piece, Candidate[]>();
	for (const piece of written) {
		const scores = new Map<Piece, number>();
		collect(scores, exact, [...piece.shape.edge, piece.shape.whole]);
		collect(scores, abstract, [...piece.abstract.tree, piece.abstract.whole]);
		for (const other of (bySameSymbol.get(piece.unit.symbol) ?? []).slice(0, 60))
			if (scores.has(other)) scores.set(other, (scores.get(other) ?? 0) * 1.5 + 0.1);
		const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, most);
		const found = best.map(([other]) => ({ piece: other, abstract: coverage(piece.abstract, piece.weights, other.abstractCount) }));
		result.set(piece, found);
	}
	return result;
}

type Index = ReadonlyMap<number, readonly Piece[]>;

function indexOf(pieces: readonly Piece[], features: (piece: Piece) => readonly number[]): Index {
	const index = new Map<number, Piece[]>();
	for (const piece of pieces) {
		for (const feature of new Set(features(piece))) {
			const held = index.get(feature);
			if (held === undefined) index.set(feature, [piece]);
			else if (held.length <= commonest) held.push(piece);
		}
	}
	return index;
}

function collect(scores: Map<Piece, number>, index: Index, features: readonly number[]): void {
	for (const feature of new Set(features)) {
		const held = index.get(feature) ?? [];
		if (held.length > commonest) continue;
		for (const other of held) scores.set(other, (scores.get(other) ?? 0) + 1 / (2 + held.length));
	}
}
