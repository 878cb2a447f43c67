import type { Stream } from './reflow';
import { Budget, headsOf, reflowed, streamOf } from './reflow';
import type { Run } from './runs';
import { giveRuns } from './runs';
import type { Said } from './said';
import { blank } from './said';

/** Lines that somebody wrote at one place, as they may stand in a file now. */
export interface Claim {
	/** Tells claims apart; whose it is the caller knows. */
	readonly id: number;
	/** The lines were written into this file, whatever it is called today. */
	readonly home: boolean;
	/** What stands here may have stood here before it was "written". */
	readonly weak: boolean;
	/** UTC, ISO 8601. Of equal claims the later one holds. */
	readonly at: string;
	readonly lines: readonly (Said & { readonly edge: boolean })[];
	/** Prints of the telling lines beside it, 0 or nothing where they are not known. */
	readonly above?: number;
	readonly below?: number;
}

/** How a line was recognised: word for word, in another layout, or as a part of a longer line (a snippet that began or ended within it). */
export type Likeness = 'same' | 'layout' | 'part';

export interface Match {
	/** Index into the claims. */
	readonly claim: number;
	/** Index into the claim's lines. */
	readonly line: number;
	/** The same, of the last one that was joined into this line. */
	readonly last: number;
	readonly how: Likeness;
}

/**
 * Says which claim each line of a file comes from. A line comes from one claim at most, and a claim's line stands for one line at most.
 * Runs of equal lines are given away first, the longest before the shorter ones, so that lines which stand everywhere go with the
 * lines beside them; then what was only laid out anew. What is left has no known author.
 */
export function matchLines(file: readonly Said[], claims: readonly Claim[]): Map<number, Match> {
	// Blank lines have no author of their own.
	const places = file.flatMap((line, index) => (line.print === 0 ? [] : [index]));
	const matching = new Matching(
		places.map((place) => file[place] ?? blank),
		claims,
	);
	const all = [...claims.keys()];
	giveAll(
		matching,
		all.filter((claim) => claims[claim]?.weak === false),
	);
	// What may be older than its claim comes last, and of those the first that had it is nearest to who wrote it.
	for (const claim of latestFirst(claims, all).toReversed()) if (claims[claim]?.weak === true) giveAll(matching, [claim]);
	return new Map([...matching.matches].map(([at, match]) => [places[at] ?? at, match]));
}

function giveAll(matching: Matching, those: readonly number[]) {
	for (const home of [true, false])
		giveOwnRuns(
			matching,
			those.filter((claim) => matching.claims[claim]?.home === home),
		);
	fillGaps(matching);
	giveBetween(matching, those);
	giveLayouts(matching, those);
	giveParts(matching, those);
}

/** What was given to whom so far. */
class Matching {
	readonly matches = new Map<number, Match>();
	readonly budget = new Budget();
	private readonly taken: readonly Set<number>[];
	private known: { readonly now: Stream; readonly heads: ReadonlyMap<string, readonly number[]> } | undefined;

	constructor(
		readonly lines: readonly Said[],
		readonly claims: readonly Claim[],
	) {
		this.taken = claims.map(() => new Set());
	}

	give(at: number, claim: number, line: number, how: Likeness, last = line): void {
		this.matches.set(at, { claim, line, how, last });
		for (let one = line; one <= last; one++) this.taken[claim]?.add(one);
	}

	/** The claim's line stands nowhere yet. */
	isLeft(claim: number, line: number): boolean {
		return this.taken[claim]?.has(line) === false;
	}

	/** The file as one row of words; made when it is needed. */
	get words(): { readonly now: Stream; readonly heads: ReadonlyMap<string, readonly number[]> } {
		if (this.known !== undefined) return this.known;
		const now = streamOf(this.lines);
		return (this.known = { now, heads: headsOf(now) });
	}

	isOpen(at: number): boolean {
		return !this.matches.has(at);
	}
}

/** The longest runs first. Of equal ones that which stands where it was written, then the later one. */
function giveOwnRuns(matching: Matching, those: readonly number[]) {
	const { lines, claims } = matching;
	const wanted = new Set(those);
	const near = nearestTelling(lines);
	const fits = ({ source, at, from, length }: Run) => {
		const claim = claims[source];
		const above = from === 0 && near.above[at] === claim?.above;
		const below = from + length === claim?.lines.length && near.below[at + length - 1] === claim.below;
		return Number(above) + Number(below);
	};
	giveRuns({
		lines,
		sources: claims.map(({ lines: own }, claim) => (wanted.has(claim) ? own : [])),
		isOpen: (at) => matching.isOpen(at),
		isLeft: (claim, line) => matching.isLeft(claim, line),
		take: ({ source, from, at, length }) => {
			for (let step = 0; step < length; step++) matching.give(at + step, source, from + step, 'same');
		},
		compare: (a, b) => fits(b) - fits(a) || laterFirst(claims[a.source]?.at, claims[b.source]?.at),
	});
}

