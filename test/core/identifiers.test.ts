import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lexicalTokens, plainWords, splitIdentifiers, stem } from '../../src/core/identifiers';

describe('identifiers', () => {
	it('are split at humps, underscores and digits, and kept whole beside', () => {
		assert.deepEqual(splitIdentifiers('parseHTTPHeader2 = snake_case'), ['parse', 'http', 'header', '2', 'parsehttpheader2', 'snake', 'case', 'snake_case']);
		assert.deepEqual(splitIdentifiers('x'), ['x']);
		assert.deepEqual(splitIdentifiers('größeÄndern'), ['größe', 'ändern', 'größeändern']);
		assert.deepEqual(splitIdentifiers('__init__'), ['init']);
		assert.deepEqual(splitIdentifiers('  ++ '), []);
	});

	it('meet the words of a question in the same tokens', () => {
		const code = lexicalTokens('function parseHeaders(raw_lines) {}').split(' ');
		for (const word of lexicalTokens('parsing the header from a raw line').split(' ')) assert.ok(code.includes(word), word);
	});

	it('lose common words', () => {
		assert.equal(lexicalTokens('the entries of the classes'), 'entry class');
		assert.equal(lexicalTokens('of the'), '');
	});

	it('lose plural and verb endings', () => {
		for (const words of [
			'parse parses parsed parsing',
			'stop stops stopped stopping',
			'add adds added adding',
			'cache caches cached',
			'box boxes',
			'string strings',
			'name named',
			'process processes processing',
		]) {
			assert.equal(new Set(words.split(' ').map(stem)).size, 1, words);
		}
		assert.equal(stem('bring'), 'bring');
		assert.equal(stem('bus'), 'bus');
		fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,12}$/), (word) => assert.equal(stem(stem(word)), stem(word))));
	});

	it('give tokens of word characters only, the same for composed and decomposed letters', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.match(lexicalTokens(text), /^([\p{L}\p{M}\p{N}_]+( [\p{L}\p{M}\p{N}_]+)*)?$/u)));
		assert.equal(lexicalTokens('Gro\u0308ße'), lexicalTokens('Größe'));
	});

	it('become plain words for a model', () => {
		assert.equal(plainWords('if (userId !== null) { return `${a}`; }'), 'if user id null return a');
	});
});
