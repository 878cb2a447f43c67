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
import type { ChunkBrief, CodeIndexDb } from '../store/sqlite/codeIndexDb';
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
	/** How many results are wanted. */
	readonly count: number;
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
		const asksTexts = weights.turns > 0 || (weights.learnings > 0 && (handle.shared || this.hasLearnings(place?.repo_id)));
		const vector = await this.embedded(handle, text, asksTexts, notes);
		const question = { text, words: tokensOf(text), handle, place, weights, depth: Math.max(depth, n), count: n, notes, ...(vector && { vector }) };
		const [code, learnings, past] = await Promise.all([
			place === undefined ? [] : this.code(question, place),
			weights.learnings > 0 && asksTexts ? this.learnings(question) : [],
			weights.turns > 0 ? this.turns(question) : [],
		]);
		if (place === undefined) notes.push('This folder is in no git repository: only learnings were searched.');
		return { results: mixed([code, rankTexts([...learnings, ...past], weights)], n), notes };
	}

	/** Most repositories have none yet: then neither a vector nor a request is spent on them. A store that others write to is always asked. */
	private hasLearnings(repoId: string | undefined): boolean {
		return this.ports.derived.sql.get("select 1 from learnings where coalesce(repo_id, '')=? and state='active' limit 1", repoId ?? '') !== undefined;
	}

	/** Without vectors a search by words still answers; the answer says so. */
	private async embedded(handle: StoreHandle, text: string, asksTexts: boolean, notes: string[]): Promise<Question['vector']> {
		try {
			const [code, plain = code] = await handle.embedder.embed(asksTexts ? [plainWords(text), text] : [plainWords(text)]);
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
		const { text, weights, notes } = question;
		const index = this.stores.codeIndex(place.checkout_id, question.handle);
		const found = new Map<string, CodeCandidate>();
		const add = (candidate: CodeCandidate) => found.set(candidate.id, { ...found.get(candidate.id), ...candidate });
		if (weights.lexical > 0) {
			for (const { chunk, score } of index.search(anyWord(text), question.depth)) add({ ...candidateOf(chunk), lexical: score });
			for (const { chunk, score } of index.search(anyBeginning(text), question.depth)) add({ ...candidateOf(chunk), prefix: score });
		}
		if (weights.vector > 0) for (const candidate of await this.nearestCode(question, place, index)) add(candidate);
		if (index.isEmpty()) notes.push(found.size > 0 ? noWordIndex : noCode);
		const ranked = fuseCode(text, [...found.values()], weights).slice(0, question.count);
		return ranked.map((hit) => (hit.document === '' ? { ...hit, document: index.textOf(hit.id) } : hit));
	}

	/** Rows of other checkouts crowd those of this one out of a short list: then a longer one is asked for. */
	private async nearestCode(question: Question, place: Place, index: CodeIndexDb): Promise<CodeCandidate[]> {
		const isEmpty = index.isEmpty();
		const withRows = question.handle.shared || isEmpty;
		for (let n = question.depth; ; n *= 4) {
			const hits = (await this.nearest(question, collectionNames.code, question.vector?.code, n, withRows)) ?? [];
			const briefs = index.briefs(hits.flatMap((hit) => chunkOfRow(place, hit.id) ?? []));
			const usable = hits.flatMap((hit) => {
				const brief = briefs.get(chunkOfRow(place, hit.id) ?? '');
				const candidate = brief !== undefined ? candidateOf(brief) : standsAlone(hit, question.handle, place, isEmpty) ? candidateOfRow(hit) : undefined;
				return candidate === undefined ? [] : [{ ...candidate, similarity: 1 - hit.distance }];
			});
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
	private async nearest(
		{ handle, place, notes }: Question,
		name: string,
		vector: Float32Array | undefined,
		n: number,
		withRows = true,
	): Promise<VectorHit[] | undefined> {
		if (vector === undefined) return undefined;
		try {
			return await (await handle.collection(place?.repo_id, name)).query(vector, n, withRows);
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

/** A row that another tool wrote into a collection of the same name; or one of ours, while the index that should know it is empty. */
function standsAlone(hit: VectorHit, handle: StoreHandle, place: Place, isEmpty: boolean): boolean {
	if (hit.metadata['schema_version'] === undefined) return handle.shared;
	return isEmpty && hit.metadata['checkout_id'] === place.checkout_id;
}

function candidateOf({ path, ...chunk }: ChunkBrief): CodeCandidate {
	return { ...chunk, file_path: path };
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
	};
}

/** Share of the question's words that a text holds. */
function overlap(words: readonly string[], text: string): number {
	if (words.length === 0) return 0;
	const held = new Set(tokensOf(text));
	return words.filter((word) => held.has(word)).length / words.length;
}
