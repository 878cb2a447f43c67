import { z } from 'zod';
import { AgentTrace } from './agentTrace';
import { AuthorTurn, FileAuthors, Why } from './attribution';
import { AttachmentWish } from './attachment';
import { CaptureStatus, CaptureStatusInput } from './captureStatus';
import { CheckRun, Diagnostics } from './check';
import { Instant } from './ids';
import { ClaimsReport, NotesReport } from './interchange';
import { EditReason } from './journalRecord';
import { Learning } from './learning';
import { AnalysisReport, OutcomeRules, TurnFate } from './outcome';
import { QueryResult } from './query';
import { EmbeddingConfig, RetrieveWeights, StoreConfig } from './settings';
import { Stats, StatsInput } from './stats';
import { PlanStatus, TurnFacts } from './status';
import { ModificationType, ToolCall, Turn, TurnEdit, TurnObservation } from './turn';

/** What the user wants kept. */
export const PrivacySettings = z.object({
	/** Patterns of the user's own for what is redacted, one a line. */
	patterns: z.string(),
	/** 0: without end. */
	keepDays: z.number().nonnegative(),
	/** 0: without limit. */
	keepMegabytes: z.number().nonnegative(),
});
export type PrivacySettings = z.infer<typeof PrivacySettings>;

/** What every call is made for: a folder and the settings that hold there. Resolved by the caller, whose settings they are. */
export const CallContext = z.object({
	/** Absolute folder; '' when there is none. */
	folder: z.string(),
	store: StoreConfig,
	embedding: EmbeddingConfig,
	weights: RetrieveWeights,
	/** The defaults where the caller knows of none. */
	outcome: OutcomeRules.optional(),
	/** undefined where the caller knows of no such setting. */
	privacy: PrivacySettings.extend({ from: z.enum(['editor', 'environment']) }).optional(),
	/** What the caller's environment says of images; undefined where it says nothing. */
	attachments: AttachmentWish.optional(),
});
export type CallContext = z.infer<typeof CallContext>;

/** How far long work has come. `total` is undefined while it is not known. */
export const Progress = z.object({ step: z.string(), done: z.number(), total: z.number().optional(), rate: z.number().optional() });
export type Progress = z.infer<typeof Progress>;

const op = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

/** One link of the graph, as a list shows it. */
export const LinkEnd = z.object({
	type: z.enum(['turn', 'chunk', 'learning', 'file']),
	id: z.string(),
	label: z.string(),
	file_path: z.string().optional(),
	start_line: z.number().optional(),
	end_line: z.number().optional(),
});
export type LinkEnd = z.infer<typeof LinkEnd>;
export const Link = z.object({ from: LinkEnd, to: LinkEnd, kind: z.enum(['changed', 'promoted', 'cites', 'in_file']) });
export type Link = z.infer<typeof Link>;

/** A turn as lists show it. */
export const TurnSummary = AuthorTurn.omit({ model: true }).extend({
	confidence_score: z.number(),
	context_richness: z.number(),
	tool_sequence: z.string(),
	files: z.array(z.string()),
	review: z.enum(['new', 'promoted', 'ignored']),
	repo_id: z.string().optional(),
	linked_chunks: z.number().int(),
});
export type TurnSummary = z.infer<typeof TurnSummary>;

export const TurnDetail = z.object({
	turn: Turn,
	facts: TurnFacts,
	status: PlanStatus,
	links: z.array(Link),
	/** Its place (from 1) among the turns of its session; a sub-agent's among those that the same turn started. */
	session: z.object({ turns: z.number().int(), position: z.number().int(), previous_id: z.string().optional(), next_id: z.string().optional() }),
	/** Repository's folder on this machine, to open files; undefined when it is not known. */
	root: z.string().optional(),
});
export type TurnDetail = z.infer<typeof TurnDetail>;

export const IndexReport = z.object({
	files_seen: z.number().int(),
	files_indexed: z.number().int(),
	files_unchanged: z.number().int(),
	files_removed: z.number().int(),
	files_skipped: z.number().int(),
	chunks: z.number().int(),
	chunks_embedded: z.number().int(),
	chunks_removed: z.number().int(),
	seconds: z.number(),
	/** Why files were left out, with counts and one example each. */
	skipped: z.array(z.object({ reason: z.string(), count: z.number().int(), example: z.string() })),
	notes: z.array(z.string()),
});
export type IndexReport = z.infer<typeof IndexReport>;

