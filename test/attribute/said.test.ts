import { strict as assert } from 'node:assert';
import { likeness, linesOf, said } from '../../src/attribute/said';

describe('said', () => {
	it('does not see white space', () => {
		assert.equal(said('\tif (a) {').print, said('if(a){  ').print);
		assert.notEqual(said('a b').print, said('ab').print);
		assert.equal(said(' \t').print, 0);
	});

	it('tells words without the marks that formatters change', () => {
		assert.equal(said('call("a", b);').words, said("call('a', b,)").words);
		assert.notEqual(said('a + b').words, said('a - b').words);
	});

	it('knows which lines tell something', () => {
		const telling = ['return result;', 'const überall = 1'];
		const others = ['a += 1', '}', '} else {', 'return;', 'end', '});', ''];
		assert.deepEqual(
			[...telling, ...others].filter((line) => said(line).telling),
			telling,
		);
	});

	it('tells long lines apart by their ends', () => {
		const long = 'x, '.repeat(5000);
		assert.notEqual(said(`${long}a`).print, said(`${long}b`).print);
		assert.notEqual(said(`${long}a`).words, said(`${long}b`).words);
	});

	it('ends lines at any line break', () => {
		assert.deepEqual(linesOf('a\r\nb\rc\nd\n'), ['a', 'b', 'c', 'd']);
		assert.deepEqual(linesOf(''), []);
	});

	it('says how much of two lines is the same', () => {
		assert.equal(likeness(' a b c ', ' c b a '), 1);
		assert.equal(likeness(' a b ', ' c d '), 0);
	});
});
