import { z } from 'zod';
import { LineCounts, LineState } from './attribution';
import { PlanStatus } from './status';
import { ScorePart } from './turn';

/** Lines that went at one time. `days` and `commits` count from when the turn wrote them. */
export const LineLoss = z.object({
	lines: z.number().int(),
	days: z.number().nonnegative(),
	commits: z.number().int().nonnegative(),
	/** Commit on the way to HEAD in which they went; '' for lines that were never committed. */
	commit_sha: z.string(),
	/** Who took them out, as far as that was seen. */
	by: z.enum(['turn', 'human', 'revert', 'unknown']),
	turn_id: z.string().optional(),
});
export type LineLoss = z.infer<typeof LineLoss>;

/** Where the lines of a turn are as the analysis looks. `elsewhere`: in a stash, or on a branch that is not merged. */
export const Whereabouts = z.enum(['committed', 'working tree', 'elsewhere', 'gone', 'nothing written']);
export type Whereabouts = z.infer<typeof Whereabouts>;

/** What an analysis found out about a turn. */
export const Findings = z.object({
	/** Version of the rules; findings of older rules are made again. */
	version: z.number().int(),
	counts: LineCounts,
	/** 0 to 1: how much of what the turn wrote is still there, see `docs/usage/implicit_learning.md`. */
	survival: z.number().min(0).max(1),
	/** 0 to 1; undefined while it is too early to say. */
	reward: z.number().min(0).max(1).optional(),
	/** Why the reward is what it is; the weights add up to it. */
	evidence: z.array(ScorePart),
	where: Whereabouts,
	/** First commit on the way to HEAD that holds its lines; '' when there is none. */
	commit_sha: z.string(),
	/** Commits on the way to HEAD since, and days since the turn, until the last look. */
	commits: z.number().int().nonnegative(),
	days: z.number().nonnegative(),
	losses: z.array(LineLoss),
	/** Languages of the lines written, with counts. */
	languages: z.record(z.string(), z.number().int()),
	/** Why a person should look at it; empty when nothing calls for that. */
	flags: z.array(z.string()),
});
export type Findings = z.infer<typeof Findings>;

/** How a line that a turn wrote stands now; `changed`: its statement is another text that still does the same. */
export const FateOfLine = z.union([LineState, z.enum(['changed', 'rewritten', 'deleted'])]);
export type FateOfLine = z.infer<typeof FateOfLine>;

/** A file that a turn wrote into, as it stands in the working tree. */
export const FileFate = z.object({
	/** The path in the turn. */
	file_path: z.string(),
	/** Where most of its lines are now, when that is another file. */
	now_path: z.string().optional(),
	/** `kept`: every line that the turn wrote is still there, wherever it is; `gone`: none; `changed`: some, or only in another form. */
	state: z.enum(['kept', 'changed', 'gone']),
	counts: LineCounts,
	lines: z.array(
		z.object({
			/** Index of the edit in the turn; the line (from 1) in that edit's text. */
			edit: z.number().int(),
			line: z.number().int(),
			fate: FateOfLine,
			at: z.object({ file_path: z.string(), line: z.number().int() }).optional(),
		}),
	),
});
export type FileFate = z.infer<typeof FileFate>;

export const TurnFate = z.object({
	turn_id: z.string(),
	files: z.array(FileFate),
	/** What the last analysis found; undefined before the first one. */
	findings: Findings.optional(),
});
export type TurnFate = z.infer<typeof TurnFate>;

/** When an analysis says that code was implemented. */
export const OutcomeRules = z.object({
	/** Share of what was written that has to be there. Half: below, more of what stands there is somebody else's. */
	keptShare: z.number().min(0.05).max(1).default(0.5),
	/** Days after which code counts as kept that is not committed; a commit says so at once. Long enough to come back to work put aside over a weekend. */
	waitDays: z.number().min(0).max(365).default(7),
});
export type OutcomeRules = z.infer<typeof OutcomeRules>;

/** A turn that an analysis looked at, as a list shows it. */
export const AnalyzedTurn = z.object({
	id: z.string(),
	prompt_summary: z.string(),
	status: PlanStatus,
	/** The status before. */
	was: PlanStatus,
	survival: z.number(),
	reward: z.number().optional(),
	where: Whereabouts,
	flags: z.array(z.string()),
});
export type AnalyzedTurn = z.infer<typeof AnalyzedTurn>;

export const AnalysisReport = z.object({
	/** Captured turns of the repository. */
	turns: z.number().int(),
	/** Looked at now. */
	analyzed: z.number().int(),
	/** Of those, what was found differs from the last time. */
	changed: z.number().int(),
	/** Still being written by their assistant. */
	open: z.number().int(),
	by_status: z.record(z.string(), z.number().int()),
	/** Worth a person's look, the best first. */
	flagged: z.array(AnalyzedTurn),
	/** All that were looked at, in the order of the work. */
	results: z.array(AnalyzedTurn),
	commits: z.number().int(),
	seconds: z.number(),
	notes: z.array(z.string()),
});
export type AnalysisReport = z.infer<typeof AnalysisReport>;
