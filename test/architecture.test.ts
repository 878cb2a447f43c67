import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** The part of scripts/layerRule.mjs that this test uses, so that lint and test cannot disagree about the table. */
interface LayerRule {
	forbiddenImport(file: string, specifier: string): string | undefined;
	layerOf(file: string): string | undefined;
	importedFile(file: string, specifier: string): string | undefined;
}

const root = path.resolve(__dirname, '..');
const longest = 400;

describe('architecture', () => {
	const files = sourceFiles();
	const imports = new Map(files.map((file) => [file, importsOf(file)]));
	let rule: LayerRule;
	before(async () => {
		rule = (await import(path.join(root, 'scripts/layerRule.mjs'))) as LayerRule;
	});

	it('gives every file of src a layer', () => {
		assert.deepEqual(
			files.filter((file) => rule.layerOf(file) === undefined),
			[],
		);
	});

	it('has no import that layers.mjs forbids', () => {
		const forbidden = [...imports].flatMap(([file, specifiers]) => specifiers.map((specifier) => [file, rule.forbiddenImport(file, specifier)] as const));
		assert.deepEqual(
			forbidden.filter(([, reason]) => reason !== undefined).map(([file, reason]) => `${file}: ${String(reason)}`),
			[],
		);
	});

	it('has no relative import that leads nowhere', () => {
		const lost = [...imports].flatMap(([file, specifiers]) =>
			specifiers
				.filter((specifier) => specifier.startsWith('.') && rule.importedFile(file, specifier) === undefined)
				.map((specifier) => `${file}: ${specifier}`),
		);
		assert.deepEqual(lost, []);
	});

	it('has no import cycle, not even of types', () => {
		const graph = new Map([...imports].map(([file, specifiers]) => [file, specifiers.flatMap((specifier) => rule.importedFile(file, specifier) ?? [])]));
		assert.deepEqual(cycleIn(graph), []);
	});

	it('keeps vscode out of everything but the editor parts', () => {
		const users = [...imports].filter(([, specifiers]) => specifiers.includes('vscode')).map(([file]) => file);
		const editorPart = /^src\/(extension\.ts$|vscode\/|commands\/|capture\/editor\/|views\/(?!webview\/))/;
		assert.deepEqual(
			users.filter((file) => !editorPart.test(file)),
			[],
		);
	});

	it(`keeps files within ${longest} lines`, () => {
		const lengths = files.map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 }));
		assert.deepEqual(
			lengths.filter(({ lines }) => lines > longest),
			[],
		);
	});
});

function sourceFiles(): string[] {
	return readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((name) => /\.tsx?$/.test(name))
		.map((name) => `src/${name.replaceAll(path.sep, '/')}`)
		.sort();
}

/** Every module a file names: import, import type, export from, import(), require() and import types. */
function importsOf(file: string): string[] {
	const text = readFileSync(path.join(root, file), 'utf8');
	return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The files of one cycle in order, or [] when there is none. Depth first; a file met again while still on the path closes a cycle. */
function cycleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
	const done = new Set<string>();
	const visit = (file: string, trail: readonly string[]): string[] => {
		if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
		if (done.has(file)) return [];
		for (const next of graph.get(file) ?? []) {
			const cycle = visit(next, [...trail, file]);
			if (cycle.length > 0) return cycle;
		}
		done.add(file);
		return [];
	};
	for (const file of graph.keys()) {
		const cycle = visit(file, []);
		if (cycle.length > 0) return cycle;
	}
	return [];
}
