import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changedRegions, type TextChange } from '../../../src/capture/editor/changedRegions';
import { EditCoalescer, usualOptions } from '../../../src/capture/editor/editCoalescer';

const apply = (text: string, change: TextChange): string =>
	text.slice(0, change.rangeOffset) + change.text + text.slice(change.rangeOffset + change.rangeLength);

/** A text and changes that fit it, one after the other. */
const editing = fc
	.tuple(
		fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' '), maxLength: 60 }),
		fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.string({ unit: fc.constantFrom('x', '\n', 'y'), maxLength: 5 })), { maxLength: 12 }),
	)
	.map(([before, steps]) => {
		const changes: TextChange[] = [];
		let after = before;
		for (const [at, length, text] of steps) {
			const rangeOffset = at % (after.length + 1);
			const change = { rangeOffset, rangeLength: Math.min(length, after.length - rangeOffset), text };
			changes.push(change);
			after = apply(after, change);
		}
		return { before, changes, after };
	});

function started(text: string): EditCoalescer {
	const coalescer = new EditCoalescer();
	coalescer.follow('/f.ts', text);
	return coalescer;
}

describe('changed regions', () => {
	it('lead from the old text to the new one, whatever was typed', () => {
		fc.assert(
			fc.property(editing, ({ before, changes, after }) => {
				let rebuilt = '';
				let at = 0;
				for (const region of changedRegions(changes)) {
					assert.ok(region.beforeStart >= at && region.beforeEnd >= region.beforeStart, 'disjoint and ascending');
					rebuilt += before.slice(at, region.beforeStart) + after.slice(region.afterStart, region.afterEnd);
					at = region.beforeEnd;
				}
				assert.equal(rebuilt + before.slice(at), after);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe('edit coalescer', () => {
	it('gives edits that, applied by line, turn the old text into the new one', () => {
		fc.assert(
			fc.property(editing, ({ before, changes, after }) => {
				const coalescer = started(before);
				coalescer.changed('/f.ts', changes, 'typed', 0);
				const edits = coalescer.flushed('/f.ts', after);
				if (before === after) assert.deepEqual(edits, []);
				// Bottom up, so that lines above stay where they are.
				let text = after;
				for (const edit of edits.toReversed()) {
					const offset =
						text
							.split('\n')
							.slice(0, edit.start_line - 1)
							.join('\n').length + (edit.start_line > 1 ? 1 : 0);
					assert.equal(text.slice(offset, offset + edit.after.length), edit.after);
					text = text.slice(0, offset) + edit.before + text.slice(offset + edit.after.length);
				}
				assert.equal(text, before);
			}),
			{ numRuns: 1000 },
		);
	});

	it('joins keystrokes into one edit with its line and the function around it', () => {
		const before = 'function a() {\n\treturn 1;\n}\n\nfunction b() {\n\treturn 2;\n}\n';
		const coalescer = started(before);
		const at = before.indexOf('2');
		coalescer.changed('/f.ts', [{ rangeOffset: at, rangeLength: 1, text: '4' }], 'typed', 1000);
		coalescer.changed('/f.ts', [{ rangeOffset: at + 1, rangeLength: 0, text: '2' }], 'typed', 1200);
		assert.deepEqual(coalescer.flushed('/f.ts', before.replace('2', '42')), [
			{ file_path: '/f.ts', before: '\treturn 2;', after: '\treturn 42;', start_line: 6, symbol: 'b', reason: 'typed', at: new Date(1200).toISOString() },
		]);
	});

	it('keeps places far apart as edits of their own', () => {
		const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
		const before = lines.join('\n');
		const coalescer = started(before);
		coalescer.changed('/f.ts', [{ rangeOffset: before.indexOf('line 90'), rangeLength: 0, text: 'z' }], 'typed', 0);
		coalescer.changed('/f.ts', [{ rangeOffset: before.indexOf('line 10'), rangeLength: 0, text: 'y' }], 'typed', 0);
		const edits = coalescer.flushed('/f.ts', before.replace('line 90', 'zline 90').replace('line 10', 'yline 10'));
		assert.deepEqual(
			edits.map(({ start_line, after }) => [start_line, after]),
			[
				[11, 'yline 10'],
				[91, 'zline 90'],
			],
		);
	});

	it('says nothing of what was taken back', () => {
		const coalescer = started('abc');
		coalescer.changed('/f.ts', [{ rangeOffset: 1, rangeLength: 0, text: 'x' }], 'typed', 0);
		coalescer.changed('/f.ts', [{ rangeOffset: 1, rangeLength: 1, text: '' }], 'undo', 0);
		assert.deepEqual(coalescer.flushed('/f.ts', 'abc'), []);
	});

	it('is due after rest, or after its maximum while typing goes on', () => {
		const { idleMs, maximumMs } = usualOptions;
		const coalescer = started('');
		const type = (now: number): boolean => coalescer.changed('/f.ts', [{ rangeOffset: 0, rangeLength: 0, text: 'x' }], 'typed', now);
		type(0);
		assert.deepEqual(coalescer.due(idleMs - 1), []);
		assert.deepEqual(coalescer.due(idleMs), ['/f.ts']);
		for (let now = 0; now < maximumMs; now += 1000) type(now);
		assert.deepEqual(coalescer.due(maximumMs), ['/f.ts']);
	});

	it('finds the difference when changes were lost', () => {
		const coalescer = started('one\ntwo\nthree');
		coalescer.changed('/f.ts', [{ rangeOffset: 0, rangeLength: 0, text: 'x' }], 'typed', 0);
		const [edit] = coalescer.flushed('/f.ts', 'one\nTWO\nthree');
		assert.deepEqual([edit?.before, edit?.after, edit?.start_line], ['two', 'TWO', 2]);
	});

	it('forgets the longest unused texts first, never those with changes, and counts what it missed', () => {
		const coalescer = new EditCoalescer({ ...usualOptions, cacheCharacters: 10 });
		coalescer.follow('a', '12345');
		coalescer.changed('a', [{ rangeOffset: 0, rangeLength: 0, text: 'x' }], 'typed', 0);
		coalescer.follow('b', '12345');
		coalescer.follow('c', '12345');
		assert.deepEqual(
			['a', 'b', 'c'].map((key) => coalescer.isFollowed(key)),
			[true, false, true],
		);
		assert.equal(coalescer.changed('b', [{ rangeOffset: 0, rangeLength: 0, text: 'x' }], 'typed', 0), false);
		assert.equal(coalescer.missed, 1);
	});

	it('does not follow a text that is too long', () => {
		const coalescer = new EditCoalescer({ ...usualOptions, maximumCharacters: 3 });
		coalescer.follow('a', '1234');
		assert.equal(coalescer.isFollowed('a'), false);
	});
});