export const ImportReport = z.object({
	/** Transcripts that were given or found. */
	found: z.number().int(),
	/** Those that were read, being new or longer than at the last import. */
	transcripts: z.number().int(),
	turns_seen: z.number().int(),
	turns_new: z.number().int(),
	turns_extended: z.number().int(),
	turns_unchanged: z.number().int(),
	/** Not kept: capture was off in their folder then, or they were purged. */
	turns_left_out: z.number().int().default(0),
	redactions: z.number().int(),
	unknown: z.record(z.string(), z.number().int()),
	errors: z.array(z.object({ path: z.string(), error: z.string() })),
});
export type ImportReport = z.infer<typeof ImportReport>;

export const PromoteInput = z.object({
	/** The turn to promote; left out for a learning from scratch. */
	turn_id: z.string().optional(),
	description: z.string().optional(),
	pattern: z.string().optional(),
	example_code_reference: z.string().optional(),
	tags: z.array(z.string()).optional(),
	category: z.string().optional(),
	confidence: z.number().min(0).max(1).optional(),
});
export type PromoteInput = z.infer<typeof PromoteInput>;

export const LogChatInput = z.object({
	prompt: z.string().min(1),
	response: z.string().default(''),
	session_id: z.string().optional(),
	turn_key: z.string().optional(),
	assistant: z.string().default('manual'),
	model: z.string().optional(),
	tools: z.array(ToolCall).default([]),
	edits: z.array(TurnEdit.pick({ file_path: true, before: true, after: true }).extend({ whole: z.boolean().default(false) })).default([]),
	/** From the caller: used when there are no edits to derive them from. */
	diff_summary: z.string().optional(),
	code_context: z.string().optional(),
	tool_sequence: z.string().optional(),
	modification_type: ModificationType.optional(),
	confidence_score: z.number().min(0).max(1).optional(),
	involved_entities: z.array(z.string()).optional(),
});
export type LogChatInput = z.input<typeof LogChatInput>;

export const DaemonStatus = z.object({
	pid: z.number().int(),
	version: z.string(),
	protocol: z.number().int(),
	data_dir: z.string(),
	started_at: Instant,
	leases: z.array(z.object({ pid: z.number().int(), what: z.string() })),
	embedder: z.string(),
	chroma: z.array(
		z.object({
			impl: z.enum(['persistent', 'http']),
			where: z.string(),
			running: z.boolean(),
			pid: z.number().int().optional(),
			port: z.number().int().optional(),
			binary: z.string().optional(),
			error: z.string().optional(),
		}),
	),
	journal: z.object({ segments: z.number().int(), records: z.number().int(), bytes: z.number().int(), damaged: z.number().int() }),
	outbox: z.number().int(),
	turns: z.number().int(),
	learnings: z.number().int(),
});
export type DaemonStatus = z.infer<typeof DaemonStatus>;

const none = z.object({});

/**
 * Everything a host can ask for. The same table is the type of `App`, the wire protocol between a
 * host and the daemon, and what the CLI's `--json` prints.
 */
