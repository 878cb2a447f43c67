import assert from 'node:assert/strict';
import { survival, type WatchedTurn } from '../../src/attribute/survival';
import type { Survival } from '../../src/core/stats';

const t20 = 2.086;

/** A turn of one line: lost at a time, or, as `6+`, still there at it. */
function single(text: string): WatchedTurn {
	const until = Number.parseFloat(text);
	return text.endsWith('+') ? { losses: [], left: 1, until } : { losses: [{ at: until, lines: 1 }], left: 0, until };
}

function at(times: readonly number[], turns: readonly WatchedTurn[]): Survival {
	return survival(turns, { points: times, curve: times });
}

/** The same numbers each run. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32;
}

/** Turns of some lines that go at whole days; some whole turns go at once. */
function someTurns(count: number, seed: number, censored = true): WatchedTurn[] {
	const next = numbers(seed);
	return Array.from({ length: count }, () => {
		const lines = 1 + Math.floor(next() * 30);
		const until = censored ? 5 + Math.floor(next() * 60) : 1000;
		const rate = next() * 0.05;
		const lost = new Map<number, number>();
		for (let line = 0; line < lines; line++) {
			const day = Math.ceil(-Math.log(1 - next()) / rate);
			if (day <= until) lost.set(day, (lost.get(day) ?? 0) + 1);
		}
		const losses = [...lost].map(([day, gone]) => ({ at: day, lines: gone }));
		return { losses, left: lines - losses.reduce((sum, loss) => sum + loss.lines, 0), until };
	});
}

/** Standard error of log S that an interval was made of, when `times` of it were taken. */
function errorOf({ share, low }: Survival['points'][number], times: number): number {
	return (-Math.log(share) * Math.log(Math.log(low) / Math.log(share))) / times;
}

