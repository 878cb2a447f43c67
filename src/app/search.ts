import type { CallContext, Input, Output } from '../core/api';
import { messageOf } from '../core/errors';
import type { VectorHit } from '../core/ports';
import type { QueryHit } from '../core/query';
import { collectionNames, decodeCodebase, decodeLearning } from '../core/record';
import { plainWords } from '../core/identifiers';
import type { CodeCandidate, TextCandidate } from '../retrieve/fuse';
import { fuseCode, mixed, rankTexts } from '../retrieve/fuse';
import { anyBeginning, anyWord, tokensOf } from '../retrieve/matchExpression';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';
import { rowIdOf } from './fileIndexer';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';
import type { Place } from '../platform/repositories';

/** How many of each list are looked at before they are fused. */
const depth = 50;

/** Answers questions over code, learnings and past turns. */
export class Search {
	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
	) {}

	async query(context: CallContext, { text, n = 10, turns = false }: Input<'query'>): Promise<Output<'query'>> {
		const handle = this.stores.of(context);
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder);
		this.stores.use(place?.repo_id, handle);
		const notes: string[] = [];
		const weights = { ...context.weights, turns: turns && context.weights.turns === 0 ? 0.8 : context.weights.turns };
		const vector = await this.embedded(handle, text, notes);
		const [code, learnings, past] = await Promise.all([
			this.code(text, vector, handle, place, weights, notes),
			weights.learnings > 0 ? this.learnings(text, vector, handle, place?.repo_id, notes) : [],
			weights.turns > 0 ? this.turns(text, vector, handle, place?.repo_id, notes) : [],
		]);
		if (place === undefined) notes.push('This folder is in no git repository: only learnings were searched.');
		return { results: mixed([code, rankTexts([...learnings, ...past], weights)], n), notes };
	}

	/** Without vectors a search by words still answers; the answer says so. */
	private async embedded(handle: StoreHandle, text: string, notes: string[]): Promise<{ code: Float32Array; text: Float32Array } | undefined> {
		try {
			const [code, plain] = await handle.embedder.embed([plainWords(text), text]);
			return code === undefined || plain === undefined ? undefined : { code, text: plain };
		} catch (cause) {
			notes.push(`Searched by words only: ${messageOf(cause)}`);
			return undefined;
		}
	}

	private async code(
		text: string,
		vector: { code: Float32Array } | undefined,
		handle: StoreHandle,
		place: Place | undefined,
		weights: CallContext['weights'],
		notes: string[],
	): Promise<QueryHit[]> {
		if (place === undefined) return [];
		const index = this.stores.codeIndex(place.checkout_id, handle);
		const found = new Map<string, CodeCandidate>();
		const add = (chunk: StoredChunk, more: Partial<CodeCandidate>) => found.set(chunk.id, { ...(found.get(chunk.id) ?? candidateOf(chunk)), ...more });
		for (const hit of index.search(anyWord(text), depth)) withChunk(index, hit.n, (chunk) => add(chunk, { lexical: hit.score }));
		for (const hit of index.search(anyBeginning(text), depth)) withChunk(index, hit.n, (chunk) => add(chunk, { prefix: hit.score }));
		for (const hit of await this.nearest(handle, place.repo_id, collectionNames.code, vector?.code, handle.shared || !place.main ? depth * 4 : depth, notes)) {
			const chunk = index.chunk(chunkOfRow(hit.id, place));
			if (chunk !== undefined) add(chunk, { similarity: 1 - hit.distance });
			else if (handle.shared && isForeign(hit)) found.set(hit.id, foreignCandidate(hit));
		}
		if (index.counts().chunks === 0) notes.push('No code of this repository is indexed yet. Run `chroma-client index --all`.');
		return fuseCode(text, [...found.values()], weights);
	}

	private async learnings(
		text: string,
		vector: { text: Float32Array } | undefined,
		handle: StoreHandle,
		repoId: string | undefined,
		notes: string[],
	): Promise<TextCandidate[]> {
		const found = new Map<string, TextCandidate>();
		const words = tokensOf(text);
		const hits = await this.nearest(handle, repoId, collectionNames.learnings, vector?.text, 20, notes);
		for (const hit of hits) {
			const row = decodeLearning({ id: hit.id, document: hit.document, metadata: hit.metadata });
			const known = this.ports.derived.learning(hit.id);
			const state = known?.state ?? row.state;
			if (state !== 'active') continue;
			const shown = learningText(known ?? row);
			found.set(hit.id, {
				collection: 'derived_learnings_v1',
				id: hit.id,
				document: shown,
				similarity: 1 - hit.distance,
				overlap: overlap(words, `${shown} ${row.tags.join(' ')}`),
				note: 'learning',
			});
		}
		for (const id of this.learningsByWords(text, repoId)) {
			const known = this.ports.derived.learning(id);
			if (known?.state !== 'active' || found.has(id)) continue;
			const shown = learningText(known);
			found.set(id, { collection: 'derived_learnings_v1', id, document: shown, overlap: overlap(words, `${shown} ${known.tags.join(' ')}`), note: 'learning' });
		}
		return [...found.values()];
	}

	private async turns(
		text: string,
		vector: { text: Float32Array } | undefined,
		handle: StoreHandle,
		repoId: string | undefined,
		notes: string[],
	): Promise<TextCandidate[]> {
		const words = tokensOf(text);
		const hits = handle.takesTurns ? await this.nearest(handle, repoId, collectionNames.turns, vector?.text, 20, notes) : [];
		return hits.map((hit) => ({
			collection: 'chat_history_v1',
			id: hit.id,
			document: hit.document,
			similarity: 1 - hit.distance,
			overlap: overlap(words, hit.document),
			note: 'past turn',
		}));
	}

	private async nearest(
		handle: StoreHandle,
		repoId: string | undefined,
		name: string,
		vector: Float32Array | undefined,
		n: number,
		notes: string[],
	): Promise<VectorHit[]> {
		if (vector === undefined) return [];
		try {
			return await (await handle.collection(repoId, name)).query(vector, n);
		} catch (cause) {
			notes.push(`${name} was not searched by meaning: ${messageOf(cause)}`);
			return [];
		}
	}

	private learningsByWords(text: string, repoId: string | undefined): string[] {
		const match = anyWord(text);
		if (match === '') return [];
		return this.ports.derived.sql
			.all(
				"select l.id from learnings_fts f join learnings l on l.n=f.rowid where learnings_fts match ? and coalesce(l.repo_id, '')=? order by bm25(learnings_fts) limit 20",
				match,
				repoId ?? '',
			)
			.map((row) => String(row['id']));
	}
}

