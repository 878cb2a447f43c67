import type { CallContext, Input, Output } from '../core/api';
import { messageOf } from '../core/errors';
import type { VectorHit } from '../core/ports';
import type { QueryHit } from '../core/query';
import type { RetrieveWeights } from '../core/settings';
import { collectionNames, decodeCodebase, decodeLearning } from '../core/record';
import { plainWords } from '../core/identifiers';
import type { CodeCandidate, TextCandidate } from '../retrieve/fuse';
import { fuseCode, mixed, rankTexts } from '../retrieve/fuse';
import { anyBeginning, anyWord, tokensOf } from '../retrieve/matchExpression';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';
import { chunkOfRow } from './chunkIds';
import type { AppPorts } from './ports';
import { isDamaged } from './stores';
import type { StoreHandle, Stores } from './stores';
import type { Place } from '../platform/repositories';

/** How many of each list are looked at before they are fused. */
const depth = 50;
const longestList = 2000;
const textDepth = 20;
/** Weight of past turns when a caller wants them and the settings leave them out. */
const turnsWhenAsked = 0.8;

/** One question as all parts of the search see it. */
interface Question {
	readonly text: string;
	readonly words: readonly string[];
	/** Missing when no vector could be made. */
	readonly vector?: { readonly code: Float32Array; readonly text: Float32Array };
	readonly handle: StoreHandle;
	readonly place: Place | undefined;
	readonly weights: RetrieveWeights;
	readonly depth: number;
	readonly notes: string[];
}