describe('survival of lines', () => {
	/** Weeks of remission under 6-mercaptopurine, Freireich et al., Blood 21 (1963); the figures stand in most textbooks. */
	const remissions = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'.split(' ').map(single);

	it('gives the textbook curve, standard errors and median of the remission data', () => {
		const { points, median } = at([6, 7, 10, 13, 16, 22, 23], remissions);
		assert.deepEqual(
			points.map(({ share, lines }) => [share.toFixed(4), lines]),
			[
				['0.8571', 21],
				['0.8067', 17],
				['0.7529', 15],
				['0.6902', 12],
				['0.6275', 11],
				['0.5378', 7],
				['0.4482', 6],
			],
		);
		const errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346];
		for (const [place, point] of points.entries()) {
			const error = point.share * errorOf(point, t20 * Math.sqrt(21 / 20));
			assert.ok(Math.abs(error - (errors[place] ?? 0)) < 0.0003, `${error} for ${errors[place]}`);
		}
		assert.equal(median?.at, 23);
	});

	it('gives the textbook curve and median of the maintained group of the leukemia data', () => {
		const { points, median } = at([9, 13, 18, 23, 31, 34, 48], '9 13 13+ 18 23 28+ 31 34 45+ 48 161+'.split(' ').map(single));
		assert.deepEqual(
			points.map(({ share }) => share.toFixed(3)),
			['0.909', '0.818', '0.716', '0.614', '0.491', '0.368', '0.184'],
		);
		assert.equal(median?.at, 31);
	});

	it('weighs each turn by what the estimate changes when the turn counts a little more', () => {
		const turns = someTurns(25, 7);
		const day = 20;
		const logAt = (watched: readonly WatchedTurn[]) => Math.log(at([day], watched).points[0]?.share ?? 0);
		const step = 1e-5;
		const influences = turns.map((turn, place) => {
			const more = {
				...turn,
				left: turn.left * (1 + step),
				losses: turn.losses.map((loss) => ({ ...loss, lines: loss.lines * (1 + step) })),
			};
			return (logAt(turns.with(place, more)) - logAt(turns)) / step;
		});
		const expected = Math.sqrt(influences.reduce((sum, influence) => sum + influence ** 2, 0));
		const [point] = at([day], turns).points;
		assert.ok(point);
		// All 25 turns of 10 times the lines leave the interval as it is: lines are not what is counted.
		const tenfold = turns.map((turn) => ({ ...turn, left: turn.left * 10, losses: turn.losses.map((loss) => ({ ...loss, lines: loss.lines * 10 })) }));
		const [same] = at([day], tenfold).points;
		assert.ok(Math.abs((same?.low ?? 0) - point.low) < 1e-9 && Math.abs((same?.high ?? 0) - point.high) < 1e-9);
		const ratio = errorOf(point, 1) / expected;
		// Student's t and the correction for few turns, for the 25 turns of unequal size: a little more than the 2.10 of equal ones.
		assert.ok(ratio > 2.1 && ratio < 2.3, `${ratio}`);
	});

	it('is the share that is left where nothing is censored', () => {
		const turns = someTurns(40, 3, false);
		const all = turns.reduce((sum, turn) => turn.losses.reduce((lines, loss) => lines + loss.lines, sum + turn.left), 0);
		for (const point of at([1, 5, 10, 30, 100, 400], turns).points) {
			const gone = turns.flatMap(({ losses }) => losses).reduce((sum, loss) => sum + (loss.at <= point.at ? loss.lines : 0), 0);
			assert.ok(Math.abs(point.share - (1 - gone / all)) < 1e-9);
		}
	});

	it('never rises, stays within its interval and within 0 and 1, whatever the turns', () => {
		for (let seed = 1; seed <= 60; seed++) {
			const { points, median } = at(
				Array.from({ length: 70 }, (_, day) => day),
				someTurns(5 + (seed % 20), seed),
			);
			let before = 1;
			for (const { share, low, high } of points) {
				assert.ok(share <= before && low <= share && share <= high && low >= 0 && high <= 1, `seed ${seed}: ${low} ${share} ${high}`);
				before = share;
			}
			if (median !== undefined) assert.ok((median.low ?? 0) <= median.at && median.at <= (median.high ?? Infinity));
		}
	});

	it('says nothing beyond the last look, and nothing of fewer than five turns', () => {
		const four = ['3', '5+', '8+', '9+'].map(single);
		assert.deepEqual(at([1, 5], four), { last: 9, points: [], curve: [] });
		const five = at([1, 5, 9, 10], [...four, single('4+')]);
		assert.deepEqual(
			five.points.map((point) => point.at),
			[1, 5, 9],
		);
		assert.equal(five.median, undefined);
	});

	it('keeps what is known of turns that lost everything before the last look', () => {
		const turns = Array.from({ length: 6 }, () => ({ losses: [{ at: 2, lines: 10 }], left: 0, until: 40 }));
		const { points, median } = at([1, 30, 90], turns);
		assert.deepEqual(
			points.map(({ at: day, share, turns: atRisk, lines, followed }) => [day, share, atRisk, lines, followed]),
			[
				[1, 1, 6, 60, 6],
				[30, 0, 0, 0, 6],
			],
		);
		assert.equal(median?.at, 2);
	});

	it('does not take six turns without a loss for proof that nothing is ever lost', () => {
		const [point] = at(
			[7],
			Array.from({ length: 6 }, () => ({ losses: [], left: 1000, until: 8 })),
		).points;
		// Six of six yes-or-no cases, Clopper and Pearson.
		assert.deepEqual([point?.share, point?.low.toFixed(3), point?.high], [1, '0.541', 1]);
	});

	it('says nothing where one turn wrote nearly all, and the less the fewer turns carry the lines', () => {
		const small = Array.from({ length: 9 }, (_, place) => ({
			losses: place % 3 === 0 ? [{ at: 2, lines: 5 }] : [],
			left: place % 3 === 0 ? 5 : 10,
			until: 30,
		}));
		const withOneOf = (lines: number) => at([7], [...small, { losses: [{ at: 3, lines: lines / 2 }], left: lines / 2, until: 30 }]).points[0];
		const even = withOneOf(10);
		const large = withOneOf(100);
		assert.ok(even && large);
		assert.ok(large.high - large.low > 2 * (even.high - even.low), `${large.high - large.low} ${even.high - even.low}`);
		assert.equal(withOneOf(1000), undefined);
	});

	it('counts lines that went at once, before any time passed', () => {
		const turns = Array.from({ length: 5 }, () => ({ losses: [{ at: 0, lines: 1 }], left: 3, until: 0 }));
		assert.equal(at([0], turns).points[0]?.share, 0.75);
	});
});
