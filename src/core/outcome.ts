import { z } from 'zod';
import { LineCounts } from './attribution';
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