export const api = {
	status: op(none, DaemonStatus),
	setupCollections: op(none, z.object({ database: z.string(), collections: z.array(z.object({ name: z.string(), created: z.boolean() })) })),
	/** `changed`: since the last indexed commit, and the working tree. `paths` are absolute or relative to the folder. */
	index: op(z.object({ mode: z.enum(['all', 'changed', 'paths']), paths: z.array(z.string()).default([]) }), IndexReport),
	explainIndex: op(
		z.object({ path: z.string() }),
		z.object({
			path: z.string(),
			indexed: z.boolean(),
			reason: z.string(),
			chunks: z.array(z.object({ chunk_id: z.string(), symbol: z.string(), start_line: z.number(), end_line: z.number() })),
		}),
	),
	indexState: op(
		none,
		z.object({ repo_id: z.string().optional(), files: z.number().int(), chunks: z.number().int(), commit_sha: z.string(), last_indexed_utc: z.string() }),
	),
	query: op(z.object({ text: z.string().min(1), n: z.number().int().min(1).max(200).default(10), turns: z.boolean().default(false) }), QueryResult),
	getDocuments: op(
		z.object({ collection: z.string(), ids: z.array(z.string()).max(500) }),
		z.object({
			documents: z.array(z.object({ id: z.string(), document: z.string(), metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })),
			missing: z.array(z.string()),
		}),
	),
	logChat: op(
		LogChatInput,
		z.object({ turn_id: z.string(), revision: z.number().int(), outcome: z.enum(['new', 'extended', 'unchanged']), redactions: z.number().int() }),
	),
	/** Observations from any channel. Returns once they are in the journal. */
	capture: op(z.object({ turns: z.array(TurnObservation) }), z.object({ new: z.number().int(), extended: z.number().int(), unchanged: z.number().int() })),
	/** An edit seen in the editor, by file; attached to a turn that made it, else kept as a person's. */
	captureEdits: op(
		z.object({
			edits: z.array(
				z.object({
					file_path: z.string(),
					symbol: z.string().default(''),
					before: z.string(),
					after: z.string(),
					start_line: z.number().int(),
					at: Instant,
					reason: EditReason.default('unknown'),
				}),
			),
		}),
		z.object({ kept: z.number().int(), attached: z.number().int() }),
	),
	/** How well capture of each assistant works on this machine, whatever the folder. */
	captureStatus: op(CaptureStatusInput, CaptureStatus),
	/** Checks that the editor saw, each with where it ran; attached to the turns of that repository whose time covers them. */
	captureChecks: op(
		z.object({
			checks: z.array(
				z.union([
					/** `folder`: absolute, where the command ran. `started_at` tells which reports it wrote. */
					CheckRun.extend({ folder: z.string(), started_at: Instant.optional() }),
					Diagnostics,
				]),
			),
		}),
		z.object({ kept: z.number().int(), attached: z.number().int() }),
	),
	/** Transcripts on this machine that belong to the folder (or all of them). */
	findTranscripts: op(
		z.object({ everywhere: z.boolean().default(false), source: z.string().optional() }),
		z.object({
			transcripts: z.array(
				z.object({ path: z.string(), source: z.string(), session_id: z.string(), cwd: z.string().optional(), bytes: z.number().int(), modified: z.string() }),
			),
		}),
	),
	importTranscripts: op(
		z.object({ paths: z.array(z.string()).default([]), everywhere: z.boolean().default(false), source: z.string().optional() }),
		ImportReport,
	),
	/** Reads given transcripts, and those below given folders, without keeping anything: what an import would see. */
	readTranscripts: op(
		z.object({ paths: z.array(z.string()), source: z.string().optional() }),
		z.object({ turns: z.array(TurnObservation), unknown: z.record(z.string(), z.number().int()), transcripts: z.number().int() }),
	),
	listTurns: op(
		z.object({
			review: z.enum(['new', 'promoted', 'ignored', 'any']).default('any'),
			everywhere: z.boolean().default(false),
			limit: z.number().int().min(1).max(10_000).default(200),
			text: z.string().default(''),
		}),
		z.object({ turns: z.array(TurnSummary), total: z.number().int() }),
	),
	getTurn: op(z.object({ id: z.string() }), TurnDetail),
	setReview: op(z.object({ id: z.string(), review: z.enum(['new', 'ignored']) }), TurnFacts),
	promote: op(PromoteInput, Learning),
	listLearnings: op(z.object({ everywhere: z.boolean().default(false) }), z.object({ learnings: z.array(Learning) })),
	/** The links around a turn, chunk, learning or file; of the whole repository when `of` is ''. */
	links: op(z.object({ of: z.string().default(''), limit: z.number().int().min(1).max(5000).default(500) }), z.object({ links: z.array(Link) })),
	/** Who wrote the line (from 1) of a file, absolute or relative to the folder. `text`: the file as the editor has it, when it is not saved. */
	why: op(z.object({ file: z.string().min(1), line: z.number().int().min(1), text: z.string().optional() }), Why),
	/** Finds out what became of the code of captured turns, those first that are most worth it. `limit` 0: all. */
	analyze: op(z.object({ limit: z.number().int().min(0).default(0), ids: z.array(z.string()).default([]) }), AnalysisReport),
	/** What became of a turn's lines in the working tree of the folder. */
	fate: op(z.object({ id: z.string() }), TurnFate),
	/** How code that turns wrote survives, as far as turns were analysed. */
	stats: op(StatsInput, Stats),
	/** Who wrote which lines of a file. */
	authors: op(z.object({ file: z.string().min(1), text: z.string().optional() }), FileAuthors),
	/**
	 * Agent Trace records of who wrote which lines: of a commit (default: HEAD), of the working tree, or of each commit of a range the lines
	 * that it added. `files`: relative to the repository, files and folders; none means all.
	 */
	exportTrace: op(
		z.object({
			revision: z.string().min(1).optional(),
			range: z.string().min(1).optional(),
			working_tree: z.boolean().default(false),
			files: z.array(z.string().min(1)).default([]),
		}),
		z.object({ records: z.array(AgentTrace) }),
	),
	/** Takes over Agent Trace records out of files, given by absolute path. `revision`: where their lines stand, whatever the records say. */
	importTrace: op(z.object({ paths: z.array(z.string()), revision: z.string().min(1).optional(), dry_run: z.boolean().default(false) }), ClaimsReport),
	/** Takes over authorship logs that stand in git notes, of all commits or of a range. */
	importNotes: op(z.object({ range: z.string().min(1).optional(), dry_run: z.boolean().default(false) }), ClaimsReport),
	/** Writes authorship logs into the repository's git notes: of one commit (default: HEAD), or of a range. */
	exportNotes: op(z.object({ commit: z.string().min(1).optional(), range: z.string().min(1).optional(), dry_run: z.boolean().default(false) }), NotesReport),
	rebuild: op(
		none,
		z.object({
			records: z.number().int(),
			damaged: z.number().int(),
			turns: z.number().int(),
			learnings: z.number().int(),
			rows_written: z.number().int(),
			rows_adopted: z.number().int(),
		}),
	),
	/** Takes captured turns and edits out for good. One of the four says which. */
	purge: op(
		z.object({
			session: z.string().optional(),
			/** Absolute or relative to the folder: turns that edited or named it, and edits of it. */
			file: z.string().optional(),
			text: z.string().optional(),
			before: Instant.optional(),
			dry_run: z.boolean().default(false),
		}),
		z.object({
			turns: z.number().int(),
			edits: z.number().int(),
			/** Learnings that stay without what they had from a purged turn. */
			learnings: z.array(z.string()),
			/** Bytes that left the journal. */
			bytes: z.number().int(),
			large_texts: z.number().int(),
			/** False while the vector store was not reached: its rows go when it is. */
			store_done: z.boolean().default(true),
		}),
	),
	/** Applies today's rules of redaction to what is kept. */
	redactJournal: op(
		z.object({ dry_run: z.boolean().default(false) }),
		z.object({
			records: z.number().int(),
			changed: z.array(z.object({ kind: z.string(), id: z.string(), redactions: z.number().int() })),
			bytes: z.number().int(),
			store_done: z.boolean().default(true),
		}),
	),
	/** Changes whenever something was written; waits up to `wait_ms` for a change after `since`. */
	changes: op(
		z.object({ since: z.number().int().default(0), wait_ms: z.number().int().min(0).max(60_000).default(0) }),
		z.object({ version: z.number().int() }),
	),
};
export type Api = typeof api;
export type OperationName = keyof Api;
export type Input<K extends OperationName> = z.input<Api[K]['input']>;
export type Output<K extends OperationName> = z.output<Api[K]['output']>;

export interface CallOptions {
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: Progress) => void;
}

/** What every host sees, whether the work is done in this process or in the daemon. */
export type App = { readonly [K in OperationName]: (input: Input<K>, options?: CallOptions) => Promise<Output<K>> };

/** Wire protocol between hosts and the daemon, and layout of the data directory. An older program refuses a newer number. */
export const PROTOCOL = 1;
