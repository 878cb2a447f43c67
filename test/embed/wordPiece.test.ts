import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createWordPiece } from '../../src/embed/wordPiece';
import cases from './wordPieceCases.json';

describe('wordPiece', () => {
	const words = createWordPiece(readFileSync(join(__dirname, '..', '..', 'resources', 'model', 'vocab.txt'), 'utf8'));

	for (const { text, ids } of cases) {
		it(`gives the ids of the reference tokeniser for ${JSON.stringify(text.slice(0, 40))}`, () => assert.deepEqual(words.encode(text, 512), ids));
	}

	it('keeps to the limit, between the start and the end mark', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 2, max: 40 }), (text, limit) => {
				const ids = words.encode(text, limit);
				assert.ok(ids.length <= limit);
				assert.equal(ids[0], 101);
				assert.equal(ids.at(-1), 102);
			}),
		);
	});

	it('gives a cut text the same beginning', () => {
		const text = 'one two three four five six seven';
		assert.deepEqual(words.encode(text, 5), [...words.encode(text, 100).slice(0, 4), 102]);
	});

	it('refuses a file that is no vocabulary', () => {
		assert.throws(() => createWordPiece('a\nb\n'), /\[CLS\]/);
	});
});
