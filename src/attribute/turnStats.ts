import type { Findings, LineLoss } from '../core/outcome';
import type { StatsBy, StatsGroup } from '../core/stats';
import type { Grid, WatchedTurn } from './survival';
import { isTooFew, survival } from './survival';

/** An analysed turn as the statistics need it. */
export interface AnalysedTurn {
	readonly assistant: string;
	readonly model: string;
	readonly modification: string;
	readonly outcome: 'unknown' | 'implemented' | 'not_implemented';
	readonly findings: Findings;
}

/** A turn within a group, and which share (0 to 1) of its lines belongs there. */
interface Part {
	readonly turn: AnalysedTurn;
	readonly share: number;
}

const days: Grid = { points: [1, 7, 30, 90, 180, 365], curve: [0, 1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365] };
const commits: Grid = { points: [1, 5, 20, 100], curve: [0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100] };

export function statsOfAll(turns: readonly AnalysedTurn[]): StatsGroup {
	return statsOf(
		'',
		turns.map((turn) => ({ turn, share: 1 })),
	);
}

/** The groups with most lines first. */
export function statsBy(turns: readonly AnalysedTurn[], by: StatsBy): StatsGroup[] {
	const groups = new Map<string, Part[]>();
	for (const turn of turns)
		for (const [name, share] of namesOf(turn, by)) {
			const group = groups.get(name);
			if (group === undefined) groups.set(name, [{ turn, share }]);
			else group.push({ turn, share });
		}
	return [...groups].map(([name, parts]) => statsOf(name, parts)).sort((a, b) => b.lines.written - a.lines.written || (a.name < b.name ? -1 : 1));
}

/** A turn in several languages belongs to each by its share of lines, since losses are not told by language. */
function namesOf(turn: AnalysedTurn, by: StatsBy): (readonly [string, number])[] {
	if (by !== 'language') return [[turn[by], 1]];
	const languages = Object.entries(turn.findings.languages).filter(([, lines]) => lines > 0);
	const all = languages.reduce((sum, [, lines]) => sum + lines, 0);
	return all === 0 ? [['unknown', 1]] : languages.map(([name, lines]) => [name, lines / all]);
}

function statsOf(name: string, parts: readonly Part[]): StatsGroup {
	const watched = parts.filter(({ turn }) => wrote(turn)).map(({ turn, share }) => ({ fate: fateOf(turn.findings), share }));
	const [inDays, inCommits] = [watched.map(({ fate, share }) => onAxis(fate, share, 'days')), watched.map(({ fate, share }) => onAxis(fate, share, 'commits'))];
	const taken = (by: LineLoss['by']) => sumOf(watched, ({ fate, share }) => share * sumOf(fate.losses, (loss) => (loss.by === by ? loss.lines : 0)));
	const reward = quartiles(parts.flatMap(({ turn }) => turn.findings.reward ?? []));
	return {
		name,
		turns: parts.length,
		...outcomes(parts),
		watched: watched.length,
		too_few: isTooFew(inDays),
		lines: lineSums(parts),
		taken_out: { turn: taken('turn'), human: taken('human'), revert: taken('revert'), unknown: taken('unknown') },
		undated: sumOf(watched, ({ fate, share }) => share * fate.undated),
		...(reward !== undefined && { reward }),
		days: survival(inDays, days),
		commits: survival(inCommits, commits),
	};
}

function wrote({ findings: { counts, where } }: AnalysedTurn): boolean {
	return counts.written > 0 && where !== 'nothing written';
}

function outcomes(parts: readonly Part[]): Pick<StatsGroup, 'implemented' | 'not_implemented' | 'too_early' | 'undecided' | 'wrote_nothing'> {
	const counts = { implemented: 0, not_implemented: 0, too_early: 0, undecided: 0, wrote_nothing: 0 };
	for (const { turn } of parts) counts[standingOf(turn)]++;
	return counts;
}

function standingOf(turn: AnalysedTurn) {
	if (turn.outcome !== 'unknown') return turn.outcome;
	if (!wrote(turn)) return 'wrote_nothing';
	return turn.findings.reward === undefined ? 'too_early' : 'undecided';
}

function lineSums(parts: readonly Part[]): StatsGroup['lines'] {
	const sum = (kind: keyof StatsGroup['lines']) => sumOf(parts, ({ turn, share }) => share * Math.max(0, turn.findings.counts[kind]));
	return {
		written: sum('written'),
		kept: sum('kept'),
		reformatted: sum('reformatted'),
		moved: sum('moved'),
		changed: sum('changed'),
		rewritten: sum('rewritten'),
		deleted: sum('deleted'),
	};
}

interface Fate {
	readonly losses: readonly LineLoss[];
	readonly left: number;
	readonly undated: number;
	readonly until: { readonly days: number; readonly commits: number };
}

/** No more lines go than were written, and none after the last look, whatever the record says. */
function fateOf({ counts, losses, where, days: lastDays, commits: lastCommits }: Findings): Fate {
	let left = counts.written;
	const kept: LineLoss[] = [];
	for (const loss of [...losses].sort((a, b) => a.days - b.days)) {
		const lines = Math.min(left, Math.max(0, loss.lines));
		if (lines > 0) kept.push({ ...loss, lines });
		left -= lines;
	}
	// What lies on another branch is not in the tree and not gone.
	const gone = where === 'elsewhere' ? 0 : Math.max(0, counts.rewritten) + Math.max(0, counts.deleted);
	const undated = Math.min(left, Math.max(0, gone - (counts.written - left)));
	return {
		losses: kept,
		left: left - undated,
		undated,
		until: {
			days: kept.reduce((last, loss) => Math.max(last, loss.days), lastDays),
			commits: kept.reduce((last, loss) => Math.max(last, loss.commits), lastCommits),
		},
	};
}

function onAxis({ losses, left, undated, until }: Fate, share: number, axis: 'days' | 'commits'): WatchedTurn {
	const dated = losses.map((loss) => ({ at: loss[axis], lines: share * loss.lines }));
	const late = undated > 0 ? [{ at: until[axis], lines: share * undated }] : [];
	return { losses: [...dated, ...late], left: share * left, until: until[axis] };
}

/** Between two values the line through them is taken. */
function quartiles(values: readonly number[]): StatsGroup['reward'] {
	const sorted = [...values].sort((a, b) => a - b);
	const at = (part: number) => {
		const place = part * (sorted.length - 1);
		const below = sorted[Math.floor(place)] ?? 0;
		return below + (place % 1) * ((sorted[Math.ceil(place)] ?? 0) - below);
	};
	return sorted.length === 0 ? undefined : { turns: sorted.length, median: at(0.5), low: at(0.25), high: at(0.75) };
}

function sumOf<T>(values: readonly T[], lines: (value: T) => number): number {
	return values.reduce((sum, value) => sum + lines(value), 0);
}
