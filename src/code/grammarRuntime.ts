import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Language, Parser, Tree } from 'web-tree-sitter';
import { messageOf } from '../core/errors';

/** Where the parser and its grammars lie. */
export interface GrammarAssets {
	/** Path of `web-tree-sitter.cjs`; `web-tree-sitter.wasm` lies beside it. */
	readonly runtime: string;
	/** Path of a grammar's .wasm file by its name. */
	grammar(name: string): string;
}

/** The assets of an installation: beside the bundles where they were built, in node_modules otherwise. `root` holds package.json. */
export function grammarAssets(root: string): GrammarAssets {
	const dist = join(root, 'dist');
	if (existsSync(join(dist, 'web-tree-sitter.cjs'))) {
		return { runtime: join(dist, 'web-tree-sitter.cjs'), grammar: (name) => join(dist, 'grammars', `tree-sitter-${name}.wasm`) };
	}
	const modules = join(root, 'node_modules');
	return {
		runtime: join(modules, 'web-tree-sitter', 'web-tree-sitter.cjs'),
		grammar: (name) => join(modules, '@cursorless', 'tree-sitter-wasms', 'out', `tree-sitter-${name}.wasm`),
	};
}

export interface GrammarRuntime {
	/**
	 * Parses and hands the tree to `use`; the tree is freed afterwards.
	 * Throws when the grammar does not load, traps, or needs longer than `limitMs`.
	 */
	withTree<T>(grammar: string, text: string, limitMs: number, use: (tree: Tree) => T): Promise<T>;
	close(): void;
}

/**
 * The parser is one WebAssembly module with all grammars in one memory, so after a trap nothing in it can be trusted:
 * everything is thrown away and loaded anew for the next file. The module keeps itself in a variable of its script,
 * therefore the script is loaded from its own file and never bundled.
 */
export function createGrammarRuntime(assets: GrammarAssets): GrammarRuntime {
	let current: Promise<Instance> | undefined;

	async function withTree<T>(grammar: string, text: string, limitMs: number, use: (tree: Tree) => T): Promise<T> {
		current ??= instantiate(assets.runtime);
		const mine = current;
		try {
			const instance = await mine;
			return parse(instance, await languageIn(instance, grammar, assets), text, limitMs, use);
		} catch (cause) {
			if (!(cause instanceof ParseRefused) && current === mine) current = undefined;
			throw cause;
		}
	}

	return {
		withTree,
		close: () => (current = undefined),
	};
}

/** The parser works, only this text or this grammar file does not. */
export class ParseRefused extends Error {
	override readonly name = 'ParseRefused';
}

type TreeSitter = typeof import('web-tree-sitter');

interface Instance {
	readonly treeSitter: TreeSitter;
	readonly parser: Parser;
	readonly languages: Map<string, Promise<Language>>;
}

async function instantiate(runtime: string): Promise<Instance> {
	const load = createRequire(runtime);
	Reflect.deleteProperty(load.cache, load.resolve(runtime));
	const treeSitter: unknown = load(runtime);
	if (!isTreeSitter(treeSitter)) throw new Error(`${runtime} is not web-tree-sitter.`);
	await treeSitter.Parser.init({ locateFile: (file: string) => join(dirname(runtime), file) });
	return { treeSitter, parser: new treeSitter.Parser(), languages: new Map() };
}

function isTreeSitter(value: unknown): value is TreeSitter {
	return typeof value === 'object' && value !== null && 'Parser' in value && 'Language' in value;
}

function languageIn({ treeSitter, languages }: Instance, grammar: string, assets: GrammarAssets): Promise<Language> {
	const loaded = languages.get(grammar) ?? load(treeSitter, grammar, assets.grammar(grammar));
	languages.set(grammar, loaded);
	return loaded;
}

async function load({ Language }: TreeSitter, grammar: string, path: string): Promise<Language> {
	try {
		return await Language.load(path);
	} catch (cause) {
		if (cause instanceof Error && cause.name === 'RuntimeError') throw cause;
		throw new ParseRefused(`the grammar ${grammar} does not load: ${messageOf(cause)}`, { cause });
	}
}

function parse<T>({ parser }: Instance, language: Language, text: string, limitMs: number, use: (tree: Tree) => T): T {
	parser.setLanguage(language);
	const deadline = Date.now() + limitMs;
	const tree = parser.parse(text, null, { progressCallback: () => Date.now() > deadline });
	if (tree === null) {
		parser.reset();
		throw new ParseRefused(`parsing took longer than ${limitMs} ms`);
	}
	try {
		return use(tree);
	} finally {
		tree.delete();
	}
}
