import type { Survival, SurvivalPoint } from '../core/stats';

/** The lines of one turn on one axis, days or commits since they were written. */
export interface WatchedTurn {
	/** Lines that went, and when. */
	readonly losses: readonly { readonly at: number; readonly lines: number }[];
	/** Lines that are still there. */
	readonly left: number;
	/** When the turn was last looked at. */
	readonly until: number;
}

export interface Grid {
	readonly points: readonly number[];
	/** Times for drawing. */
	readonly curve: readonly number[];
}

/** With fewer turns nothing is said about survival, */
const fewestTurns = 5;
/** nor where one turn wrote nearly all: how turns differ cannot be seen from one. */
const fewestTelling = 2;

export function isTooFew(turns: readonly WatchedTurn[]): boolean {
	return turns.length < fewestTurns || tellingTurns(turns) < fewestTelling;
}

/** The curve from this time until the next step. */
interface Step {
	readonly at: number;
	readonly share: number;
	/** Of the logarithm of `share`, from turn to turn. */
	readonly variance: number;
}

/**
 * Share of written lines that is still there, by the product-limit estimator of Kaplan and Meier: lines that are there at the last look are
 * censored, so a turn of yesterday counts for its first day and for nothing after it.
 *
 * Lines of one turn stand and fall together, so the 95% interval takes turns as the unit: its variance is the sum over turns of the squared
 * influence of each on log S (infinitesimal jackknife). With one line a turn it is Greenwood's formula exactly. It was
 * preferred to a bootstrap over turns because it needs no random numbers, one pass over the lines, and no trust in 200 resamples for a
 * 2.5% tail. The interval is symmetric in log(-log S), so it stays within 0 and 1, with Student's t for the number of turns that carry weight: ten
 * turns of which one wrote nearly everything are little more than one.
 */
export function survival(turns: readonly WatchedTurn[], { points, curve }: Grid): Survival {
	const last = turns.reduce((latest, turn) => Math.max(latest, turn.until), 0);
	if (isTooFew(turns)) return { last, points: [], curve: [] };
	const steps = stepsOf(turns);
	const sure = certainty(turns);
	const interval = (step: Step | undefined, at: number) => intervalOf(step, sure, () => followedTo(turns, at));
	const known = (times: readonly number[]) => times.filter((at) => at <= last);
	const median = medianOf(steps, interval);
	return {
		last,
		points: known(points).map((at) => {
			const step = stepAt(steps, at);
			return { at, share: step?.share ?? 1, ...interval(step, at), ...atRisk(turns, at) };
		}),
		...(median !== undefined && { median }),
		curve: known(curve).map((at) => ({ at, share: stepAt(steps, at)?.share ?? 1 })),
	};
}

/** Shares are products of fractions, so they miss 0 and one half by rounding. */
const rounding = 1e-9;

function stepsOf(turns: readonly WatchedTurn[]): Step[] {
	const ends = endsOf(turns);
	const influence = new Influence(turns);
	const all = ends.reduce((sum, { lines }) => sum + lines, 0);
	const steps: Step[] = [];
	let atRisk = all;
	let share = 1;
	for (let from = 0, to = 0; from < ends.length; from = to) {
		const at = ends[from]?.at ?? 0;
		let lost = 0;
		let gone = 0;
		for (; ends[to]?.at === at; to++) {
			const lines = ends[to]?.lines ?? 0;
			gone += lines;
			if (ends[to]?.isLoss === true) lost += lines;
		}
		const rest = atRisk - lost;
		if (lost > 0 && rest <= all * rounding) return [...steps, { at, share: 0, variance: 0 }];
		if (lost > 0) influence.passLoss(lost, atRisk);
		for (const { turn, lines, isLoss } of ends.slice(from, to)) influence.leave(turn, lines, isLoss ? rest : undefined);
		if (lost > 0) {
			share *= rest / atRisk;
			steps.push({ at, share, variance: influence.variance });
		}
		atRisk -= gone;
	}
	return steps;
}

/** When lines went out of sight, lost or not, in the order of time. */
function endsOf(turns: readonly WatchedTurn[]) {
	return turns
		.flatMap(({ losses, left, until }, turn) => [
			...losses.map(({ at, lines }) => ({ turn, at, lines, isLoss: true })),
			{ turn, at: until, lines: left, isLoss: false },
		])
		.filter(({ lines }) => lines > 0)
		.sort((a, b) => a.at - b.at);
}

/**
 * Sum of the squared influences of turns on log S. The influence of turn i is `fixed[i] + left[i] * hazard`: what its lines that went had, and what
 * those that are still watched have in common. Three sums over all turns give the variance at any time without going through the turns.
 */
class Influence {
	private readonly fixed: Float64Array;
	private readonly left: Float64Array;
	private hazard = 0;
	private sumFixed = 0;
	private sumBoth = 0;
	private sumLeft = 0;

