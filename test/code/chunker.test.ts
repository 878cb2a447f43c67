import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createChunker } from '../../src/code/chunker';
import { grammarAssets } from '../../src/code/grammarRuntime';
import type { ChunkedFile } from '../../src/core/ports';

const root = join(__dirname, '..', '..');
const assets = grammarAssets(root);

describe('chunker', () => {
	const chunker = createChunker({ assets });
	after(() => chunker.close());

	describe('every line that is not blank is in exactly one chunk', () => {
		const trees: [string, RegExp, number][] = [
			[join(root, 'src'), /\.ts$/, 300],
			[join(root, 'test'), /\.ts$/, 300],
			[join(root, 'node_modules', 'typescript-eslint'), /\.(js|ts|json|md)$/, 60],
			[join(root, 'node_modules', 'zod'), /\.(js|ts|md)$/, 80],
			[join(root, 'node_modules', '@photostructure', 'sqlite', 'src'), /\.(cpp|h|ts)$/, 40],
			['/usr/lib/python3.11/asyncio', /\.py$/, 40],
			['/usr/include', /\.h$/, 40],
		];
		for (const [folder, names, most] of trees) {
			it(folder.replace(root, '.'), async function () {
				const files = filesIn(folder, names).slice(0, most);
				if (files.length === 0) this.skip();
				for (const file of files) {
					const text = readFileSync(file, 'utf8');
					assertEachLineOnce(file, text, await chunker.chunk(file, text));
				}
			});
		}

		it('in broken code too', async () => {
			const pieces = fc.constantFrom(
				'function f() {\n',
				'}\n',
				'class A {\n',
				'\n',
				'  x = "\n',
				'/**\n',
				' */\n',
				'`${\n',
				'export default\n',
				')\n',
				'\r\n',
				'ä€\u{1F600}\uFFFD\n',
				'@d\n',
			);
			const text = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''));
			await fc.assert(
				fc.asyncProperty(text, fc.constantFrom('a.ts', 'a.py', 'a.rb', 'a.md', 'a.cpp', 'a.yaml', 'a.txt', 'a.php'), async (code, path) => {
					assertEachLineOnce(path, code, await chunker.chunk(path, code));
				}),
				{ numRuns: 150 },
			);
		});
	});

	it('keeps the documentation of a definition without its marks', async () => {
		const python = await chunker.chunk('a.py', '# Adds.\ndef add(a):\n    """Return the sum.\n\n    Really.\n    """\n    b = a\n    c = b\n    return c\n');
		assert.equal(python.chunks[0]?.doc, 'Adds.\nReturn the sum.\n\nReally.');
		const go = await chunker.chunk('a.go', 'package a\n\n// Run runs.\n// Twice.\nfunc Run() {\n\tprintln(1)\n\tprintln(2)\n}\n');
		assert.equal(go.chunks[1]?.doc, 'Run runs.\nTwice.');
		const ts = await chunker.chunk('a.ts', '/**\n * Adds.\n *\n * @param a one\n */\nexport function add(a: number) {\n\tconst b = a;\n\treturn b;\n}\n');
		assert.equal(ts.chunks[0]?.doc, 'Adds.\n\n@param a one');
	});

	it('leaves a comment that a blank line separates out of the definition', async () => {
		const cut = await chunker.chunk('a.js', '// A licence.\n// All rights.\n// Reserved.\n\nfunction f() {\n\tg();\n\th();\n\treturn 1;\n}\n');
		assert.deepEqual(shape(cut), ['section - 1-3', 'function f 5-9']);
		assert.equal(cut.chunks[1]?.doc, '');
	});

	it('divides a large function at its statements, and gives large inner functions their own chunk', async () => {
		const statements = (from: number, n: number) => Array.from({ length: n }, (_, i) => `\tconst a${from + i} = ${from + i};`);
		const inner = ['\tfunction inner() {', ...statements(900, 14), '\t\treturn 1;', '\t}'];
		const cut = await chunker.chunk('a.ts', ['function outer() {', ...statements(0, 100), ...inner, ...statements(100, 100), '}', ''].join('\n'));
		assert.deepEqual(
			cut.chunks.map((chunk) => `${chunk.symbol_kind} ${chunk.symbol}`),
			['function outer', 'function outer', 'function outer.inner', 'function outer', 'function outer'],
		);
		assert.ok(cut.chunks.every((chunk) => chunk.end_line - chunk.start_line < 80));
	});

	it('puts getters of a line or two together and keeps longer methods apart', async () => {
		const cut = await chunker.chunk(
			'A.java',
			'class A {\n  int x;\n\n  int a() { return 1; }\n\n  int b() { return 2; }\n\n  int c() {\n    int y = 1;\n    return y;\n  }\n}\n',
		);
		assert.deepEqual(shape(cut), ['class A 1-2', 'method A.a 4-6', 'method A.c 8-12']);
	});

	it('counts lines of CRLF files as an editor does and keeps the carriage returns out of the text', async () => {
		const unix = readFileSync(join(__dirname, 'samples', 'sample.ts.txt'), 'utf8');
		const windows = await chunker.chunk('a.ts', unix.replaceAll('\n', '\r\n'));
		assert.deepEqual(windows, await chunker.chunk('a.ts', unix));
	});

	it('takes umlauts, characters beyond 16 bits and a byte order mark', async () => {
		const cut = await chunker.chunk(
			'a.ts',
			'\uFEFFexport function größe(): string {\n\tconst straße = "\u{1F600}ß";\n\treturn straße;\n}\n\nexport class Übung {}\n',
		);
		assert.deepEqual(shape(cut), ['function größe 1-4', 'class Übung 6-6']);
		assert.equal(cut.chunks[1]?.text, 'export class Übung {}');
	});

	it('has nothing to say of an empty file', async () => {
		assert.deepEqual(await chunker.chunk('a.ts', ' \n\n'), { language: 'typescript', chunks: [] });
		assert.deepEqual((await chunker.chunk('a.unknown', '\n')).chunks, []);
	});

	it('reads C++ in a .h file and the program of a script without extension', async () => {
		assert.equal((await chunker.chunk('a.h', '#pragma once\nnamespace a {\nclass B {\npublic:\n\tint c;\n};\n}\n')).language, 'cpp');
		assert.equal((await chunker.chunk('a.h', 'struct a { int class_; };\n')).language, 'c');
		assert.equal((await chunker.chunk('bin/run', '#!/usr/bin/env python3\nprint(1)\n')).language, 'python');
		assert.equal((await chunker.chunk('Dockerfile', 'FROM a\n')).language, 'dockerfile');
	});

	describe('falls back to lines', () => {
		it('for files without a grammar, cutting at blank lines', async () => {
			const text = Array.from({ length: 100 }, (_, i) => (i % 10 === 9 ? '' : `line ${i}`)).join('\n');
			const cut = await chunker.chunk('notes.txt', text);
			assert.equal(cut.fallback, 'no grammar');
			assert.deepEqual(shape(cut), ['lines - 1-39', 'lines - 41-79', 'lines - 81-99']);
		});

		it('for what is mostly no syntax of the language', async () => {
			const cut = await chunker.chunk('a.json', 'this is { not [ json at : all\n'.repeat(30));
			assert.equal(cut.fallback, 'mostly syntax errors');
			assert.equal(cut.chunks[0]?.symbol_kind, 'lines');
		});

		it('for more than 1 MB', async () => {
			const cut = await chunker.chunk('a.js', 'f();\n'.repeat(210_000));
			assert.equal(cut.fallback, 'larger than 1 MB');
		});

		it('when time runs out, and cuts the next file by syntax again', async () => {
			const impatient = createChunker({ assets, limitMs: -1 });
			const cut = await impatient.chunk('a.ts', 'function f() { return [1, 2, 3].map((x) => x + 1); }\n'.repeat(5000));
			assert.match(cut.fallback ?? '', /took longer/);
			assert.equal((await impatient.chunk('b.ts', 'class A {}\n')).fallback, undefined);
			await impatient.close();
		});

		it('when a grammar is missing or damaged, without harm to the others', async () => {
			const folder = mkdtempSync(join(tmpdir(), 'grammars-'));
			const damaged = join(folder, 'damaged.wasm');
			writeFileSync(damaged, 'no wasm');
			const paths: Record<string, string> = { css: damaged, go: join(folder, 'missing.wasm') };
			const partial = createChunker({ assets: { runtime: assets.runtime, grammar: (name) => paths[name] ?? assets.grammar(name) } });
			for (const path of ['a.css', 'a.go', 'a.css']) {
				const cut = await partial.chunk(path, 'package a\n');
				assert.notEqual(cut.fallback, undefined);
				assert.equal(cut.chunks.length, 1);
			}
			assert.equal((await partial.chunk('a.py', 'def f():\n    return 1\n')).fallback, undefined);
			await partial.close();
			rmSync(folder, { recursive: true });
		});

		it('when the parser traps, and loads it anew for the next file', async () => {
			const folder = mkdtempSync(join(tmpdir(), 'runtime-'));
			const runtime = join(folder, 'trapping.cjs');
			writeFileSync(runtime, trappingRuntime(assets.runtime));
			const trapping = createChunker({ assets: { ...assets, runtime } });
			const cut = await trapping.chunk('a.ts', 'TRAP();\n');
			assert.match(cut.fallback ?? '', /unreachable/);
			assert.deepEqual(shape(await trapping.chunk('b.ts', 'export class A {\n\tb = 1;\n}\n')), ['class A 1-3']);
			await trapping.close();
			rmSync(folder, { recursive: true });
		});
	});
});

