import type { Said } from './said';

/**
 * Finds lines that say the same as earlier ones in another layout: wrapped, joined, with other quotes, commas or brackets.
 * A stretch counts only if it begins and ends where earlier lines do, so that a part of a line is never taken for the line.
 * Returns, by index into `now`, the index into `was` of the line in which it begins. `was` is read in order; nothing is used twice.
 */
export function reflowed(now: readonly Said[], was: readonly Said[]): Map<number, number> {
	const stream = streamOf(was);
	const found = new Map<number, number>();
	const used = new Set<number>();
	for (let index = 0; index < now.length; index++) {
		const stretch = found.has(index) ? undefined : longestStretch(now, index, stream, used);
		if (stretch === undefined) continue;
		for (const [line, token] of stretch.lines) found.set(line, stream.lineOf[token] ?? 0);
		for (let line = stretch.first; line <= stretch.last; line++) used.add(line);
		index = stretch.end;
	}
	return found;
}

interface Stream {
	readonly tokens: readonly string[];
	/** Line of each token. */
	readonly lineOf: readonly number[];
	/** First tokens of lines by what they say. */
	readonly starts: ReadonlyMap<string, readonly number[]>;
}

interface Stretch {
	/** Lines of `now` with the token each begins at. */
	readonly lines: readonly (readonly [number, number])[];
	/** Lines of `was`. */
	readonly first: number;
	readonly last: number;
	/** Last line of `now`. */
	readonly end: number;
}

function streamOf(lines: readonly Said[]): Stream {
	const tokens: string[] = [];
	const lineOf: number[] = [];
	const starts = new Map<string, number[]>();
	for (const [line, { words }] of lines.entries()) {
		const own = wordsOf(words);
		const [head] = own;
		if (head !== undefined) {
			const known = starts.get(head);
			if (known === undefined) starts.set(head, [tokens.length]);
			else if (known.length < mostStarts) known.push(tokens.length);
		}
		for (const token of own) {
			tokens.push(token);
			lineOf.push(line);
		}
	}
	return { tokens, lineOf, starts };
}

/** Many lines of generated text begin alike. */
const mostStarts = 40;

function wordsOf(words: string): string[] {
	const inner = words.trim();
	return inner === '' ? [] : inner.split(' ');
}

function longestStretch(now: readonly Said[], index: number, stream: Stream, used: ReadonlySet<number>): Stretch | undefined {
	const [head] = wordsOf(now[index]?.words ?? ' ');
	if (head === undefined) return undefined;
	let best: Stretch | undefined;
	for (const start of stream.starts.get(head) ?? []) {
		const stretch = stretchFrom(now, index, start, stream, used);
		if (stretch !== undefined && stretch.end > (best?.end ?? -1)) best = stretch;
	}
	return best;
}

function stretchFrom(now: readonly Said[], index: number, start: number, stream: Stream, used: ReadonlySet<number>): Stretch | undefined {
	const { tokens, lineOf } = stream;
	const lines: [number, number][] = [];
	let [at, telling, good] = [start, false, 0];
	let end = -1;
	for (let line = index; line < now.length; line++) {
		const said = now[line];
		if (said === undefined) break;
		const own = wordsOf(said.words);
		if (!own.every((token, offset) => tokens[at + offset] === token && !used.has(lineOf[at + offset] ?? -1))) break;
		if (own.length === 0 && at === start) break;
		lines.push([line, Math.min(at, tokens.length - 1)]);
		at += own.length;
		telling ||= said.telling;
		// Between two lines, or at the end.
		if (telling && lineOf[at - 1] !== lineOf[at]) {
			good = lines.length;
			end = line;
		}
	}
	if (good === 0) return undefined;
	const kept = lines.slice(0, good);
	const last = now.slice(index, end + 1).reduce((sum, said) => sum + wordsOf(said.words).length, start) - 1;
	return { lines: kept, first: lineOf[start] ?? 0, last: lineOf[last] ?? 0, end };
}
