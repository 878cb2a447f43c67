import type { Said } from './said';

/** Earlier lines, first to last, that a line holds or is a part of. */
export interface Reflowed {
	readonly first: number;
	readonly last: number;
}

/** Steps that comparisons may take in all, so that texts which repeat themselves end in time. */
export class Budget {
	constructor(private left = 3_000_000) {}

	/** Whether there was something left. */
	spend(steps: number): boolean {
		this.left -= steps;
		return this.left > 0;
	}
}

/** Lines as one row of words and marks. */
export interface Stream {
	readonly tokens: readonly string[];
	/** Line of each token. */
	readonly lineOf: readonly number[];
	/** First token of each line, or where it would stand; one more at the end. */
	readonly startOf: readonly number[];
	readonly telling: readonly boolean[];
}

export function streamOf(lines: readonly Said[]): Stream {
	const tokens: string[] = [];
	const lineOf: number[] = [];
	const startOf: number[] = [];
	for (const [line, { words }] of lines.entries()) {
		startOf.push(tokens.length);
		const inner = words.trim();
		for (const token of inner === '' ? [] : inner.split(' ')) {
			if (isLeadingBar(token, tokens.at(-1))) continue;
			tokens.push(token);
			lineOf.push(line);
		}
	}
	startOf.push(tokens.length);
	return { tokens, lineOf, startOf, telling: lines.map((line) => line.telling) };
}

/** Prettier begins each line of a long union type with a bar, the first one too. */
function isLeadingBar(token: string, before: string | undefined): boolean {
	return (token === '|' || token === '&') && (before === '=' || before === ':' || before === '<');
}

/** Words that a line is looked up by; a shorter one by all it has. */
const headLength = 4;
/** Many lines of generated text begin alike. */
const mostAlike = 40;

/** Lines by the words that follow from their beginnings on, a few of them and fewer. */
export function headsOf({ tokens, startOf }: Stream): Map<string, number[]> {
	const heads = new Map<string, number[]>();
	for (let line = 0; line + 1 < startOf.length; line++) {
		const start = startOf[line] ?? 0;
		if (start === startOf[line + 1]) continue;
		for (let length = 1; length <= headLength && start + length <= tokens.length; length++) {
			const key = tokens.slice(start, start + length).join(' ');
			const known = heads.get(key);
			if (known === undefined) heads.set(key, [line]);
			else known.push(line);
		}
	}
	return heads;
}

interface Search {
	readonly now: Stream;
	readonly was: Stream;
	readonly budget: Budget;
	readonly open: (line: number) => boolean;
	/** Lines of `was` that were found. */
	readonly used: Set<number>;
	readonly found: Map<number, Reflowed>;
}

/**
 * Finds lines that say the same as earlier ones in another layout: wrapped, joined, with other quotes, commas or brackets.
 * A stretch counts only if it begins and ends where earlier lines do, so that a part of a line is never taken for the line.
 * Returns by line of `now` the lines of `was`, each of which is used once. `heads` are those of `now`; lines that are not `open` are left out.
 */
export function reflowed(
	now: Stream,
	was: Stream,
	budget: Budget,
	heads: ReadonlyMap<string, readonly number[]> = headsOf(now),
	open: (line: number) => boolean = () => true,
): Map<number, Reflowed> {
	const search: Search = { now, was, budget, used: new Set(), found: new Map(), open: (line) => open(line) && !search.found.has(line) };
	for (let line = 0; line + 1 < was.startOf.length && budget.spend(1); line++) {
		if (search.used.has(line)) continue;
		for (const [at, lines] of longestStretch(search, line, heads)) {
			search.found.set(at, lines);
			for (let one = lines.first; one <= lines.last; one++) search.used.add(one);
		}
	}
	return search.found;
}

type Stretch = readonly (readonly [number, Reflowed])[];

/** The longest stretch of `now` that says what `was` says from a line on. */
function longestStretch(search: Search, line: number, heads: ReadonlyMap<string, readonly number[]>): Stretch {
	const { tokens, startOf } = search.was;
	const [start, end] = [startOf[line] ?? 0, startOf[line + 1] ?? 0];
	const places = heads.get(tokens.slice(start, Math.min(end, start + headLength)).join(' ')) ?? [];
	let best: Stretch = [];
	if (places.length > mostAlike && search.was.telling[line] === false) return best;
	let tried = 0;
	for (const from of places) {
		if (!search.budget.spend(1)) break;
		if (!search.open(from)) continue;
		const stretch = stretchFrom(search, from, start);
		if (stretch.length > best.length) best = stretch;
		if (++tried === mostAlike) break;
	}
	return best;
}

function stretchFrom(search: Search, from: number, start: number): Stretch {
	const { now, was, open } = search;
	const lines: [number, Reflowed][] = [];
	let [at, telling, good] = [start, false, 0];
	for (let line = from; line + 1 < now.startOf.length && open(line); line++) {
		const length = sameWords(search, line, at);
		if (length === undefined) break;
		// A bracket alone ends what was said before it.
		lines.push([line, { first: was.lineOf[length === 0 ? at - 1 : at] ?? 0, last: was.lineOf[at + length - 1] ?? 0 }]);
		at += length;
		telling ||= now.telling[line] === true;
		if (telling && isLineEnd(was, at)) good = lines.length;
	}
	return lines.slice(0, good);
}

/** Whether lines end before `at`, or nothing but their last brackets is missing: those may have been taken for others that stand there. */
function isLineEnd({ tokens, lineOf }: Stream, at: number): boolean {
	let end = at;
	while (lineOf[end] === lineOf[at - 1] && (tokens[end] === '}' || tokens[end] === ']')) end++;
	return lineOf[end] !== lineOf[at - 1];
}

/** How many words a line has, if they are those of the earlier text from `at` on. */
function sameWords({ now, was, used, budget }: Search, line: number, at: number): number | undefined {
	const [start, end] = [now.startOf[line] ?? 0, now.startOf[line + 1] ?? 0];
	if (!budget.spend(1 + end - start)) return undefined;
	for (let step = 0; step < end - start; step++)
		if (now.tokens[start + step] !== was.tokens[at + step] || used.has(was.lineOf[at + step] ?? -1)) return undefined;
	return end - start;
}