function shape(cut: ChunkedFile): string[] {
	return cut.chunks.map((chunk) => `${chunk.symbol_kind} ${chunk.symbol === '' ? '-' : chunk.symbol} ${chunk.start_line}-${chunk.end_line}`);
}

function assertEachLineOnce(file: string, text: string, cut: ChunkedFile): void {
	const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
	const seen = new Map<number, number>();
	for (const chunk of cut.chunks) {
		assert.equal(
			chunk.text,
			lines
				.slice(chunk.start_line - 1, chunk.end_line)
				.join('\n')
				.replace(/^\uFEFF/, ''),
			`${file}:${chunk.start_line}`,
		);
		for (let line = chunk.start_line; line <= chunk.end_line; line++) seen.set(line, (seen.get(line) ?? 0) + 1);
	}
	lines.forEach((line, index) => {
		const times = seen.get(index + 1) ?? 0;
		assert.ok(times <= 1 && (times === 1 || line.trim() === ''), `${file}:${index + 1} is in ${times} chunks`);
	});
}

function filesIn(folder: string, names: RegExp): string[] {
	try {
		return readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((name) => names.test(name))
			.sort()
			.map((name) => join(folder, name));
	} catch {
		return [];
	}
}

/** The real parser, which runs a real trap when the text says so, and answers nothing any more after one. */
function trappingRuntime(real: string): string {
	return `
		const path = ${JSON.stringify(real)};
		delete require.cache[path];
		const treeSitter = require(path);
		const unreachable = new WebAssembly.Module(Uint8Array.from([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,97,0,0,10,5,1,3,0,0,11]));
		let poisoned = false;
		class Parser extends treeSitter.Parser {
			static init() { return treeSitter.Parser.init(); }
			parse(text, old, options) {
				if (poisoned) throw new Error('poisoned');
				if (text.includes('TRAP')) { poisoned = true; new WebAssembly.Instance(unreachable).exports.a(); }
				return super.parse(text, old, options);
			}
		}
		module.exports = { Parser, Language: treeSitter.Language };
	`;
}
