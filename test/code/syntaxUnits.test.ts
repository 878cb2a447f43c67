import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createChunker } from '../../src/code/chunker';
import { grammarAssets } from '../../src/code/grammarRuntime';

describe('syntax units', () => {
	const chunker = createChunker({ assets: grammarAssets(join(__dirname, '..', '..')) });
	after(() => chunker.close());

	async function outlined(path: string, text: string): Promise<string[]> {
		const units = (await chunker.units(path, text)) ?? [];
		return units.map(
			({ start_line, symbol, depth, parent, tokens }) => `${start_line} ${depth} ${parent} ${symbol}: ${tokens.map((token) => token.text).join(' ')}`,
		);
	}

	it('are headers and statements, without comments and punctuation', async () => {
		const text = '// why\nexport class A {\n\trun(x: number) {\n\t\tif (x > 1) { // big\n\t\t\treturn f(x);\n\t\t}\n\t}\n}\n';
		assert.deepEqual(await outlined('a.ts', text), ['2 0 -1 A: class A', '3 1 0 A.run: run x number', '4 2 1 A.run: if x > 1', '5 3 2 A.run: return f x']);
	});

	it('name methods of Go by their receiver, whose own name means nothing', async () => {
		assert.deepEqual(await outlined('a.go', 'package a\nfunc (s *Store) Len() int {\n\treturn len(s.items)\n}\n'), [
			'1 0 -1 : package a',
			'2 0 -1 Store.Len: this * Store Len int',
			'3 1 1 Store.Len: return len this items',
		]);
	});

	it('hang every token on what it belongs to and know what declares a name', async () => {
		const [unit] = (await chunker.units('a.py', 'total = price * self.rate\n')) ?? [];
		assert.deepEqual(
			unit?.tokens.map(({ text, class: kind, head, slot, binds }) => [text, kind, head, slot, binds]),
			[
				['total', 'name', -1, '', true],
				['price', 'name', 2, '', false],
				['*', 'mark', 0, '=', false],
				['self', 'keyword', 4, 'o', false],
				['rate', 'name', 2, '', false],
			],
		);
	});

	it('are unknown without a grammar and for what is no syntax', async () => {
		assert.equal(await chunker.units('notes.txt', 'hello'), undefined);
		assert.equal(await chunker.units('a.ts', '%% ]] )) ((\n'.repeat(30)), undefined);
	});
});
