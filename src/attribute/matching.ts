import { candidatesFor, type Candidate } from './candidates';
import { groupsOf, placeOf, type Group } from './groups';
import { declaredNames, labelledAs, type Piece } from './pieces';
import { alignedTokens, Votes } from './renaming';
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
	readonly names: ReadonlyMap<string, string>;
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
	const renamings = renamingsOf(groups, sides, candidates, likings);
	const scored = groups.flatMap((group) => scoredPairs(group, candidates, renamings.get(group) ?? new Map<string, string>(), likings.get(group)));
	const chosen = oneToOne(scored);
	return groups.map((group) => {
		const names = renamings.get(group) ?? new Map<string, string>();
		return { group, names, matches: group.pieces.map((piece) => matchOf(piece, names, sides.unchanged.get(piece), chosen.get(piece))) };
	});
}

function matchOf(piece: Piece, names: ReadonlyMap<string, string>, unchanged: Piece | undefined, chosen: Scored | undefined): Match {
	if (unchanged !== undefined) return { piece, other: unchanged, similarity: 1, renamed: piece.shape };
	const renamed = labelledAs(piece, (name) => names.get(name) ?? name);
	return { piece, other: chosen?.other, similarity: chosen?.similarity ?? 0, renamed };
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

function renamingsOf(
	groups: readonly Group[],
	sides: Sides,
	candidates: ReadonlyMap<Piece, readonly Candidate[]>,
	likings: ReadonlyMap<Group, ReadonlyMap<string, number>>,
): Map<Group, Map<string, string>> {
	const ballots = groups.map((group) => ballotsOf(group, sides, candidates, likings.get(group) ?? new Map<string, number>()));
	const mayRename = renamingRule(sides);
	return new Map(
		groups.map((group, index) => {
			const votes = new Votes();
			ballots.forEach((cast, other) => {
				for (const { from, to, weight } of cast) votes.add(from, to, other === index ? weight : weight * 0.2);
			});
			const locals = declaredLocally(group);
			return [group, votes.oneToOne((from, to) => mayRename(from, to, locals))];
		}),
	);
}

interface Ballot {
	readonly from: string;
	readonly to: string;
	readonly weight: number;
}

function ballotsOf(group: Group, { unchanged }: Sides, candidates: ReadonlyMap<Piece, readonly Candidate[]>, likings: ReadonlyMap<string, number>): Ballot[] {
	const ballots: Ballot[] = [];
	for (const piece of group.pieces) {
		if (unchanged.has(piece)) {
			for (const { class: kind, text } of piece.unit.tokens) if (kind === 'name') ballots.push({ from: text, to: text, weight: 1 });
			continue;
		}
		const rated = (candidates.get(piece) ?? []).map((candidate) => ({ ...candidate, rate: candidate.abstract * (0.2 + (likings.get(placeOf(candidate.piece)) ?? 0)) }));
		const best = rated.reduce((top, each) => (each.rate > top.rate ? each : top), { abstract: 0, rate: 0, piece });
		if (best.abstract < 0.45) continue;
		for (const [one, other] of alignedTokens(piece, best.piece)) {
			if (one.class === 'name' && other.class === 'name') ballots.push({ from: one.text, to: other.text, weight: best.abstract ** 2 });
		}
	}
	return ballots;
}

/** A name of the file may change when the old one went or the new one came; one from elsewhere may not: another name is another thing. */
function renamingRule({ before, now }: Sides): (from: string, to: string, locals: ReadonlySet<string>) => boolean {
	const declared = declaredNames(before.map(({ unit }) => unit));
	const namesBefore = namesIn(before);
	const namesNow = namesIn(now);
	return (from, to, locals) => {
		if (locals.has(from)) return !namesBefore.has(to) || declared.has(to);
		return declared.has(from) && (!namesBefore.has(to) || !namesNow.has(from));
	};
}

function namesIn(pieces: readonly Piece[]): Set<string> {
	return new Set(pieces.flatMap(({ unit }) => unit.tokens.filter((token) => token.class === 'name').map(({ text }) => text)));
}

function declaredLocally({ pieces }: Group): Set<string> {
	const names = new Set<string>();
	for (const { unit } of pieces) {
		for (const token of unit.tokens) if (token.binds && (unit.ordered || token.head >= 0)) names.add(token.text);
	}
	return names;
}

interface Scored {
	readonly piece: Piece;
	readonly other: Piece;
	readonly similarity: number;
	readonly score: number;
}

function scoredPairs(
	group: Group,
	candidates: ReadonlyMap<Piece, readonly Candidate[]>,
	names: ReadonlyMap<string, string>,
	likings: ReadonlyMap<string, number> | undefined,
): Scored[] {
	return group.pieces.flatMap((piece) => {
		const found = candidates.get(piece) ?? [];
		if (found.length === 0) return [];
		const renamed = labelledAs(piece, (name) => names.get(name) ?? name);
		return found.map(({ piece: other }) => {
			const similarity = coverage(renamed, piece.weights, other.exactCount);
			return { piece, other, similarity, score: similarity + 0.2 * (likings?.get(placeOf(other)) ?? 0) };
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
