import { reflowed } from './reflow';
import type { Said } from './said';

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
}

/** How a line was recognised: word for word, in another layout, or as a part of a longer line (a snippet that began or ended within it). */
export type Likeness = 'same' | 'layout' | 'part';

export interface Match {
	/** Index into the claims. */
	readonly claim: number;
	/** Index into the claim's lines. */
	readonly line: number;
	readonly how: Likeness;
}

/**
 * Says which claim each line of a file comes from. A line comes from one claim at most, and a claim's line stands for one line at most.
 * Runs of equal lines are given away first, the longest before the shorter ones, so that lines which stand everywhere go with the
 * lines beside them; then what was only laid out anew. What is left has no known author.
 */
export function matchLines(file: readonly Said[], claims: readonly Claim[]): Map<number, Match> {
	const matches = new Map<number, Match>();
	// Blank lines have no author of their own.
	const places = file.flatMap((line, index) => (line.print === 0 ? [] : [index]));
	const lines = places.map((place) => file[place] ?? nothing);
	const taken = claims.map(() => new Set<number>());
	const give = (place: number, match: Match) => {
		matches.set(place, match);
		taken[match.claim]?.add(match.line);
	};
	for (const run of runsOf(lines, claims)) giveRun(run, claims, matches, taken, give);
	fillGaps(lines, claims, matches, taken, give);
	for (const claim of byHome(claims, matches)) layouts(lines, claims, claim, matches, taken, give);
	for (const claim of byHome(claims, matches)) parts(lines, claims, claim, matches, taken, give);
	return new Map([...matches].map(([at, match]) => [places[at] ?? at, match]));
}

const nothing: Said = { print: 0, words: ' ', telling: false };
type Give = (at: number, match: Match) => void;
type Taken = readonly Set<number>[];

interface Run {
	readonly claim: number;
	/** First line in the claim and in the file. */
	readonly from: number;
	readonly at: number;
	readonly length: number;
	readonly weight: number;
}

/** A line that stands in a file more often than this says nothing about where it came from. */
const mostPlaces = 60;

/** Maximal runs of equal lines with a telling one among them, best first. */
function runsOf(lines: readonly Said[], claims: readonly Claim[]): Run[] {
	const standing = new Map<number, number[]>();
	for (const [at, line] of lines.entries())
		if (line.telling) {
			const known = standing.get(line.print);
			if (known === undefined) standing.set(line.print, [at]);
			else known.push(at);
		}
	const runs: Run[] = [];
	for (const [claim, { lines: own }] of claims.entries()) {
		const covered = new Set<number>();
		for (const [from, line] of own.entries()) {
			const found = line.telling ? (standing.get(line.print) ?? []) : [];
			if (found.length > mostPlaces) continue;
			for (const at of found) {
				if (covered.has(at * own.length + from)) continue;
				const run = runAt(lines, own, claim, from, at);
				for (let step = 0; step < run.length; step++) covered.add((run.at + step) * own.length + run.from + step);
				runs.push(run);
			}
		}
	}
	return runs.sort((a, b) => compare(a, b, claims));
}

function runAt(lines: readonly Said[], own: readonly Said[], claim: number, from: number, at: number): Run {
	let [before, behind] = [0, 1];
	const same = (step: number) => own[from + step] !== undefined && own[from + step]?.print === lines[at + step]?.print;
	while (same(-before - 1)) before++;
	while (same(behind)) behind++;
	let weight = 0;
	for (let step = -before; step < behind; step++) if (own[from + step]?.telling === true) weight++;
	return { claim, from: from - before, at: at - before, length: before + behind, weight };
}

function compare(a: Run, b: Run, claims: readonly Claim[]): number {
	const [one, other] = [claims[a.claim], claims[b.claim]];
	if (one === undefined || other === undefined) return 0;
	return (
		Number(one.weak) - Number(other.weak) ||
		Number(other.home) - Number(one.home) ||
		b.weight - a.weight ||
		(one.at === other.at ? 0 : one.at < other.at ? 1 : -1) ||
		a.claim - b.claim ||
		a.at - b.at ||
		a.from - b.from
	);
}

