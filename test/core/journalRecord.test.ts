import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JournalRecord, isLater } from '../../src/core/journalRecord';

const stamp = fc.record({
	revision: fc.integer({ min: 1, max: 3 }),
	at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-02-01T00:00:00.000Z'),
	writer: fc.constantFrom('1-aa', '2-bb', '3-cc'),
});
const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);

describe('which record of one id stands', () => {
	it('is a total order: of two different ones exactly one is later, and never one than itself', () => {
		fc.assert(
			fc.property(stamp, stamp, (a, b) => {
				assert.equal(isLater(a, a), false);
				if (!same(a, b)) assert.notEqual(isLater(a, b), isLater(b, a));
			}),
		);
	});

	it('does not depend on the way through others', () => {
		fc.assert(fc.property(stamp, stamp, stamp, (a, b, c) => !(isLater(a, b) && isLater(b, c)) || isLater(a, c)));
	});

	it('goes by revision before time, and by time before writer', () => {
		const of = (revision: number, at: string, writer: string) => ({ revision, at: `2026-01-0${at}T00:00:00.000Z`, writer });
		assert.ok(isLater(of(2, '1', 'a'), of(1, '9', 'z')));
		assert.ok(isLater(of(1, '2', 'a'), of(1, '1', 'z')));
		assert.ok(isLater(of(1, '1', 'b'), of(1, '1', 'a')));
	});
});

describe('a journal record', () => {
	const good = { id: 't_1', revision: 1, kind: 'turn', at: '2026-01-01T00:00:00.000Z', writer: 'w', body: {} };

	it('is refused without a time in UTC, with revision 0, of an unknown kind or without an id', () => {
		assert.ok(JournalRecord.safeParse(good).success);
		for (const bad of [{ at: '2026-01-01 00:00' }, { at: '2026-01-01T00:00:00+01:00' }, { revision: 0 }, { revision: 1.5 }, { kind: 'gossip' }, { id: '' }])
			assert.ok(!JournalRecord.safeParse({ ...good, ...bad }).success, JSON.stringify(bad));
	});
});