/** Brackets and the like that were written alone: where they stand between the same two lines as then. */
function giveBetween(matching: Matching, those: readonly number[]) {
	const { lines, claims } = matching;
	const alone = those.filter((claim) => claims[claim]?.lines.every((line) => !line.telling));
	if (alone.length === 0) return;
	const near = nearestTelling(lines);
	const places = new Map<string, number[]>();
	for (const at of lines.keys()) {
		if (lines[at]?.telling === true || !matching.isOpen(at)) continue;
		const key = `${near.above[at] ?? 0} ${near.below[at] ?? 0}`;
		const known = places.get(key);
		if (known === undefined) places.set(key, [at]);
		else known.push(at);
	}
	for (const claim of alone) {
		const { above = 0, below = 0, lines: own = [] } = claims[claim] ?? {};
		let from = 0;
		for (const at of places.get(`${above} ${below}`)?.slice(0, mostHolders) ?? [])
			if (matching.isOpen(at) && own[from]?.print === lines[at]?.print) matching.give(at, claim, from++, 'same');
	}
}

/** Prints of the telling lines before and after each line. */
function nearestTelling(lines: readonly Said[]): { above: readonly number[]; below: readonly number[] } {
	const above: number[] = [];
	const below = new Array<number>(lines.length);
	let last = 0;
	for (const line of lines) {
		above.push(last);
		if (line.telling) last = line.print;
	}
	last = 0;
	for (let at = lines.length - 1; at >= 0; at--) {
		below[at] = last;
		if (lines[at]?.telling === true) last = lines[at]?.print ?? 0;
	}
	return { above, below };
}

function laterFirst(one = '', other = ''): number {
	return one === other ? 0 : one < other ? 1 : -1;
}

/** Brackets and the like between two lines of one claim, in their order. */
function fillGaps(matching: Matching) {
	const { lines, claims, matches } = matching;
	let last: { at: number; match: Match } | undefined;
	for (let at = 0; at < lines.length; at++) {
		const match = matches.get(at);
		if (match === undefined) continue;
		if (last?.match.claim === match.claim && last.match.last < match.line) {
			const own = claims[match.claim]?.lines ?? [];
			let line = last.match.last + 1;
			for (let between = last.at + 1; between < at; between++) {
				let next = line;
				while (next < match.line && own[next]?.print !== lines[between]?.print) next++;
				if (next >= match.line) continue;
				if (matching.isLeft(match.claim, next)) matching.give(between, match.claim, next, 'same');
				line = next + 1;
			}
		}
		last = { at, match };
	}
}

/** What was laid out anew: the latest claims first. */
function giveLayouts(matching: Matching, those: readonly number[]) {
	const { lines, claims } = matching;
	for (const claim of latestFirst(claims, those)) {
		const own = claims[claim]?.lines ?? [];
		const left = own.flatMap((_line, index) => (matching.isLeft(claim, index) ? [index] : []));
		if (!left.some((index) => own[index]?.telling)) continue;
		const { now, heads } = matching.words;
		const was = streamOf(left.map((index) => own[index] ?? blank));
		for (const [at, { first, last }] of reflowed(now, was, matching.budget, heads, (place) => matching.isOpen(place))) {
			const [from, to] = [left[first], left[last]];
			if (from === undefined || to === undefined) continue;
			matching.give(at, claim, from, own[from]?.print === lines[at]?.print ? 'same' : 'layout', to);
		}
	}
}

function latestFirst(claims: readonly Claim[], those: readonly number[]): number[] {
	return those.toSorted((a, b) => laterFirst(claims[a]?.at, claims[b]?.at) || a - b);
}

/** Ends of a snippet that lie within a line: the one line that holds them and has no author yet. */
function giveParts(matching: Matching, those: readonly number[]) {
	const { lines, claims } = matching;
	const found = new Set([...matching.matches.values()].map((match) => match.claim));
	const ends = latestFirst(claims, those).flatMap((claim) => {
		const own = claims[claim]?.home === true || found.has(claim) ? (claims[claim]?.lines ?? []) : [];
		return own.flatMap((said, line) => (said.edge && said.telling && matching.isLeft(claim, line) ? [{ claim, line, said }] : []));
	});
	if (ends.length === 0) return;
	const holders = holdersOf(matching);
	for (const { claim, line, said } of ends) {
		const places = holders(said).filter((at) => matching.isOpen(at) && lines[at]?.words.includes(said.words));
		const [only] = places;
		if (places.length === 1 && only !== undefined) matching.give(only, claim, line, 'part');
	}
}

/** Finds the lines without an author that have the longest word of another. */
function holdersOf({ lines, matches }: Matching): (part: Said) => readonly number[] {
	const byWord = new Map<string, number[]>();
	for (const [at, { words }] of lines.entries()) {
		if (matches.has(at)) continue;
		for (const word of new Set(words.split(' '))) {
			const known = byWord.get(word);
			if (known === undefined) byWord.set(word, [at]);
			else if (known.length < mostHolders) known.push(at);
		}
	}
	return ({ words }) => {
		const longest = words.split(' ').reduce((best, word) => (word.length > best.length ? word : best), '');
		const places = byWord.get(longest) ?? [];
		return places.length < mostHolders ? places : [];
	};
}

/** What so many lines have in common says nothing. */
const mostHolders = 200;