/** Gives what is still free of a run, stretch by stretch, where something of the stretch tells. */
function giveRun(run: Run, claims: readonly Claim[], matches: ReadonlyMap<number, Match>, taken: Taken, give: Give) {
	let free: number[] = [];
	const finish = () => {
		const tells = free.some((step) => claims[run.claim]?.lines[run.from + step]?.telling === true);
		if (tells) for (const step of free) give(run.at + step, { claim: run.claim, line: run.from + step, how: 'same' });
		free = [];
	};
	for (let step = 0; step < run.length; step++) {
		if (!matches.has(run.at + step) && taken[run.claim]?.has(run.from + step) === false) free.push(step);
		else finish();
	}
	finish();
}

/** Brackets and the like between two lines of one claim, in their order. */
function fillGaps(lines: readonly Said[], claims: readonly Claim[], matches: ReadonlyMap<number, Match>, taken: Taken, give: Give) {
	let last: { at: number; match: Match } | undefined;
	for (let at = 0; at < lines.length; at++) {
		const match = matches.get(at);
		if (match === undefined) continue;
		if (last?.match.claim === match.claim && last.match.line < match.line) {
			const own = claims[match.claim]?.lines ?? [];
			let line = last.match.line + 1;
			for (let between = last.at + 1; between < at; between++) {
				const next = own.findIndex((one, index) => index >= line && index < match.line && one.print === lines[between]?.print);
				if (matches.has(between) || next < 0 || taken[match.claim]?.has(next) !== false) continue;
				give(between, { claim: match.claim, line: next, how: 'same' });
				line = next + 1;
			}
		}
		last = { at, match };
	}
}

/** Claims that may have more in this file than was found word for word, latest first. */
function byHome(claims: readonly Claim[], matches: ReadonlyMap<number, Match>): number[] {
	const seen = new Set([...matches.values()].map((match) => match.claim));
	return claims
		.map((claim, index) => ({ claim, index }))
		.filter(({ claim, index }) => claim.home || seen.has(index))
		.sort((a, b) => (a.claim.at === b.claim.at ? a.index - b.index : a.claim.at < b.claim.at ? 1 : -1))
		.map(({ index }) => index);
}

function layouts(lines: readonly Said[], claims: readonly Claim[], claim: number, matches: ReadonlyMap<number, Match>, taken: Taken, give: Give) {
	const left = (claims[claim]?.lines ?? []).flatMap((line, index) => (taken[claim]?.has(index) === true ? [] : [{ line, index }]));
	if (!left.some(({ line }) => line.telling)) return;
	for (const stretch of freeStretches(lines, matches)) {
		const found = reflowed(
			stretch.map((at) => lines[at] ?? nothing),
			left.map(({ line }) => line),
		);
		for (const [now, was] of found) {
			const [at, source] = [stretch[now], left[was]];
			if (at !== undefined && source !== undefined) give(at, { claim, line: source.index, how: 'layout' });
		}
	}
}

/** Runs of lines without an author. */
function freeStretches(lines: readonly Said[], matches: ReadonlyMap<number, Match>): number[][] {
	const stretches: number[][] = [];
	for (let at = 0; at < lines.length; at++) {
		if (matches.has(at)) continue;
		if (at > 0 && !matches.has(at - 1)) stretches.at(-1)?.push(at);
		else stretches.push([at]);
	}
	return stretches;
}

/** Ends of a snippet that lie within a line: the one line that holds them and has no author yet. */
function parts(lines: readonly Said[], claims: readonly Claim[], claim: number, matches: ReadonlyMap<number, Match>, taken: Taken, give: Give) {
	for (const [line, said] of (claims[claim]?.lines ?? []).entries()) {
		if (!said.edge || !said.telling || taken[claim]?.has(line) !== false) continue;
		const holders = lines.flatMap((one, at) => (!matches.has(at) && one.words.includes(said.words) ? [at] : []));
		const [only] = holders;
		if (holders.length === 1 && only !== undefined) give(only, { claim, line, how: 'part' });
	}
}
