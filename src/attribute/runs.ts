import type { Said } from './said';

/** Lines that follow on each other in a source and in a text, and are equal. */
export interface Run {
	/** Index into the sources. */
	readonly source: number;
	/** First line in the source and in the text. */
	readonly from: number;
	readonly at: number;
	readonly length: number;
	/** How many of them tell. */
	readonly weight: number;
}

export interface RunSearch {
	readonly lines: readonly Said[];
	/** What is looked for, as lists of lines; one that is not to be looked for may be empty. */
	readonly sources: readonly (readonly Said[])[];
	/** Whether a line of the text, or of a source, may be given still. */
	readonly isOpen: (at: number) => boolean;
	readonly isLeft: (source: number, line: number) => boolean;
	/** Takes the lines of a run, which are open no more then, or leaves them. */
	readonly take: (run: Run) => void;
	/** Which of two runs that weigh the same comes first. */
	readonly compare: (a: Run, b: Run) => number;
}

/** A line that stands in a text more often than this says nothing about where it came from. */
const mostPlaces = 60;
/** Pairs of equal lines that are looked at, so that texts which repeat themselves end in time. */
const mostPairs = 1_000_000;

/**
 * Gives runs of equal lines away, the heaviest first, so that lines which stand everywhere go with the lines beside them.
 * What was taken out of a run makes it lighter. A run without a telling line is none.
 */
export function giveRuns(search: RunSearch): void {
	const byWeight = new Map<number, Run[]>();
	const put = (run: Run) => {
		const known = byWeight.get(run.weight);
		if (known === undefined) byWeight.set(run.weight, [run]);
		else known.push(run);
	};
	for (const run of maximalRuns(search)) put(run);
	for (let weight = Math.max(0, ...byWeight.keys()); weight > 0; weight--) {
		const runs = byWeight.get(weight)?.sort((a, b) => search.compare(a, b) || a.source - b.source || a.at - b.at || a.from - b.from);
		// The list grows while it is read.
		for (const run of runs ?? []) {
			const rest = freeParts(search, run);
			if (rest.length === 1 && rest[0]?.length === run.length) search.take(run);
			else rest.forEach(put);
		}
	}
}

function maximalRuns({ lines, sources }: RunSearch): Run[] {
	const standing = new Map<number, number[]>();
	for (const [at, line] of lines.entries())
		if (line.telling) {
			const known = standing.get(line.print);
			if (known === undefined) standing.set(line.print, [at]);
			else known.push(at);
		}
	const total = sources.reduce((sum, own) => sum + own.length, 1);
	const most = Math.max(2, Math.min(mostPlaces, Math.floor(mostPairs / total)));
	const runs: Run[] = [];
	for (const [source, own] of sources.entries()) {
		// Where the last run along a diagonal ended.
		const ends = new Map<number, number>();
		for (const [from, line] of own.entries()) {
			const places = line.telling ? (standing.get(line.print) ?? []) : [];
			if (places.length > most) continue;
			for (const at of places) {
				if ((ends.get(at - from) ?? 0) > from) continue;
				const run = runAt(lines, own, source, from, at);
				ends.set(at - from, run.from + run.length);
				runs.push(run);
			}
		}
	}
	return runs;
}

function runAt(lines: readonly Said[], own: readonly Said[], source: number, from: number, at: number): Run {
	let [before, behind] = [0, 1];
	const same = (step: number) => own[from + step] !== undefined && own[from + step]?.print === lines[at + step]?.print;
	while (same(-before - 1)) before++;
	while (same(behind)) behind++;
	return part(own, { source, from: from - before, at: at - before, length: before + behind, weight: 0 }, 0, before + behind);
}

function part(own: readonly Said[], { source, from, at }: Run, start: number, end: number): Run {
	let weight = 0;
	for (let step = start; step < end; step++) if (own[from + step]?.telling === true) weight++;
	return { source, from: from + start, at: at + start, length: end - start, weight };
}

/** What is still to be given of a run. */
function freeParts({ sources, isOpen, isLeft }: RunSearch, run: Run): Run[] {
	const parts: Run[] = [];
	let start: number | undefined;
	for (let step = 0; step <= run.length; step++) {
		const free = step < run.length && isOpen(run.at + step) && isLeft(run.source, run.from + step);
		if (free) start ??= step;
		else if (start !== undefined) {
			const found = part(sources[run.source] ?? [], run, start, step);
			if (found.weight > 0) parts.push(found);
			start = undefined;
		}
	}
	return parts;
}
