import { z } from 'zod';
import { Instant } from './ids';
import { PlanStatus } from './status';
import { ModificationType } from './turn';

/** `ai`: a captured turn wrote it. `human`: a person was seen typing it. Everything else is `unknown`; nothing is guessed. */
export const Attributed = z.enum(['ai', 'human', 'unknown']);
export type Attributed = z.infer<typeof Attributed>;

/**
 * How a line that somebody wrote stands there now: `kept` word for word in the file it was written into; `reformatted` the same words
 * in another layout; `extended` within a longer line; `moved` in another file and no longer in its own; `copied` in another file too.
 */
export const LineState = z.enum(['kept', 'reformatted', 'extended', 'moved', 'copied']);
export type LineState = z.infer<typeof LineState>;

/** A turn as far as a line needs it. */
export const AuthorTurn = z.object({
	id: z.string(),
	assistant: z.string(),
	session_id: z.string(),
	started_at: Instant,
	prompt_summary: z.string(),
	response_summary: z.string(),
	modification_type: ModificationType,
	status: PlanStatus,
	model: z.string().optional(),
	learning_id: z.string().optional(),
});
export type AuthorTurn = z.infer<typeof AuthorTurn>;

/** The lines `from` to `to` (1-based, both within) have one author. */
export const AttributedLines = z.object({
	from: z.number().int(),
	to: z.number().int(),
	attribution: Attributed,
	turn_id: z.string().optional(),
	state: LineState.optional(),
});
export type AttributedLines = z.infer<typeof AttributedLines>;

export const FileAuthors = z.object({
	/** Relative to the repository, with `/`. */
	file_path: z.string(),
	lines: z.number().int(),
	/** Lines that hold text, by author. */
	counts: z.object({ ai: z.number().int(), human: z.number().int(), unknown: z.number().int() }),
	/** In order, without gaps but for blank lines between two authors. */
	ranges: z.array(AttributedLines),
	turns: z.array(AuthorTurn),
});
export type FileAuthors = z.infer<typeof FileAuthors>;

/** What became of the lines that a turn wrote, those with letters or digits to recognise them by. */
export const LineCounts = z.object({
	written: z.number().int(),
	kept: z.number().int(),
	reformatted: z.number().int(),
	moved: z.number().int(),
	/** Another text stands there that still does the same, by its syntax. */
	changed: z.number().int(),
	rewritten: z.number().int(),
	deleted: z.number().int(),
});
export type LineCounts = z.infer<typeof LineCounts>;

/** The commit in which a line came to stand as it does; its fields are '' for a line that is not committed. */
export const LineCommit = z.object({ sha: z.string(), subject: z.string(), author: z.string(), at: z.string() });
export type LineCommit = z.infer<typeof LineCommit>;

export const Why = z.object({
	file_path: z.string(),
	line: z.number().int(),
	text: z.string(),
	/** Qualified name of the definition that the line stands in; '' outside any. */
	symbol: z.string(),
	attribution: Attributed,
	/** `rewritten`: in place of a line that a turn wrote, see `was`. `unknown`: nothing is known of it. */
	state: z.union([LineState, z.enum(['rewritten', 'unknown'])]),
	/** '' when no turn wrote the line. */
	turn_id: z.string(),
	/** Id of the turn's row in `chat_history_v1`: the same. */
	chat_id: z.string(),
	/** '' while the line is not committed, or the file not tracked. */
	commit_sha: z.string(),
	commit: LineCommit.optional(),
	turn: AuthorTurn.optional(),
	/** Where the turn wrote it: its file then, the line in the turn's text, the index of the edit in the turn. */
	written: z.object({ file_path: z.string(), line: z.number().int(), edit: z.number().int() }).optional(),
	/** The line that stood here before, and the turn that had written it. */
	was: z.object({ turn: AuthorTurn, text: z.string() }).optional(),
	/** What became of the lines that the turn wrote into this file. */
	since: LineCounts.optional(),
	learning: z.object({ id: z.string(), description: z.string() }).optional(),
	/** Why no more is known, in words. */
	note: z.string(),
});
export type Why = z.infer<typeof Why>;