/** Answers questions over code, learnings and past turns. */
export class Search {
	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
	) {}

	async query(context: CallContext, { text, n = 10, turns = false }: Input<'query'>): Promise<Output<'query'>> {
		const handle = this.stores.of(context);
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder);
		const notes: string[] = [];
		const weights = { ...context.weights, turns: turns && context.weights.turns === 0 ? turnsWhenAsked : context.weights.turns };
		const vector = await this.embedded(handle, text, notes);
		const question = { text, words: tokensOf(text), handle, place, weights, depth: Math.max(depth, n), notes, ...(vector && { vector }) };
		const [code, learnings, past] = await Promise.all([
			place === undefined ? [] : this.code(question, place),
			weights.learnings > 0 ? this.learnings(question) : [],
			weights.turns > 0 ? this.turns(question) : [],
		]);
		if (place === undefined) notes.push('This folder is in no git repository: only learnings were searched.');
		return { results: mixed([code, rankTexts([...learnings, ...past], weights)], n), notes };
	}

	/** Without vectors a search by words still answers; the answer says so. */
	private async embedded(handle: StoreHandle, text: string, notes: string[]): Promise<Question['vector']> {
		try {
			const [code, plain] = await handle.embedder.embed([plainWords(text), text]);
			return code === undefined || plain === undefined ? undefined : { code, text: plain };
		} catch (cause) {
			notes.push(`Searched by words only: ${messageOf(cause)}`);
			return undefined;
		}
	}

	private async code(question: Question, place: Place): Promise<QueryHit[]> {
		try {
			return await this.codeBy(question, place);
		} catch (cause) {
			if (!isDamaged(cause)) throw cause;
			this.stores.discardCodeIndex(place.checkout_id, question.handle);
			return this.codeBy(question, place);
		}
	}

	private async codeBy(question: Question, place: Place): Promise<QueryHit[]> {
		const { text, handle, weights, notes } = question;
		const index = this.stores.codeIndex(place.checkout_id, handle);
		const found = new Map<string, CodeCandidate>();
		const add = (chunk: StoredChunk | undefined, more: Partial<CodeCandidate>) => {
			if (chunk !== undefined) found.set(chunk.id, { ...(found.get(chunk.id) ?? candidateOf(chunk)), ...more });
		};
		if (weights.lexical > 0) {
			for (const hit of index.search(anyWord(text), question.depth)) add(index.chunkByNumber(hit.n), { lexical: hit.score });
			for (const hit of index.search(anyBeginning(text), question.depth)) add(index.chunkByNumber(hit.n), { prefix: hit.score });
		}
		const isEmpty = index.counts().chunks === 0;
		for (const hit of await this.nearestCode(question, place, index)) {
			const chunk = chunkIn(index, place, hit);
			if (chunk !== undefined) add(chunk, { similarity: 1 - hit.distance });
			else if (standsAlone(hit, handle, place, isEmpty)) found.set(hit.id, candidateOfRow(hit));
		}
		if (isEmpty) notes.push(found.size > 0 ? noWordIndex : noCode);
		return fuseCode(text, [...found.values()], weights);
	}

	/** Rows of other checkouts crowd those of this one out of a short list: then a longer one is asked for. */
	private async nearestCode(question: Question, place: Place, index: CodeIndexDb): Promise<VectorHit[]> {
		if (question.weights.vector === 0) return [];
		const isEmpty = index.counts().chunks === 0;
		for (let n = question.depth; ; n *= 4) {
			const hits = (await this.nearest(question, collectionNames.code, question.vector?.code, n)) ?? [];
			const usable = hits.filter((hit) => chunkIn(index, place, hit) !== undefined || standsAlone(hit, question.handle, place, isEmpty));
			if (usable.length * 2 >= question.depth || hits.length < n || n >= longestList) return usable;
		}
	}

	private async learnings(question: Question): Promise<TextCandidate[]> {
		const hits = await this.nearest(question, collectionNames.learnings, question.vector?.text, textDepth);
		const found = new Map<string, TextCandidate>();
		const add = (id: string, learning: { description: string; pattern: string; tags: readonly string[]; state: string }, similarity: number | undefined) => {
			if (learning.state !== 'active' || found.has(id)) return;
			const document = learning.pattern === '' ? learning.description : `${learning.description}\nPattern: ${learning.pattern}`;
			const common = overlap(question.words, `${document} ${learning.tags.join(' ')}`);
			found.set(id, { collection: 'derived_learnings_v1', id, document, overlap: common, note: 'learning', ...(similarity !== undefined && { similarity }) });
		};
		for (const hit of hits ?? []) add(hit.id, this.ports.derived.learning(hit.id) ?? decodeLearning(hit), 1 - hit.distance);
		// What is not among the nearest is farther than the last of them.
		const last = hits === undefined ? undefined : 1 - (hits.at(-1)?.distance ?? 1);
		for (const id of this.learningsByWords(question)) {
			const known = this.ports.derived.learning(id);
			if (known !== undefined) add(id, known, last);
		}
		return [...found.values()];
	}

	private async turns(question: Question): Promise<TextCandidate[]> {
		const hits = question.handle.takesTurns ? await this.nearest(question, collectionNames.turns, question.vector?.text, textDepth) : [];
		return (hits ?? []).map(({ id, document, distance }) => ({
			collection: 'chat_history_v1',
			id,
			document,
			similarity: 1 - distance,
			overlap: overlap(question.words, document),
			note: 'past turn',
		}));
	}

	/** undefined when it could not be asked; a note says why. */
	private async nearest({ handle, place, notes }: Question, name: string, vector: Float32Array | undefined, n: number): Promise<VectorHit[] | undefined> {
		if (vector === undefined) return undefined;
		try {
			return await (await handle.collection(place?.repo_id, name)).query(vector, n);
		} catch (cause) {
			notes.push(`${name} was not searched by meaning: ${messageOf(cause)}`);
			return undefined;
		}
	}

	private learningsByWords({ text, place }: Question): string[] {
		const match = anyWord(text);
		if (match === '') return [];
		return this.ports.derived.sql
			.all(
				"select l.id from learnings_fts f join learnings l on l.n=f.rowid where learnings_fts match ? and coalesce(l.repo_id, '')=? order by bm25(learnings_fts) limit ?",
				match,
				place?.repo_id ?? '',
				textDepth,
			)
			.map((row) => String(row['id']));
	}
}

const noCode = 'No code of this repository is indexed yet. Run `chroma-client index --all`.';
const noWordIndex = 'The word index of this checkout is missing, so code was searched by meaning only. Run `chroma-client index --all` to make it again.';

function chunkIn(index: CodeIndexDb, place: Place, hit: VectorHit): StoredChunk | undefined {
	const id = chunkOfRow(place, hit.id);
	return id === undefined ? undefined : index.chunk(id);
}

/** A row that another tool wrote into a collection of the same name; or one of ours, while the index that should know it is empty. */
function standsAlone(hit: VectorHit, handle: StoreHandle, place: Place, isEmpty: boolean): boolean {
	if (hit.metadata['schema_version'] === undefined) return handle.shared;
	return isEmpty && hit.metadata['checkout_id'] === place.checkout_id;
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

function candidateOfRow(hit: VectorHit): CodeCandidate {
	const row = decodeCodebase(hit);
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

/** Share of the question's words that a text holds. */
function overlap(words: readonly string[], text: string): number {
	if (words.length === 0) return 0;
	const held = new Set(tokensOf(text));
	return words.filter((word) => held.has(word)).length / words.length;
}
