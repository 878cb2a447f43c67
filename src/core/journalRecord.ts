import { z } from 'zod';
import { SeenCheck } from './check';
import { Instant } from './ids';
import { Findings } from './outcome';

export const RecordKind = z.enum(['turn', 'edit', 'status', 'link', 'learning', 'thought', 'served', 'attachment', 'check', 'tombstone']);
export type RecordKind = z.infer<typeof RecordKind>;

/**
 * One line of the journal. Appending is idempotent by kind, id and revision; the later revision of an
 * id wins, so a late answer extends its turn. A tombstone carries the kind and id it removes in its body.
 */
export const JournalRecord = z.object({
	id: z.string().min(1),
	revision: z.number().int().positive(),
	kind: RecordKind,
	at: Instant,
	/** Names the process that wrote it and its segment. */
	writer: z.string().min(1),
	body: z.unknown(),
});
export type JournalRecord = z.infer<typeof JournalRecord>;

/** Decides which of two records of one id stands. Total and symmetric, so every reader folds alike. */
export function isLater(a: Pick<JournalRecord, 'revision' | 'at' | 'writer'>, b: Pick<JournalRecord, 'revision' | 'at' | 'writer'>): boolean {
	if (a.revision !== b.revision) return a.revision > b.revision;
	if (a.at !== b.at) return a.at > b.at;
	return a.writer > b.writer;
}

/** A person's or an analysis's word on a turn; one record a facet, so that each has its own revisions. */
export const StatusBody = z.discriminatedUnion('facet', [
	z.object({
		turn_id: z.string(),
		facet: z.literal('review'),
		value: z.enum(['new', 'promoted', 'ignored']),
		learning_id: z.string().optional(),
	}),
	z.object({
		turn_id: z.string(),
		facet: z.literal('outcome'),
		value: z.enum(['unknown', 'implemented', 'not_implemented']),
		/** What the value rests on. */
		findings: Findings.optional(),
	}),
	z.object({ turn_id: z.string(), facet: z.literal('analyzed'), value: z.boolean() }),
	z.object({ turn_id: z.string(), facet: z.literal('exported'), value: z.boolean() }),
]);
export type StatusBody = z.infer<typeof StatusBody>;

export const TombstoneBody = z.object({ kind: RecordKind, id: z.string(), reason: z.string().default('') });
export type TombstoneBody = z.infer<typeof TombstoneBody>;

/** How an edit came about, as far as the editor lets that be seen. `completion` is a guess: text that appeared at once where somebody typed. */
export const EditReason = z.enum(['typed', 'completion', 'undo', 'redo', 'external', 'unknown']);

/** An edit seen in the editor. `turn_id` is set once a turn is known to have made it; until then it counts as a person's. */
export const EditBody = z.object({
	repo_id: z.string(),
	checkout_id: z.string(),
	/** Repo-relative, with `/`. */
	file_path: z.string(),
	symbol: z.string(),
	before: z.string(),
	after: z.string(),
	/** 1-based first changed line. */
	start_line: z.number().int(),
	at: Instant,
	reason: EditReason,
	turn_id: z.string().optional(),
});
export type EditBody = z.infer<typeof EditBody>;

/** A check that the editor or the daemon saw, redacted; paths are relative to the repository. Turns carry a copy while it lies within their time. */
export const CheckBody = z.object({ repo_id: z.string(), checkout_id: z.string(), check: SeenCheck });
export type CheckBody = z.infer<typeof CheckBody>;

/** A chunk or file that is now found under another id, so that references follow. */
export const MoveBody = z.object({ repo_id: z.string(), from: z.string(), to: z.string() });
export type MoveBody = z.infer<typeof MoveBody>;
