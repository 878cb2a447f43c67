import { z } from 'zod';
import { Instant } from './ids';

/** What a command checks. */
export const CheckType = z.enum(['test', 'build', 'lint', 'typecheck']);
export type CheckType = z.infer<typeof CheckType>;

const count = z.number().int().nonnegative();

/** Tests by how they ended. */
export const TestCounts = z.object({ passed: count.optional(), failed: count.optional(), skipped: count.optional() });
export type TestCounts = z.infer<typeof TestCounts>;

/** A run of tests, a build, a linter or a type checker. */
export const CheckRun = z.object({
	type: CheckType,
	command: z.string(),
	/** undefined when it is not known how it ended. */
	ok: z.boolean().optional(),
	...TestCounts.shape,
	/** Who tells: a tool call of the turn, a terminal or a task of the editor, or a report that the tests wrote. */
	via: z.enum(['tool', 'terminal', 'task', 'report']),
	/** Who started it, where that is known. */
	by: z.enum(['person', 'agent']).optional(),
	/** When it ended; of a tool call: when it was made. */
	at: Instant,
});
export type CheckRun = z.infer<typeof CheckRun>;

const beforeAndAfter = z.object({ before: count, after: count });

/** How many errors and warnings the editor saw in a file before it was changed and after that had settled. */
export const Diagnostics = z.object({
	type: z.literal('diagnostics'),
	/** Absolute while captured; relative to the repository once kept. */
	file_path: z.string(),
	errors: beforeAndAfter,
	warnings: beforeAndAfter,
	at: Instant,
});
export type Diagnostics = z.infer<typeof Diagnostics>;

/** What the editor or the daemon saw, before it is known which turn it belongs to. */
export const SeenCheck = z.union([CheckRun, Diagnostics]);
export type SeenCheck = z.infer<typeof SeenCheck>;

/** Where a run stands among the edits of its turn; `none` when the turn made no edit whose time is known. */
export const Stage = z.enum(['before', 'amid', 'after', 'none']);
export type Stage = z.infer<typeof Stage>;

/** A check as part of a turn. */
export const TurnCheck = z.union([CheckRun.extend({ stage: Stage, tool_id: z.string().optional() }), Diagnostics]);
export type TurnCheck = z.infer<typeof TurnCheck>;
