import { createHash, randomUUID } from 'node:crypto';
import type { App, Input, TurnDetail, TurnSummary } from '../../src/core/api';
import { UserError } from '../../src/core/errors';
import { turnId } from '../../src/core/ids';
import type { Learning } from '../../src/core/learning';
import { statsOfAll } from '../../src/attribute/turnStats';
import type { QueryHit } from '../../src/core/query';
import { planStatus, TurnFacts } from '../../src/core/status';
import type { Turn, TurnObservationInput } from '../../src/core/turn';
import { TurnObservation, toolSequence } from '../../src/core/turn';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface FakeApp extends App {
	readonly turns: Map<string, { turn: Turn; facts: TurnFacts }>;
	readonly learnings: Map<string, Learning>;
	readonly files: Map<string, string>;
	readonly edits: Input<'captureEdits'>['edits'];
	/** Names of the operations that were called, in order. */
	readonly calls: string[];
	/** Puts a turn in, as capture would. */
	put(turn: Partial<TurnObservationInput> & { prompt: string }): Promise<string>;
}

/** An App on Maps: turns, learnings and files behave as the real one's do, search is by words, nothing is stored. */
export function fakeApp(overrides: Partial<App> = {}): FakeApp {
	const turns = new Map<string, { turn: Turn; facts: TurnFacts }>();
	const learnings = new Map<string, Learning>();
	const files = new Map<string, string>();
	const edits: Input<'captureEdits'>['edits'] = [];
	const calls: string[] = [];
	let version = 1;
	const waiting = new Set<() => void>();
	const changed = (): void => {
		version++;
		for (const wake of waiting) wake();
		waiting.clear();
	};

	const keep = (observation: TurnObservationInput): { id: string; outcome: 'new' | 'extended' | 'unchanged' } => {
		const seen = TurnObservation.parse(observation);
		const id = turnId(sha256, seen.assistant, seen.session_id, seen.turn_key);
		const old = turns.get(id);
		const turn = turnOf(id, seen);
		if (old !== undefined && JSON.stringify(old.turn) === JSON.stringify(turn)) return { id, outcome: 'unchanged' };
		turns.set(id, { turn, facts: old?.facts ?? TurnFacts.parse({ analyzed: true }) });
		changed();
		return { id, outcome: old === undefined ? 'new' : 'extended' };
	};
	const known = (id: string): { turn: Turn; facts: TurnFacts } => {
		const found = turns.get(id);
		if (found === undefined) throw new UserError(`There is no turn ${id}. Run list to see the ids.`);
		return found;
	};

	const app: App = {
		status: () =>
			Promise.resolve({
				pid: process.pid,
				version: '0.0.0',
				protocol: 1,
				data_dir: '/nowhere',
				started_at: new Date(0).toISOString(),
				leases: [],
				embedder: 'none',
				chroma: [],
				journal: { segments: 0, records: 0, bytes: 0, damaged: 0 },
				outbox: 0,
				turns: turns.size,
				learnings: learnings.size,
			}),
		setupCollections: () => Promise.resolve({ database: 'default_database', collections: [] }),
		index: ({ paths }, options) => {
			options?.onProgress?.({ step: 'Reading files', done: files.size, total: files.size });
			changed();
			const n = paths?.length ?? files.size;
			return Promise.resolve({
				files_seen: files.size,
				files_indexed: n,
				files_unchanged: 0,
				files_removed: 0,
				files_skipped: 0,
				chunks: n,
				chunks_embedded: n,
				chunks_removed: 0,
				seconds: 0.1,
				skipped: [],
				notes: [],
			});
		},
		explainIndex: ({ path }) => Promise.resolve({ path, indexed: files.has(path), reason: files.has(path) ? 'indexed' : 'no such file', chunks: [] }),
		indexState: () => Promise.resolve({ files: files.size, chunks: files.size, commit_sha: '', last_indexed_utc: '' }),
		query: ({ text, n = 10, turns: withTurns = false }) => Promise.resolve({ results: search(text, withTurns).slice(0, n), notes: [] }),
		getDocuments: ({ ids }) =>
			Promise.resolve({
				documents: ids.flatMap((id) => {
					const document = files.get(id);
					return document === undefined ? [] : [{ id, document, metadata: { file_path: id, start_line: 1, end_line: document.split('\n').length } }];
				}),
				missing: ids.filter((id) => !files.has(id)),
			}),
		logChat: (said) => {
			const session = said.session_id ?? 's';
			const { id, outcome } = keep({
				assistant: said.assistant ?? 'manual',
				session_id: session,
				turn_key: said.turn_key ?? sha256(said.prompt),
				channel: 'manual',
				started_at: new Date(0).toISOString(),
				prompt: said.prompt,
				response: said.response,
				tools: said.tools,
				edits: (said.edits ?? []).map((edit) => ({ ...edit, whole: edit.whole ?? false, fidelity: 'recorded' as const })),
			});
			return Promise.resolve({ turn_id: id, revision: 1, outcome, redactions: 0 });
		},
		capture: ({ turns: seen }) => {
			const counts = { new: 0, extended: 0, unchanged: 0 };
			for (const one of seen) counts[keep(one).outcome]++;
			return Promise.resolve(counts);
		},
		captureChecks: () => Promise.resolve({ kept: 0, attached: 0 }),
		captureEdits: ({ edits: seen }) => {
			edits.push(...seen);
			changed();
			return Promise.resolve({ kept: seen.length, attached: 0 });
		},
		captureStatus: () => Promise.resolve({ at: new Date(0).toISOString(), assistants: [], set_aside: 0 }),
		findTranscripts: () => Promise.resolve({ transcripts: [] }),
		importTranscripts: () =>
			Promise.resolve({
				found: 0,
				transcripts: 0,
				turns_seen: 0,
				turns_new: 0,
				turns_extended: 0,
				turns_unchanged: 0,
				turns_left_out: 0,
				redactions: 0,
				unknown: {},
				errors: [],
			}),
		readTranscripts: () => Promise.resolve({ turns: [], unknown: {}, transcripts: 0 }),
		listTurns: ({ review = 'any', limit = 200, text = '' }) => {
			const found = [...turns.values()].filter(({ turn, facts }) => (review === 'any' || facts.review === review) && turn.prompt.includes(text));
			return Promise.resolve({ turns: found.slice(0, limit).map(summaryOf), total: found.length });
		},
		getTurn: async ({ id }) => {
			await Promise.resolve();
			const { turn, facts } = known(id);
			const detail: TurnDetail = { turn, facts, status: planStatus(facts), links: [], session: { turns: 1, position: 1 } };
			return detail;
		},
		setReview: async ({ id, review }) => {
			await Promise.resolve();
			const { turn, facts } = known(id);
			const next = { ...facts, review };
			turns.set(id, { turn, facts: next });
			changed();
			return next;
		},
		promote: async ({ turn_id, description, tags = [], category = '', pattern = '', confidence = 0.5 }) => {
			await Promise.resolve();
			const source = turn_id === undefined ? undefined : known(turn_id);
			const at = new Date(0).toISOString();
			const learning: Learning = {
				learning_id: randomUUID(),
				description: description ?? source?.turn.prompt_summary ?? '',
				pattern,
				example_code_reference: '',
				tags,
				category,
				confidence,
				...(turn_id === undefined ? {} : { source_chat_id: turn_id }),
				state: 'active',
				code_context: source?.turn.code_context ?? '',
				diff_summary: source?.turn.diff_summary ?? '',
				modification_type: source?.turn.modification_type ?? 'unknown',
				tool_sequence: source?.turn.tool_sequence ?? '',
				cites: [],
				created_at: at,
				updated_at: at,
			};
			learnings.set(learning.learning_id, learning);
			if (turn_id !== undefined && source !== undefined) {
				turns.set(turn_id, { turn: source.turn, facts: { ...source.facts, review: 'promoted', learning_id: learning.learning_id } });
			}
			changed();
			return learning;
		},
		listLearnings: () => Promise.resolve({ learnings: [...learnings.values()] }),
		links: () => Promise.resolve({ links: [] }),
		exportTrace: () => Promise.resolve({ records: [] }),
		importTrace: () => Promise.resolve({ records: 0, turns_new: 0, turns_extended: 0, turns_known: 0, lines: 0, other_lines: 0, refused: [] }),
		importNotes: () => Promise.resolve({ records: 0, turns_new: 0, turns_extended: 0, turns_known: 0, lines: 0, other_lines: 0, refused: [] }),
		exportNotes: () => Promise.resolve({ commits: 0, written: 0, merged: 0, unchanged: 0, empty: 0, bytes: 0, refused: [] }),
		why: ({ file, line }) =>
			Promise.resolve({
				file_path: file,
				line,
				text: '',
				symbol: '',
				attribution: 'unknown',
				state: 'unknown',
				turn_id: '',
				chat_id: '',
				commit_sha: '',
				note: '',
			}),
		analyze: () => Promise.resolve({ turns: 0, analyzed: 0, changed: 0, open: 0, by_status: {}, flagged: [], results: [], commits: 0, seconds: 0, notes: [] }),
		fate: ({ id }) => Promise.resolve({ turn_id: id, files: [] }),
		stats: () => Promise.resolve({ at: new Date(0).toISOString(), captured: turns.size, unreadable: 0, status: {}, all: statsOfAll([]), groups: [] }),
		authors: ({ file }) => Promise.resolve({ file_path: file, lines: 0, counts: { ai: 0, human: 0, unknown: 0 }, ranges: [], turns: [] }),
		rebuild: () => Promise.resolve({ records: 0, damaged: 0, turns: turns.size, learnings: learnings.size, rows_written: 0, rows_adopted: 0 }),
		purge: () => Promise.resolve({ turns: 1, edits: 2, learnings: [], bytes: 10, large_texts: 0, store_done: true }),
		redactJournal: () => Promise.resolve({ records: 0, changed: [], bytes: 0, store_done: true }),
		changes: ({ since = 0, wait_ms = 0 }, options) => {
			if (version > since || wait_ms === 0) return Promise.resolve({ version });
			return new Promise((resolve) => {
				const timer = setTimeout(wake, wait_ms);
				function wake(): void {
					clearTimeout(timer);
					waiting.delete(wake);
					resolve({ version });
				}
				waiting.add(wake);
				options?.signal?.addEventListener('abort', wake);
			});
		},
		...overrides,
	};

	function search(text: string, withTurns: boolean): QueryHit[] {
		const words = text.toLowerCase().split(/\W+/).filter(Boolean);
		const hits: QueryHit[] = [];
		const add = (document: string, hit: Omit<QueryHit, 'score' | 'why' | 'document'>): void => {
			const found = words.filter((word) => document.toLowerCase().includes(word));
			if (found.length > 0) hits.push({ ...hit, score: found.length / words.length, why: `words: ${found.join(', ')}`, document });
		};
		for (const [path, document] of files) {
			add(document, {
				collection: 'codebase_v1',
				id: path,
				file_path: path,
				start_line: 1,
				end_line: document.split('\n').length,
				symbol: /function (\w+)/.exec(document)?.[1] ?? '',
			});
		}
		for (const one of learnings.values()) {
			add(one.description, { collection: 'derived_learnings_v1', id: one.learning_id, file_path: '', start_line: 0, end_line: 0, symbol: '' });
		}
		if (withTurns) {
			for (const { turn } of turns.values()) {
				add(`${turn.prompt}\n${turn.response}`, { collection: 'chat_history_v1', id: turn.id, file_path: '', start_line: 0, end_line: 0, symbol: '' });
			}
		}
		return hits.sort((a, b) => b.score - a.score);
	}

	return {
		...counted(app, calls),
		turns,
		learnings,
		files,
		edits,
		calls,
		put: (turn) => {
			const at = turn.started_at ?? new Date(Date.UTC(2026, 0, 1, 0, turns.size)).toISOString();
			return Promise.resolve(keep({ assistant: 'claude-code', session_id: 's', turn_key: turn.prompt, channel: 'transcript', started_at: at, ...turn }).id);
		},
	};
}

