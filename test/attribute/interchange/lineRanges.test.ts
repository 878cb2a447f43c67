import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LineRange } from '../../../src/attribute/interchange/lineRanges';
import { countOf, formatRanges, normalised, parseRanges, within, without } from '../../../src/attribute/interchange/lineRanges';

const ranges = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(8)).map(([from, length]): LineRange => ({ from, to: from + length })));
const linesOf = (some: readonly LineRange[]) => new Set(some.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)));

describe('line ranges', () => {
	it('are cut as sets of lines are', () => {
		fc.assert(
			fc.property(ranges, ranges, (some, others) => {
				const [a, b] = [linesOf(some), linesOf(others)];
				assert.deepEqual(linesOf(within(some, others)), new Set([...a].filter((line) => b.has(line))));
				assert.deepEqual(linesOf(without(some, others)), new Set([...a].filter((line) => !b.has(line))));
				assert.equal(countOf(normalised(some)), a.size);
			}),
		);
	});

	it('are read as they are written', () => {
		fc.assert(fc.property(ranges, (some) => assert.deepEqual(some.length === 0 ? [] : parseRanges(formatRanges(some)), normalised(some))));
		assert.equal(
			formatRanges([
				{ from: 7, to: 7 },
				{ from: 1, to: 3 },
				{ from: 4, to: 5 },
			]),
			'1-5,7',
		);
	});

	it('are nothing when they are no lines', () => {
		for (const text of ['', '0', '5-4', '1,,2', '1 - 2', '-3', '1-', 'a', '1e3', '99999999999']) assert.equal(parseRanges(text), undefined, text);
	});
});
