import { strict as assert } from 'node:assert';
import { nextWordsOf, rewardOf, survivalOf } from '../../src/attribute/reward';
import type { Signals } from '../../src/attribute/reward';
import type { LineCounts } from '../../src/core/attribution';

const counts = (more: Partial<LineCounts>): LineCounts => {
	const all = { kept: 0, reformatted: 0, moved: 0, changed: 0, rewritten: 0, deleted: 0, ...more };
	return { ...all, written: Object.values(all).reduce((sum, one) => sum + one, 0) };
};
const nothing: Signals = { mendedSoon: 0, refused: 0 };

describe('survival', () => {
	it('falls with what became of lines', () => {
		const values = [
			counts({ kept: 10 }),
			counts({ reformatted: 10 }),
			counts({ moved: 10 }),
			counts({ changed: 10 }),
			counts({ kept: 5, deleted: 5 }),
			counts({ rewritten: 10 }),
			counts({ deleted: 10 }),
		].map((one) => survivalOf(one, undefined));
		assert.deepEqual(values, [1, 0.97, 0.95, 0.85, 0.5, 0.1, 0]);
		assert.equal(survivalOf(counts({}), undefined), 0);
	});

	it('is bounded by what syntax says', () => {
		assert.equal(survivalOf(counts({ kept: 6, deleted: 4 }), 0.1), 0.25, 'lines that are equal by chance');
		assert.equal(survivalOf(counts({ deleted: 10 }), 0.5), 0.5, 'half of the code in other words');
		assert.equal(survivalOf(counts({ deleted: 10 }), 1), 0.85, 'all of it in other words');
		assert.equal(survivalOf(counts({ kept: 10 }), 0), 1, 'not asked where every line stands');
	});
});

describe('reward', () => {
	it('is survival where nothing else is known, and its parts always add up', () => {
		assert.equal(rewardOf(0.7, nothing).reward, 0.7);
		for (const survival of [0, 0.2, 0.5, 0.9, 1])
			for (const tests of [undefined, 'mended', 'passed', 'broken'] as const)
				for (const nextWords of [undefined, 'pleased', 'displeased'] as const)
					for (const part of [0, 0.5, 1]) {
						const { reward, evidence } = rewardOf(survival, { tests, nextWords, mendedSoon: part, refused: part });
						assert.ok(reward >= 0 && reward <= 1, `${reward}`);
						assert.ok(Math.abs(evidence.reduce((sum, { weight }) => sum + weight, 0) - reward) < 1e-9);
					}
	});

	it('never turns code that is gone into a success', () => {
		assert.equal(rewardOf(0, { ...nothing, tests: 'mended', nextWords: 'pleased' }).reward, 0);
	});

	it('goes down with each thing that speaks against, and up with each that speaks for', () => {
		const of = (signals: Partial<Signals>) => rewardOf(0.8, { ...nothing, ...signals }).reward;
		for (const against of [{ tests: 'broken' }, { nextWords: 'displeased' }, { mendedSoon: 0.5 }, { refused: 0.5 }] as const) assert.ok(of(against) < 0.8);
		for (const inFavour of [{ tests: 'mended' }, { tests: 'passed' }, { nextWords: 'pleased' }] as const) assert.ok(of(inFavour) > 0.8);
	});
});

describe('the words after a turn', () => {
	it('say whether the user was pleased', () => {
		for (const text of [
			'That is wrong, please look again',
			"it doesn't work",
			'undo that',
			'The tests still fail: still failing with a TypeError',
			'this broke the build',
			'not what I asked',
		])
			assert.equal(nextWordsOf(text), 'displeased', text);
		for (const text of ['Thanks! Now add a test.', 'perfect, next the parser', 'LGTM', 'works']) assert.equal(nextWordsOf(text), 'pleased', text);
		for (const text of [undefined, '', 'Now add an undo button', 'Write a parser of dates', 'Handle the case where the file is not right'])
			assert.equal(nextWordsOf(text), undefined, text);
	});
});
