import pc from 'picocolors';
import type { Stats, StatsGroup, Survival, SurvivalPoint } from '../core/stats';

/** The others are counted, and stand in the JSON. */
const groupsShown = 20;
const longestName = 28;
/** Fewer turns make no curve, and points that fewer were watched to are marked. */
const fewestWatched = 5;
/** Days at which groups are compared. */
const compared = [7, 30, 90];

/** Statistics for a person. Whatever cannot be told is said to be so, rather than shown as a number. */
export function statsText(stats: Stats): string {
	if (stats.all.turns === 0) return nothing(stats);
	const { all, groups } = stats;
	const parts = [
		[`${captured(stats)}: ${outcomeText(all)}.`, ...sums(all)],
		all.too_few ? [tooFew(all)] : [...axis('Days', 'day', all.days), '', ...axis('Commits', 'commit', all.commits)],
		groups.length === 0 ? [] : comparison(groups),
		[pc.dim('What these figures mean, and what they do not: docs/usage/statistics.md.')],
	];
	return parts
		.filter((part) => part.length > 0)
		.map((part) => part.join('\n'))
		.join('\n\n');
}

function nothing({ captured: turns, unreadable, since }: Stats): string {
	const from = since === undefined ? '' : ` since ${since.slice(0, 10)}`;
	if (turns === 0) return `No turn was captured here${from}. Try --everywhere, or read past chats in: chroma-client import`;
	const broken = unreadable === 0 ? '' : ` The findings of ${unreadable} cannot be read.`;
	return `${count(turns, 'turn')} captured${from}, none analysed yet.${broken} To find out what became of their code: chroma-client analyze-chat-history`;
}

function captured({ captured: turns, unreadable, since, all }: Stats): string {
	const from = since === undefined ? '' : ` since ${since.slice(0, 10)}`;
	const broken = unreadable === 0 ? '' : ` (findings of ${unreadable} more cannot be read)`;
	return `${count(turns, 'turn')} captured${from}, ${number(all.turns)} analysed${broken}`;
}

function outcomeText(group: StatsGroup): string {
	const { implemented, not_implemented, too_early, undecided, wrote_nothing } = group;
	return listed([
		[implemented, 'implemented'],
		[not_implemented, 'not implemented'],
		[too_early, 'too early to say'],
		[undecided, 'undecided'],
		[wrote_nothing, 'without lines to follow'],
	]);
}

function sums({ lines: { written, ...rest }, taken_out: by, undated, reward }: StatsGroup): string[] {
	const taken = listed([
		[by.turn, 'by another turn'],
		[by.human, 'by a person'],
		[by.revert, 'by a revert'],
		[by.unknown, 'nobody saw by whom'],
		[undated, 'nobody saw when'],
	]);
	return [
		`Lines written: ${number(written)}. Now: ${listed(Object.entries(rest).map(([kind, lines]) => [lines, kind])) || '-'}.`,
		...(taken === '' ? [] : [`Taken out: ${taken}.`]),
		reward === undefined
			? 'Reward: none yet.'
			: `Reward: median ${reward.median.toFixed(2)}, half of the turns from ${reward.low.toFixed(2)} to ${reward.high.toFixed(2)} (${count(reward.turns, 'turn')}).`,
	];
}

function tooFew({ watched }: StatsGroup): string {
	const why = watched < fewestWatched ? `at least ${fewestWatched} are needed` : 'one of them wrote nearly all';
	return `How long lines live: too few to tell (${count(watched, 'turn')} with lines; ${why}).`;
}

