import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseDotEnv } from '../../src/platform/dotEnv';

describe('a .env file', () => {
	const read = (text: string) => Object.fromEntries(parseDotEnv(text).variables);

	it('is read line by line, with quotes, comments and export', () => {
		const text = '# top\n\nA=1\nexport B = two words # why\nC="x # y"\nD=\'$A\'\nE=\nF=a=b\n  G=1\n';
		assert.deepEqual(read(text), { A: '1', B: 'two words', C: 'x # y', D: '$A', E: '', F: 'a=b', G: '1' });
		assert.deepEqual(parseDotEnv(text).damaged, []);
	});

	it('may have a byte order mark, Windows line ends and no line end', () => {
		assert.deepEqual(read('\uFEFFA=1\r\nB=2'), { A: '1', B: '2' });
	});

	it('keeps a # within a word, such as in a password', () => {
		assert.deepEqual(read('URL=http://x/#part'), { URL: 'http://x/#part' });
	});

	it('names the lines that say nothing readable, by number from 1', () => {
		const { variables, damaged } = parseDotEnv('A=1\nhello\n=x\n1B=2\nC="open\nD=4');
		assert.deepEqual(damaged, [2, 3, 4, 5]);
		assert.deepEqual([...variables.keys()], ['A', 'D']);
	});

	it('takes the last value of a name', () => assert.deepEqual(read('A=1\nA=2'), { A: '2' }));

	it('never throws, and each line counts once', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				const { damaged } = parseDotEnv(text);
				assert.ok(damaged.every((line) => line >= 1 && line <= text.split(/\r?\n/).length));
			}),
		);
	});
});
