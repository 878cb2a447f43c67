import assert from 'node:assert/strict';
import fc from 'fast-check';
import { summarisePrompt, summariseResponse, summaryLimit } from '../../src/enrich/summarise';

describe('summarisePrompt', () => {
	it('keeps a short prompt as it is, on one line', () => {
		assert.equal(summarisePrompt('Fix the loop.\nThen run the tests.'), 'Fix the loop. Then run the tests.');
	});

	it('leaves out pasted code, logs, stack traces, tables and context blocks', () => {
		const prompt = [
			'The build fails since yesterday, please find out why.',
			'```ts\nconst a = 1;\n```',
			'2026-01-01T10:00:00 ERROR something broke',
			'TypeError: x is undefined\n    at run (/w/a.ts:1:2)',
			'| a | b |\n|---|---|',
			'<attachment id="a">\nall of a file\n</attachment>',
			'> quoted text of somebody',
			'Do not touch the tests.',
		].join('\n\n');
		assert.equal(summarisePrompt(prompt), 'The build fails since yesterday, please find out why. TypeError: x is undefined Do not touch the tests.');
	});

	it('prefers the sentences that instruct when not all fit, in their order', () => {
		const filler = 'This part of the system was written long ago by people who have since moved to another team and left no notes.';
		const prompt = `${filler} ${filler} Rename the helper to parseHeader. ${filler} Can you also add a test for it? ${filler}`;
		const summary = summarisePrompt(prompt);
		assert.ok(summary.includes('Rename the helper to parseHeader.'));
		assert.ok(summary.includes('Can you also add a test for it?'));
		assert.ok(summary.indexOf('Rename') < summary.indexOf('Can you'));
	});

	it('falls back on the prompt itself when it is nothing but code', () => {
		assert.equal(summarisePrompt('```\nfoo();\n```'), '``` foo(); ```');
	});

	it('is never longer than the limit and always the same', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ maxLength: 900, unit: 'grapheme' }), fc.lorem({ maxCount: 120 })), (text) => {
				assert.ok(summarisePrompt(text).length <= summaryLimit);
				assert.equal(summarisePrompt(text), summarisePrompt(text));
				assert.ok(
					summariseResponse(text, [
						{ path: 'p'.repeat(400), symbols: ['s'] },
						{ path: text, symbols: [] },
					]).length <= summaryLimit,
				);
			}),
		);
	});
});

describe('summariseResponse', () => {
	it('takes the last statement, with files and symbols, and no offer', () => {
		const response =
			'I will read the file.\n\nThe loop starts at **1**.\n\nFixed: `sum` starts at 0 now, and [the tests](http://x) pass.\n\nWould you like me to add more tests?';
		assert.equal(
			summariseResponse(response, [
				{ path: 'src/sum.js', symbols: ['sum'] },
				{ path: 'NOTES.md', symbols: [] },
			]),
			'Fixed: sum starts at 0 now, and the tests pass. (src/sum.js: sum; NOTES.md)',
		);
	});

	it('counts the files that do not fit', () => {
		const files = Array.from({ length: 30 }, (_, place) => ({ path: `src/some/folder/file${place}.ts`, symbols: [] }));
		assert.match(summariseResponse('Done.', files), /^Done\. \(src\/some\/folder\/file0\.ts; .*; \d+ more\)$/);
	});

	it('is empty for nothing', () => {
		assert.equal(summariseResponse('', []), '');
	});
});
