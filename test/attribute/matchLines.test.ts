import { strict as assert } from 'node:assert';
import type { Claim } from '../../src/attribute/matchLines';
import { matchLines } from '../../src/attribute/matchLines';
import { linesOf, said } from '../../src/attribute/said';

function claim(id: number, text: string, more: Partial<Claim> & { readonly snippet?: boolean } = {}): Claim {
	const lines = linesOf(text);
	const edge = (index: number) => more.snippet === true && (index === 0 || index === lines.length - 1);
	return { id, home: true, weak: false, at: `2026-01-0${id}`, lines: lines.map((line, index) => ({ ...said(line), edge: edge(index) })), ...more };
}

/** For each line the id of its claim and how it was known. */
function match(text: string, ...claims: Claim[]): string[] {
	const found = matchLines(linesOf(text).map(said), claims);
	return linesOf(text).map((_line, index) => {
		const match = found.get(index);
		return match === undefined ? '-' : `${claims[match.claim]?.id} ${match.how}`;
	});
}

describe('matchLines', () => {
	it('gives lines that stand everywhere to whom the lines beside them belong', () => {
		const first = 'function one() {\n\tconst a = load();\n\treturn result;\n}';
		const second = 'function two() {\n\tconst b = save();\n\treturn result;\n}';
		assert.deepEqual(match(`${second}\n${first}`, claim(1, first), claim(2, second)), [...Array<string>(4).fill('2 same'), ...Array<string>(4).fill('1 same')]);
	});

	it('gives one line of two that are equal to an author who wrote one', () => {
		assert.deepEqual(match('return result;\nreturn result;', claim(1, 'return result;')).filter((line) => line !== '-').length, 1);
	});

	it('gives a text that two wrote to the later one, but what he may only have found to the other', () => {
		const text = 'const total = sum(items);';
		assert.deepEqual(match(text, claim(1, text), claim(2, text)), ['2 same']);
		assert.deepEqual(match(text, claim(1, text), claim(2, text, { weak: true })), ['1 same']);
		assert.deepEqual(match(text, claim(1, text, { weak: true }), claim(2, text, { weak: true })), ['1 same']);
	});

	it('gives equal blocks to those who wrote them between the same lines', () => {
		const text = 'const total = sum(items);';
		const above = (line: string) => ({ above: said(line).print });
		const file = `first(place);\n${text}\nsecond(place);\n${text}`;
		assert.deepEqual(match(file, claim(1, text, above('first(place);')), claim(2, text, above('second(place);'))), ['-', '1 same', '-', '2 same']);
	});

	it('knows lines in another layout, and brackets that belong to them', () => {
		const wrapped = "call(\n\tfirst,\n\t'second',\n);";
		assert.deepEqual(match(wrapped, claim(1, 'call(first, "second")')), Array<string>(4).fill('1 layout'));
		assert.deepEqual(match('call(first, "second");', claim(1, wrapped)), ['1 layout']);
		assert.deepEqual(match("type Kind =\n\t| 'one'\n\t| 'two';", claim(1, "type Kind = 'one' | 'two';")), Array<string>(3).fill('1 layout'));
	});

	it('does not know a line of which a word or a mark changed', () => {
		assert.deepEqual(match('call(first, third);', claim(1, 'call(first, second);')), ['-']);
		assert.deepEqual(match('const sum = one - two;', claim(1, 'const sum = one + two;')), ['-']);
	});

	it('gives a reformatted line away once', () => {
		const wrapped = 'call(\n\tfirst,\n\tsecond\n)';
		assert.deepEqual(match(`${wrapped}\nother(line);\n${wrapped}`, claim(1, 'call(first, second)')).filter((line) => line === '1 layout').length, 4);
	});

	it('knows the line in which a snippet begins or ends', () => {
		assert.deepEqual(match('const value = compute(first);\nlast(line);', claim(1, 'compute(first);\nlast(line);', { snippet: true })), ['1 part', '1 same']);
		assert.deepEqual(match('const value = compute(first);', claim(1, 'compute(first);')), ['-']);
	});

	it('ends in time on lines that repeat themselves', function () {
		this.timeout(10_000);
		const equal = 'const value = 1;\n'.repeat(10_000);
		assert.equal(match(equal, claim(1, equal)).filter((line) => line === '-').length, 0);
		const periodic = Array.from({ length: 50_000 }, (_line, index) => `line ${index % 500} of many`).join('\n');
		assert.equal(match(periodic, claim(1, periodic)).length, 50_000);
		const long = 'ab, c; '.repeat(150_000);
		assert.deepEqual(match(`${long}\n${long}x`, claim(1, long)), ['1 same', '-']);
	});
});