	constructor(turns: readonly WatchedTurn[]) {
		this.fixed = new Float64Array(turns.length);
		this.left = Float64Array.from(turns, (turn) => linesOf(turn));
		for (const lines of this.left) this.sumLeft += lines * lines;
	}

	passLoss(lost: number, atRisk: number): void {
		this.hazard += lost / (atRisk * (atRisk - lost));
	}

	/** Lines of a turn go out of sight. `rest`: lines of all turns that stay, when these are lost. */
	leave(turn: number, lines: number, rest: number | undefined): void {
		const fixed = this.fixed[turn] ?? 0;
		const left = this.left[turn] ?? 0;
		const nextFixed = fixed + lines * this.hazard - (rest === undefined ? 0 : lines / rest);
		const nextLeft = left - lines;
		this.sumFixed += nextFixed * nextFixed - fixed * fixed;
		this.sumBoth += nextFixed * nextLeft - fixed * left;
		this.sumLeft += nextLeft * nextLeft - left * left;
		this.fixed[turn] = nextFixed;
		this.left[turn] = nextLeft;
	}

	get variance(): number {
		return Math.max(0, this.sumFixed + 2 * this.hazard * this.sumBoth + this.hazard * this.hazard * this.sumLeft);
	}
}

function stepAt(steps: readonly Step[], at: number): Step | undefined {
	return steps.findLast((step) => step.at <= at);
}

function linesOf({ losses, left }: WatchedTurn): number {
	return losses.reduce((sum, { lines }) => sum + lines, left);
}

/** Kish's effective number: turns of equal size that would be as telling as these. */
function tellingTurns(turns: readonly WatchedTurn[]): number {
	const lines = turns.map(linesOf);
	const sum = lines.reduce((a, b) => a + b, 0);
	return sum === 0 ? 0 : (sum * sum) / lines.reduce((a, b) => a + b * b, 0);
}

/** Factor from the variance's root to the half width of the interval. */
function certainty(turns: readonly WatchedTurn[]): number {
	const telling = tellingTurns(turns);
	return studentT(telling - 1) * Math.sqrt(telling / (telling - 1));
}

/** 97.5% quantiles of Student's t by degrees of freedom. */
const quantiles: readonly (readonly [number, number])[] = [
	[1, 12.706],
	[2, 4.303],
	[3, 3.182],
	[4, 2.776],
	[5, 2.571],
	[7, 2.365],
	[10, 2.228],
	[15, 2.131],
	[30, 2.042],
	[60, 2],
	[120, 1.98],
	[Infinity, 1.96],
];

function studentT(freedom: number): number {
	const place = Math.max(
		1,
		quantiles.findIndex(([most]) => freedom <= most),
	);
	const [[less, wide], [more, narrow]] = [quantiles[place - 1] ?? [1, 12.706], quantiles[place] ?? [Infinity, 1.96]];
	const part = (1 / less - 1 / freedom) / (1 / less - 1 / more);
	return wide + part * (narrow - wide);
}

/**
 * Where nothing was lost, or everything, there is no variance to go by. Then the interval is that of Clopper and Pearson for as many yes-or-no
 * cases as turns were followed so long: it holds even if each turn's lines stay or go as one.
 */
function intervalOf(step: Step | undefined, sure: number, followed: () => number): Pick<SurvivalPoint, 'low' | 'high'> {
	const log = Math.log(step?.share ?? 1);
	if (step === undefined || log === 0) return { low: 0.025 ** (1 / followed()), high: 1 };
	if (step.share === 0) return { low: 0, high: 1 - 0.025 ** (1 / followed()) };
	const spread = Math.exp((sure * Math.sqrt(step.variance)) / -log);
	return { low: Math.exp(log * spread), high: Math.exp(log / spread) };
}

function medianOf(steps: readonly Step[], interval: (step: Step, at: number) => Pick<SurvivalPoint, 'low' | 'high'>): Survival['median'] {
	const half = 0.5 + rounding;
	const at = steps.find(({ share }) => share <= half)?.at;
	if (at === undefined) return undefined;
	const low = steps.find((step) => interval(step, step.at).low <= half)?.at;
	const high = steps.find((step) => interval(step, step.at).high <= half)?.at;
	return { at, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

function followedTo(turns: readonly WatchedTurn[], at: number): number {
	return turns.filter(({ until }) => until >= at).length;
}

function atRisk(turns: readonly WatchedTurn[], at: number): Pick<SurvivalPoint, 'turns' | 'lines' | 'followed'> {
	const lines = turns.map(({ losses, left, until }) => losses.reduce((sum, loss) => sum + (loss.at >= at ? loss.lines : 0), until >= at ? left : 0));
	return { turns: lines.filter((count) => count > 0).length, lines: lines.reduce((a, b) => a + b, 0), followed: followedTo(turns, at) };
}
