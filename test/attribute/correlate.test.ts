import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { correlate, type Correlation } from '../../src/attribute/correlate';
import { createChunker } from '../../src/code/chunker';
import { grammarAssets } from '../../src/code/grammarRuntime';
import type { SyntaxUnit } from '../../src/core/syntax';
import { readPairs } from '../support/correlationPairs';

const root = join(__dirname, '..', '..');
const folder = join(root, 'test', 'fixtures', 'correlation');
const endings = { typescript: 'ts', python: 'py', go: 'go', java: 'java' };

describe('correlate', () => {
	const chunker = createChunker({ assets: grammarAssets(root) });
	after(() => chunker.close());

	async function unitsOf(path: string, text: string): Promise<SyntaxUnit[]> {
		const units = await chunker.units(path, text);
		assert.ok(units, `${path} is not cut`);
		return units;
	}

	async function compare(path: string, before: string, lines: readonly number[], now: string): Promise<Correlation> {
		return correlate({ units: await unitsOf(path, before), lines: new Set(lines) }, [{ path, units: await unitsOf(path, now) }]);
	}

	for (const [language, ending] of Object.entries(endings)) {
		describe(language, () => {
			for (const file of readdirSync(join(folder, language)).sort()) {
				const { written, lines, cases } = readPairs(join(folder, language, file), `a.${ending}`);
				for (const { title, implemented, files } of cases) {
					it(`${file}: ${title}`, async () => {
						const units = await unitsOf(`a.${ending}`, written);
						const now = await Promise.all(files.map(async ({ path, text }) => ({ path, units: await unitsOf(path, text) })));
						const { share } = correlate({ units, lines }, now);
						assert.equal(share >= 0.5, implemented, `share is ${share.toFixed(2)}`);
					});
				}
			}
		});
	}

	const small = 'function add(left: number, right: number) {\n\tconst sum = left + right;\n\treport("added", sum);\n\treturn sum;\n}\n';

	it('finds every unit of an unchanged text where it was', async () => {
		const { share, units } = await compare('a.ts', small, [1, 2, 3, 4, 5], small);
		assert.equal(share, 1);
		assert.deepEqual(
			units.map(({ fate, start_line, at }) => [fate, start_line, at?.start_line]),
			[1, 2, 3, 4].map((line) => ['same', line, line]),
		);
	});

	it('tells renamed, reordered, moved and gone apart', async () => {
		const before = 'function one(a: number) {\n\tfetch(alpha, beta);\n\tsave("x", a);\n\twatch("w", 5);\n\tstore("keep", "it");\n}\n';
		const now = 'function one(b: number) {\n\tfetch(beta, alpha);\n\tsave("x", b);\n\ttwo();\n}\nfunction two() {\n\twatch("w", 5);\n\tother();\n}\n';
		const { units } = await compare('a.ts', before, [2, 3, 4, 5], now);
		assert.deepEqual(
			units.map(({ fate }) => fate),
			['reordered', 'renamed', 'moved', 'gone'],
		);
	});

	it('weighs only the lines that were written', async () => {
		const { share, units } = await compare('a.ts', small, [3], small.replace('\treport("added", sum);\n', ''));
		assert.equal(units.length, 1);
		assert.equal(share, 0);
	});

	it('has nothing to say where only comments were written', async () => {
		assert.deepEqual(await compare('a.ts', `// hello\n${small}`, [1], small), { share: 0, units: [] });
	});

	it('answers the same every time', async () => {
		const text = readFileSync(join(root, 'src/core/settings.ts'), 'utf8');
		const edited = text.replaceAll('value', 'item');
		const lines = Array.from({ length: 300 }, (_, index) => index + 1);
		assert.deepEqual(await compare('a.ts', text, lines, edited), await compare('a.ts', text, lines, edited));
	});

	it('stays bounded on hostile input', async () => {
		const many = Array.from({ length: 10_000 }, (_, index) => `call(${index % 7}, x, y);`).join('\n');
		const wide = `f(${'a, '.repeat(60_000)}a);`;
		const deep = `${'if (a) { '.repeat(3000)}b();${' }'.repeat(3000)}`;
		for (const text of [many, wide, deep]) {
			const units = (await chunker.units('a.ts', text)) ?? [];
			const begin = performance.now();
			const lines = new Set(units.map(({ start_line }) => start_line));
			const { share } = correlate({ units, lines }, [
				{ path: 'a.ts', units: units.toReversed().map((unit) => ({ ...unit, symbol: 'elsewhere', parent: -1 })) },
			]);
			assert.ok(share >= 0 && share <= 1);
			assert.ok(performance.now() - begin < 5000, `${text.slice(0, 20)} took ${performance.now() - begin} ms`);
		}
	});
});