function counted(app: App, calls: string[]): App {
	return new Proxy(app, {
		get(target, name) {
			const value: unknown = Reflect.get(target, name);
			if (typeof value !== 'function') return value;
			return (...args: unknown[]) => {
				calls.push(String(name));
				return (value as (...given: unknown[]) => unknown)(...args);
			};
		},
		ownKeys: (target) => Reflect.ownKeys(target),
	});
}

function turnOf(id: string, seen: TurnObservation): Turn {
	const { channel, ...rest } = seen;
	return {
		...rest,
		id,
		channels: [channel],
		redactions: 0,
		prompt_summary: seen.prompt.slice(0, 300),
		response_summary: seen.response.slice(0, 300),
		involved_entities: seen.edits.map((edit) => edit.file_path),
		diff: seen.edits.map((edit) => `--- a/${edit.file_path}\n+++ b/${edit.file_path}\n@@ -1,1 +1,1 @@\n-${edit.before ?? ''}\n+${edit.after ?? ''}\n`).join(''),
		diff_summary: seen.edits.map((edit) => `Modified ${edit.file_path}`).join('; '),
		code_context: '',
		tool_sequence: toolSequence(seen.tools),
		modification_type: 'unknown',
		confidence_score: seen.edits.length > 0 ? 0.8 : 0.3,
		context_richness: 0.5,
		checks: [],
		confidence_parts: [],
		richness_parts: [],
		raw_prompt_hash: sha256(seen.prompt),
		raw_response_hash: sha256(seen.response),
		capture_fidelity: 'recorded',
		enrich_version: 1,
	};
}

function summaryOf({ turn, facts }: { turn: Turn; facts: TurnFacts }): TurnSummary {
	return {
		id: turn.id,
		assistant: turn.assistant,
		session_id: turn.session_id,
		started_at: turn.started_at,
		prompt_summary: turn.prompt_summary,
		response_summary: turn.response_summary,
		modification_type: turn.modification_type,
		confidence_score: turn.confidence_score,
		context_richness: turn.context_richness,
		tool_sequence: turn.tool_sequence,
		files: turn.edits.map((edit) => edit.file_path),
		status: planStatus(facts),
		review: facts.review,
		linked_chunks: 0,
		...(facts.learning_id === undefined ? {} : { learning_id: facts.learning_id }),
	};
}