function axis(title: string, unit: string, survival: Survival): string[] {
	const head = [`${title} since`, 'still there', '95% interval', 'turns', 'lines'];
	const rows = survival.points.map((point) => [
		`${point.at}`,
		`${mark(point)}${percent(point.share)}`,
		interval(point),
		number(point.turns),
		number(point.lines),
	]);
	const times = survival.curve.map(({ at }) => at);
	return [
		`${drawn(survival)}  ${unit}s 0 to ${times.at(-1) ?? 0}, ${lifeText(survival, unit)}`,
		...aligned([head, ...rows]),
		...(survival.points.some(isThin) ? [pc.dim(`~ fewer than ${fewestWatched} turns were watched that long`)] : []),
		pc.dim(`The last look came after ${number(survival.last)} ${unit}s at most; nothing is said beyond it.`),
	];
}

function lifeText({ median }: Survival, unit: string): string {
	if (median === undefined) return 'median life not reached: more than half is still there';
	const { at, low, high } = median;
	return `median life ${short(at)} ${unit}s (95%: ${low === undefined ? '?' : short(low)} to ${high === undefined ? 'not reached' : short(high)})`;
}

function comparison(groups: readonly StatsGroup[]): string[] {
	const head = ['group', 'turns', 'implemented', 'lines', 'reward', ...compared.map((days) => `${days} days`), 'median', 'curve'];
	const shown = groups.slice(0, groupsShown);
	const rows = shown.map((group) => [
		nameOf(group.name),
		number(group.turns),
		number(group.implemented),
		number(group.lines.written),
		group.reward?.median.toFixed(2) ?? '-',
		...(group.too_few ? ['too few to tell'] : [...compared.map((days) => cell(group.days, days)), medianCell(group.days), drawn(group.days)]),
	]);
	return [
		...aligned([head, ...rows]),
		...(groups.length > groupsShown ? [`and ${groups.length - groupsShown} more, see --json`] : []),
		pc.dim('Share of lines still there, with its 95% interval. Groups differ in what they were asked to do, not only in how well they did it.'),
	];
}

function cell({ points }: Survival, at: number): string {
	const point = points.find((one) => one.at === at);
	return point === undefined ? '-' : `${mark(point)}${percent(point.share)} (${interval(point)})`;
}

function medianCell({ points, median }: Survival): string {
	if (points.length === 0) return '-';
	return median === undefined ? 'not reached' : `${short(median.at)} days`;
}

const bars = '▁▂▃▄▅▆▇█';

/** One bar a time, the lowest for nothing left. */
function drawn({ curve }: Survival): string {
	return curve.map(({ share }) => bars[Math.round(share * (bars.length - 1))] ?? '').join('');
}

function isThin({ followed }: SurvivalPoint): boolean {
	return followed < fewestWatched;
}

function mark(point: SurvivalPoint): string {
	return isThin(point) ? '~' : '';
}

function interval({ low, high }: SurvivalPoint): string {
	return `${percent(low)}–${percent(high)}`;
}

/** Nothing that is less than all is shown as 100%, and nothing that is more than none as 0%. */
function percent(share: number): string {
	if (share > 0.995 && share < 1) return '>99%';
	if (share > 0 && share < 0.005) return '<1%';
	return `${Math.round(share * 100)}%`;
}

function listed(parts: readonly (readonly [number, string])[]): string {
	return parts.flatMap(([lines, what]) => (lines > 0 ? [`${number(lines)} ${what}`] : [])).join(', ');
}

function count(turns: number, what: string): string {
	return `${number(turns)} ${what}${turns === 1 ? '' : 's'}`;
}

function number(value: number): string {
	return Math.round(value).toLocaleString('en-US');
}

function short(time: number): string {
	return time < 10 && !Number.isInteger(time) ? time.toFixed(1) : number(time);
}

/** Names come from transcripts: without what a terminal would obey. */
function nameOf(name: string): string {
	const plain = name.replace(/[\p{Cc}\p{Cf}]/gu, '');
	return plain.length > longestName ? `${plain.slice(0, longestName - 1)}…` : plain;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	return rows.map((row) =>
		row
			.map((text, column) => text.padEnd(widths[column] ?? 0))
			.join('  ')
			.trimEnd(),
	);
}