function withChunk(index: CodeIndexDb, n: number, use: (chunk: StoredChunk) => void) {
	const chunk = index.chunkByNumber(n);
	if (chunk !== undefined) use(chunk);
}

function candidateOf(chunk: StoredChunk): CodeCandidate {
	return {
		id: chunk.id,
		file_path: chunk.path,
		start_line: chunk.start_line,
		end_line: chunk.end_line,
		symbol: chunk.symbol,
		role: chunk.role,
		document: chunk.text,
	};
}

/** Rows of this checkout carry its mark, rows of the first one none. */
function chunkOfRow(rowId: string, place: Place): string {
	const chunk = rowId.split('~')[0] ?? rowId;
	return rowIdOf(place, chunk) === rowId ? chunk : '';
}

/** A row that another tool wrote into a collection of the same name. */
function isForeign(hit: VectorHit): boolean {
	return hit.metadata['schema_version'] === undefined;
}

function foreignCandidate(hit: VectorHit): CodeCandidate {
	const row = decodeCodebase({ id: hit.id, document: hit.document, metadata: hit.metadata });
	return {
		id: hit.id,
		file_path: row.file_path,
		start_line: row.start_line,
		end_line: row.end_line,
		symbol: row.symbol,
		role: row.role,
		document: hit.document,
		similarity: 1 - hit.distance,
	};
}

function learningText(learning: { description: string; pattern: string }): string {
	return learning.pattern === '' ? learning.description : `${learning.description}\nPattern: ${learning.pattern}`;
}

/** Share of the question's words that a text holds. */
function overlap(words: readonly string[], text: string): number {
	if (words.length === 0) return 0;
	const held = new Set(tokensOf(text));
	return words.filter((word) => held.has(word)).length / words.length;
}
