import type { Node } from 'web-tree-sitter';
import type { CodeChunk } from '../core/chunk';
import { messageOf } from '../core/errors';
import type { ChunkedFile, Chunker } from '../core/ports';
import type { SyntaxUnit } from '../core/syntax';
import { cutRows } from './cutRows';
import { createGrammarRuntime, type GrammarAssets } from './grammarRuntime';
import { languageOf } from './languages';
import { outline } from './outline';
import { chunkOf, pack } from './pack';
import type { Rules } from './rules/rule';
import { sourceOf, type Source } from './source';
import { isMostlyErrors } from './syntaxErrors';
import { syntaxUnits } from './syntaxUnits';

/** Cuts files by syntax where a grammar can, by lines where none can. Every row that is not blank is in exactly one chunk. */
export function createChunker(options: { readonly assets: GrammarAssets; readonly limitMs?: number }): Chunker {
	const runtime = createGrammarRuntime(options.assets);
	const limitMs = options.limitMs ?? 3000;

	async function chunk(path: string, text: string): Promise<ChunkedFile> {
		const { name: language, grammar, rules } = languageOf(path, text);
		const source = sourceOf(text.startsWith(byteOrderMark) ? text.slice(1) : text);
		const byLines = (fallback: string) => ({ language, chunks: lineChunks(source), fallback });
		if (grammar === undefined || rules === undefined) return byLines('no grammar');
		if (text.length > largestText) return byLines('larger than 1 MB');
		if (text.trim() === '') return { language, chunks: [] };
		try {
			const chunks = await runtime.withTree(grammar, source.lines.join('\n'), limitMs, (tree) => bySyntax(tree.rootNode, source, rules));
			return chunks === undefined ? byLines('mostly syntax errors') : { language, chunks };
		} catch (cause) {
			return byLines(messageOf(cause));
		}
	}

	async function units(path: string, text: string): Promise<SyntaxUnit[] | undefined> {
		const { grammar } = languageOf(path, text);
		if (grammar === undefined || text.length > largestText) return undefined;
		try {
			return await runtime.withTree(grammar, text.startsWith(byteOrderMark) ? text.slice(1) : text, limitMs, ({ rootNode }) =>
				isMostlyErrors(rootNode, text.split('\n').length) ? undefined : syntaxUnits(rootNode),
			);
		} catch {
			return undefined;
		}
	}

	return {
		version: chunkerVersion,
		chunk,
		units,
		close: () => {
			runtime.close();
			return Promise.resolve();
		},
	};
}

const chunkerVersion = 1;
const largestText = 1_000_000;
const byteOrderMark = '\uFEFF';
const lineLimit = { rows: 40, characters: 2800 };

function bySyntax(root: Node, source: Source, rules: Rules): CodeChunk[] | undefined {
	return isMostlyErrors(root, source.lines.length) ? undefined : pack(outline(root, source, rules), source, rules.tiny);
}

function lineChunks(source: Source): CodeChunk[] {
	const owner = { symbol: '', kind: 'lines', doc: '', parent: undefined };
	return cutRows(source, 0, source.lines.length - 1, lineLimit).map((rows) => chunkOf(rows, owner, source));
}
