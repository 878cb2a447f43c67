import assert from 'node:assert/strict';
import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { applyHunks, replaceText, sidesOf } from '../../../src/capture/chat/hunks';

const text = fc.array(fc.constantFrom('a', 'b', 'c', '', '\td'), { maxLength: 20 }).map((lines) => lines.map((line) => `${line}\n`).join(''));

describe('hunks', () => {
	it('apply to the text they were made from', () => {
		fc.assert(
			fc.property(text, text, fc.nat(3), (before, after, context) => {
				const { hunks } = structuredPatch('', '', before, after, '', '', { context });
				assert.equal(applyHunks(before, hunks), after);
			}),
			{ numRuns: 500 },
		);
	});

	it('are refused by any other text rather than applied askew', () => {
		const { hunks } = structuredPatch('', '', 'a\nb\nc\n', 'a\nx\nc\n', '', '');
		assert.equal(applyHunks('a\nB\nc\n', hunks), undefined);
		assert.equal(applyHunks('', hunks), undefined);
		assert.equal(applyHunks('a\n', [{ oldStart: 99, lines: ['+x'] }]), undefined);
	});

	it('show both sides', () => {
		assert.deepEqual(sidesOf({ oldStart: 1, lines: [' k', '-a', '+b', '\\ No newline at end of file'] }), { before: 'k\na', after: 'k\nb' });
	});

	it('replace literally, once or everywhere', () => {
		assert.equal(replaceText('a.a', 'a', '$&', false), '$&.a');
		assert.equal(replaceText('a.a', 'a', '$&', true), '$&.$&');
		assert.equal(replaceText('a', 'b', 'c', true), undefined);
		assert.equal(replaceText('', '', 'new', false), 'new');
	});
});
