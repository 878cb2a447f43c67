import type { Candidate } from './candidates';
import { placeOf, type Group } from './groups';
import { bareName, declaredNames, type Piece } from './pieces';
import { alignedTokens, Votes } from './renaming';

/** What the names of a group are called in a definition of today. */
export type NamesIn = (group: Group, place: string) => ReadonlyMap<string, string>;

interface Ballot {
	readonly from: string;
	readonly to: string;
	readonly weight: number;
	readonly place: string;
	/** Cast by the likeliest counterpart of its piece. */
	readonly first: boolean;
}

export interface RenamingInput {
	readonly before: readonly Piece[];
	readonly now: readonly Piece[];
	readonly unchanged: ReadonlyMap<Piece, Piece>;
	readonly groups: readonly Group[];
	readonly candidates: ReadonlyMap<Piece, readonly Candidate[]>;
	readonly likings: ReadonlyMap<Group, ReadonlyMap<string, number>>;
}

/**
 * One renaming for each group and definition, because what is taken out into a function of its own gets names of its own there.
 * Votes cast elsewhere count too, but little.
 */
export function renamings(input: RenamingInput): NamesIn {
	const ballots = new Map(input.groups.map((group) => [group, ballotsOf(group, input)]));
	const shared = mostVoted([...ballots.values()].flat());
	const mayRename = renamingRule(input.before, input.now);
	const locals = new Map(input.groups.map((group) => [group, declaredLocally(group)]));
	const made = new Map<string, ReadonlyMap<string, string>>();
	return (group, place) => {
		const key = `${group.symbol}\n${place}`;
		const known = made.get(key);
		if (known !== undefined) return known;
		const votes = new Votes();
		for (const ballot of ballots.get(group) ?? []) {
			if (ballot.place === place) votes.add(ballot.from, ballot.to, ballot.weight);
			else if (ballot.first) votes.add(ballot.from, ballot.to, ballot.weight * 0.15);
		}
		for (const name of new Set(ballots.get(group)?.map(({ from }) => from))) {
			for (const { to, weight } of shared.get(name) ?? []) votes.add(name, to, weight * 0.1);
		}
		const own = locals.get(group) ?? new Set<string>();
		const names = votes.oneToOne((from, to) => mayRename(bareName(from), bareName(to), own));
		made.set(key, names);
		return names;
	};
}

/** What each name is called by the first ballots of all groups; where there are many, the best few. */
function mostVoted(ballots: readonly Ballot[]): Map<string, { to: string; weight: number }[]> {
	const sums = new Map<string, Map<string, number>>();
	for (const { from, to, weight, first } of ballots) {
		if (!first) continue;
		const row = sums.get(from) ?? new Map<string, number>();
		sums.set(from, row);
		row.set(to, (row.get(to) ?? 0) + weight);
	}
	const best = (row: Map<string, number>) => [...row].sort(([, a], [, b]) => b - a).slice(0, 3);
	return new Map([...sums].map(([from, row]) => [from, best(row).map(([to, weight]) => ({ to, weight }))]));
}

function ballotsOf(group: Group, { unchanged, candidates, likings }: RenamingInput): Ballot[] {
	const liking = likings.get(group);
	return group.pieces.flatMap((piece) => {
		const same = unchanged.get(piece);
		if (same !== undefined) return unchangedBallots(piece, placeOf(same));
		const rated = (candidates.get(piece) ?? [])
			.filter(({ abstract }) => abstract >= 0.45)
			.map((candidate) => ({ ...candidate, rate: candidate.abstract * (0.2 + (liking?.get(placeOf(candidate.piece)) ?? 0)) }))
			.sort((a, b) => b.rate - a.rate);
		const seen = new Set<string>();
		return rated.flatMap(({ piece: other, abstract }, index) => {
			const place = placeOf(other);
			if (seen.has(place) || seen.size >= 4) return [];
			seen.add(place);
			return pairBallots(piece, other, { weight: abstract ** 2, place, first: index === 0 });
		});
	});
}

function unchangedBallots({ keys, unit }: Piece, place: string): Ballot[] {
	return unit.tokens.flatMap(({ class: kind, text }, index) => {
		const name = keys[index] ?? text;
		return kind === 'name' ? [{ from: name, to: name, weight: 1, place, first: true }] : [];
	});
}

function pairBallots(piece: Piece, other: Piece, common: { weight: number; place: string; first: boolean }): Ballot[] {
	return alignedTokens(piece, other).flatMap(([left, right]) => {
		const from = piece.keys[left] ?? '';
		const to = other.unit.tokens[right]?.text ?? '';
		if (piece.unit.tokens[left]?.class !== 'name') return [];
		return [{ ...common, from, to: from.startsWith('.') ? `.${to}` : to }];
	});
}

/** A name of the file may change when the old one went or the new one came; one from elsewhere may not: another name is another thing. */
function renamingRule(before: readonly Piece[], now: readonly Piece[]): (from: string, to: string, locals: ReadonlySet<string>) => boolean {
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
