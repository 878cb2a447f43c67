import assert from 'node:assert/strict';
import { statsBy, statsOfAll, type AnalysedTurn } from '../../src/attribute/turnStats';
import type { LineLoss } from '../../src/core/outcome';
import { StatsGroup } from '../../src/core/stats';
import { findings } from '../support/findings';

function analysed(more: Parameters<typeof findings>[0] = {}, turn: Partial<AnalysedTurn> = {}): AnalysedTurn {
	return { assistant: 'codex', model: 'm', modification: 'bugfix', outcome: 'implemented', ...turn, findings: findings(more) };
}

function loss(lines: number, days: number, by: LineLoss['by'] = 'unknown', commits = 1): LineLoss {
	return { lines, days, commits, by, commit_sha: '' };
}

const times = <T>(count: number, make: (place: number) => T): T[] => Array.from({ length: count }, (_, place) => make(place));

describe('statistics of analysed turns', () => {
	it('counts what became of turns and of lines, and who took them out', () => {
		const turns = [
			analysed(),
			analysed({
				counts: { kept: 4, reformatted: 1, moved: 1, changed: 1, rewritten: 2, deleted: 1 },
				reward: 0.5,
				losses: [loss(1, 2, 'turn'), loss(1, 3, 'human'), loss(1, 9, 'revert')],
			}),
			analysed({ counts: { kept: 0, deleted: 10 }, reward: 0, losses: [loss(10, 1, 'unknown')] }, { outcome: 'not_implemented' }),
			analysed({ reward: undefined }, { outcome: 'unknown' }),
			analysed({ reward: 0.4 }, { outcome: 'unknown' }),
			analysed({ counts: { written: 0, kept: 0 }, where: 'nothing written', reward: undefined, languages: {} }, { outcome: 'unknown' }),
		];
		const all = statsOfAll(turns);
		const { turns: count, implemented, not_implemented, too_early, undecided, wrote_nothing, watched } = all;
		assert.deepEqual([count, implemented, not_implemented, too_early, undecided, wrote_nothing, watched], [6, 2, 1, 1, 1, 1, 5]);
		assert.deepEqual(all.lines, { written: 50, kept: 34, reformatted: 1, moved: 1, changed: 1, rewritten: 2, deleted: 11 });
		assert.deepEqual(all.taken_out, { turn: 1, human: 1, revert: 1, unknown: 10 });
		// 0, 0.4, 0.5, 1
		assert.equal(all.reward?.turns, 4);
		assert.deepEqual(
			[all.reward.median, all.reward.low, all.reward.high].map((value) => value.toFixed(3)),
			['0.450', '0.300', '0.625'],
		);
		StatsGroup.parse(all);
	});

	it('follows lines by days and by commits', () => {
		const { days, commits } = statsOfAll(
			times(5, () => analysed({ counts: { kept: 5, deleted: 5 }, losses: [loss(2, 3, 'human', 0), loss(3, 10, 'human', 8)] })),
		);
		assert.deepEqual(
			days.points.map(({ at, share }) => [at, share.toFixed(2)]),
			[
				[1, '1.00'],
				[7, '0.80'],
				[30, '0.50'],
			],
		);
		assert.equal(days.median?.at, 10);
		assert.deepEqual(
			commits.points.map(({ at, share }) => [at, share.toFixed(2)]),
			[
				[1, '0.80'],
				[5, '0.80'],
				[20, '0.50'],
			],
		);
	});

	it('takes lines that are gone since nobody knows when as gone at the last look, unless they lie elsewhere', () => {
		const gone = statsOfAll(times(5, () => analysed({ counts: { kept: 4, deleted: 6 }, losses: [loss(2, 3)] })));
		assert.equal(gone.undated, 20);
		assert.deepEqual(
			gone.days.points.map(({ share }) => share.toFixed(2)),
			['1.00', '0.80', '0.40'],
		);
		const elsewhere = statsOfAll(times(5, () => analysed({ counts: { kept: 0, deleted: 10 }, where: 'elsewhere' })));
		assert.equal(elsewhere.undated, 0);
		assert.equal(elsewhere.days.points.at(-1)?.share, 1);
	});

	it('groups by what turns say of themselves, those with most lines first', () => {
		const turns = [...times(6, () => analysed()), ...times(2, () => analysed({ counts: { written: 500 } }, { assistant: 'aider' }))];
		assert.deepEqual(
			statsBy(turns, 'assistant').map(({ name, turns: count, too_few, days }) => [name, count, too_few, days.points.length]),
			[
				['aider', 2, true, 0],
				['codex', 6, false, 3],
			],
		);
		assert.deepEqual(
			statsBy(turns, 'modification').map(({ name }) => name),
			['bugfix'],
		);
	});

	it('counts a turn in several languages in each by its share', () => {
		const turns = times(5, () => analysed({ counts: { kept: 6, deleted: 4 }, losses: [loss(4, 2, 'turn')], languages: { typescript: 9, css: 3, bad: -5 } }));
		const groups = statsBy([...turns, analysed({ languages: {} })], 'language');
		assert.deepEqual(
			groups.map(({ name, turns: count, lines, taken_out }) => [name, count, lines.written, taken_out.turn]),
			[
				['typescript', 5, 37.5, 15],
				['css', 5, 12.5, 5],
				['unknown', 1, 10, 0],
			],
		);
		const [point] = groups[0]?.days.points.slice(-1) ?? [];
		assert.equal(point?.share.toFixed(3), '0.600');
	});

	it('stands findings that contradict themselves', () => {
		const most = Number.MAX_SAFE_INTEGER;
		const turns = [
			...times(5, () => analysed()),
			analysed({ counts: { written: 3, kept: 3 }, losses: [loss(100, 5), loss(-7, 2), loss(1, 900, 'turn', 5000)] }),
			analysed({ counts: { written: -4, kept: -4 }, losses: [loss(9, 1)] }),
			analysed({ counts: { written: 5, kept: 0, deleted: most }, losses: [], days: 0, commits: 0 }),
			analysed({ counts: { written: 5, rewritten: -most }, languages: { ['__proto__']: 1, constructor: 2 } }),
		];
		for (const group of [statsOfAll(turns), ...statsBy(turns, 'language'), ...statsBy(turns, 'model')]) StatsGroup.parse(group);
		const all = statsOfAll(turns);
		assert.equal(all.watched, 8);
		assert.equal(all.lines.written, 63);
		assert.equal(all.taken_out.unknown, 3);
		assert.equal(all.days.last, 30);
	});

	it('is silent without turns', () => {
		const none = statsOfAll([]);
		assert.deepEqual([none.turns, none.too_few, none.reward, none.days], [0, true, undefined, { last: 0, points: [], curve: [] }]);
		assert.deepEqual(statsBy([], 'model'), []);
	});
});
