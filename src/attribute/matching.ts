import { candidatesFor, type Candidate } from './candidates';
import { groupsOf, placeOf, type Group } from './groups';
import { labelledAs, type Piece } from './pieces';
import { renamings, type NamesIn } from './renamings';
import type { Shape } from './shapes';
import { coverage } from './similarity';

export interface Match {
	readonly piece: Piece;
	/** Where it is now; undefined when nothing is like it. */
	readonly other: Piece | undefined;
	/** Likeness after renaming, 0 to 1. */
	readonly similarity: number;
	/** `piece` with its names as they are now. */
	readonly renamed: Shape;
}

export interface GroupMatch {
	readonly group: Group;
	readonly namesIn: NamesIn;
	readonly matches: readonly Match[];
}

export interface Sides {
	/** Everything in the text that the turn left, and of that what it wrote. */
	readonly before: readonly Piece[];
	readonly wanted: readonly Piece[];
	readonly now: readonly Piece[];
	/** What is as it was, in the same definition. */
	readonly unchanged: ReadonlyMap<Piece, Piece>;
}

/** Finds for every written piece the one it has become, each used once, under one renaming a definition. */
export function matchGroups(sides: Sides): GroupMatch[] {
	const taken = new Set(sides.unchanged.values());
	const open = sides.wanted.filter((piece) => !sides.unchanged.has(piece));
	const candidates = candidatesFor(
		open,
		sides.now.filter((piece) => !taken.has(piece)),
	);
	const groups = groupsOf(sides.wanted);
	const likings = new Map(groups.map((group) => [group, placesLike(group, sides, candidates)]));
	const namesIn = renamings({ ...sides, groups, candidates, likings });
	const chosen = oneToOne(groups.flatMap((group) => scoredPairs(group, candidates, namesIn, likings.get(group))));
	return groups.map((group) => ({ group, namesIn, matches: group.pieces.map((piece) => matchOf(piece, sides.unchanged.get(piece), chosen.get(piece))) }));
}

function matchOf(piece: Piece, unchanged: Piece | undefined, chosen: Scored | undefined): Match {
	if (unchanged !== undefined) return { piece, other: unchanged, similarity: 1, renamed: piece.shape };
	return { piece, other: chosen?.other, similarity: chosen?.similarity ?? 0, renamed: chosen?.renamed ?? piece.shape };
}

/** How much of a group each definition of today looks like, 0 to about 1; its own name counts for something. */
function placesLike(group: Group, { unchanged }: Sides, candidates: ReadonlyMap<Piece, readonly Candidate[]>): Map<string, number> {
	const sums = new Map<string, number>();
	for (const piece of group.pieces) {
		const same = unchanged.get(piece);
		const found = same === undefined ? (candidates.get(piece) ?? []) : [{ piece: same, abstract: 1 }];
		const best = new Map<string, number>();
		for (const { piece: other, abstract } of found) best.set(placeOf(other), Math.max(best.get(placeOf(other)) ?? 0, abstract ** 2));
		for (const [place, liking] of best) sums.set(place, (sums.get(place) ?? 0) + liking * piece.weight);
	}
	for (const [place, sum] of sums) {
		const named = place.slice(place.indexOf('\n') + 1) === group.symbol ? 0.3 : 0;
		sums.set(place, sum / Math.max(1, group.weight) + named);
	}
	return sums;
}

interface Scored {
	readonly piece: Piece;
	readonly other: Piece;
	readonly renamed: Shape;
	readonly similarity: number;
	readonly score: number;
}

function scoredPairs(
	group: Group,
	candidates: ReadonlyMap<Piece, readonly Candidate[]>,
	namesIn: NamesIn,
	likings: ReadonlyMap<string, number> | undefined,
): Scored[] {
	return group.pieces.flatMap((piece) => {
		const shapes = new Map<string, Shape>();
		return (candidates.get(piece) ?? []).map(({ piece: other }) => {
			const place = placeOf(other);
			const renamed = shapes.get(place) ?? labelledAs(piece, namesIn(group, place));
			shapes.set(place, renamed);
			const similarity = coverage(renamed, piece.weights, other.exactCount);
			return { piece, other, renamed, similarity, score: similarity + 0.2 * (likings?.get(place) ?? 0) };
		});
	});
}

function oneToOne(scored: Scored[]): Map<Piece, Scored> {
	const chosen = new Map<Piece, Scored>();
	const taken = new Set<Piece>();
	for (const pair of scored.toSorted((a, b) => b.score - a.score)) {
		if (chosen.has(pair.piece) || taken.has(pair.other) || pair.similarity < leastSimilar) continue;
		chosen.set(pair.piece, pair);
		taken.add(pair.other);
	}
	return chosen;
}

const leastSimilar = 0.35;
