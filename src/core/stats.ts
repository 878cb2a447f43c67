import { z } from 'zod';
import { LineCounts } from './attribution';
import { Instant } from './ids';
import { LineLoss } from './outcome';
import { PlanStatus } from './status';

const Counted = z.number().int().nonnegative();
/** Lines; not always whole, since a turn in several languages counts in each by its share. */
const Lines = z.number().nonnegative();
const Share = z.number().min(0).max(1);

/** How many of the lines that turns wrote are still there at a time after they were written. */
export const SurvivalPoint = z.object({
	/** Days or commits since the lines were written. */
	at: z.number().nonnegative(),
	share: Share,
	/** Bounds of the 95% interval; turns, not lines, count as independent. */
	low: Share,
	high: Share,
	/** Turns and lines at risk: still there and still watched just before this time. */
	turns: Counted,
	lines: Lines,
	/** Turns that were looked at this late or later, whether or not anything of them was left. */
	followed: Counted,
});
export type SurvivalPoint = z.infer<typeof SurvivalPoint>;

/** Survival of lines along one axis. Empty where there are too few turns; no point lies beyond the last look. */
export const Survival = z.object({
	/** The latest time at which any turn was looked at. */
	last: z.number().nonnegative(),
	points: z.array(SurvivalPoint),
	/** The time after which half of the lines are gone; undefined while more than half is there. A bound is undefined when it is not reached. */
	median: z.object({ at: z.number(), low: z.number().optional(), high: z.number().optional() }).optional(),
	/** The same curve at more times, to be drawn. */
	curve: z.array(z.object({ at: z.number(), share: Share })),
});
export type Survival = z.infer<typeof Survival>;

export const StatsBy = z.enum(['assistant', 'model', 'modification', 'language']);
export type StatsBy = z.infer<typeof StatsBy>;

/** Analysed turns that have something in common. */
export const StatsGroup = z.object({
	/** '' for all turns. */
	name: z.string(),
	/** Analysed turns. The five after it add up to it. */
	turns: Counted,
	implemented: Counted,
	not_implemented: Counted,
	too_early: Counted,
	/** Old enough, and still neither. */
	undecided: Counted,
	wrote_nothing: Counted,
	/** Turns whose lines make the curves. */
	watched: Counted,
	/** True with fewer than five watched turns, or where one of them wrote nearly all: then there are no curves. */
	too_few: z.boolean(),
	lines: z.object({ ...LineCounts.shape, written: Lines, kept: Lines, reformatted: Lines, moved: Lines, changed: Lines, rewritten: Lines, deleted: Lines }),
	/** Lines that went, by who took them out. */
	taken_out: z.record(LineLoss.shape.by, Lines),
	/** Lines that are gone without anybody knowing since when; the curves take them as gone at the last look. */
	undated: Lines,
	/** Median and quartiles over the turns that have one. */
	reward: z.object({ turns: Counted, median: Share, low: Share, high: Share }).optional(),
	days: Survival,
	commits: Survival,
});
export type StatsGroup = z.infer<typeof StatsGroup>;

export const StatsInput = z.object({
	by: StatsBy.optional(),
	/** Only turns that began then or later. */
	since: Instant.optional(),
	everywhere: z.boolean().default(false),
});

export const Stats = z.object({
	at: Instant,
	since: Instant.optional(),
	captured: Counted,
	/** Findings that could not be read; their turns count as captured only. */
	unreadable: Counted,
	/** Captured turns by their status. */
	status: z.partialRecord(PlanStatus, Counted),
	all: StatsGroup,
	/** By what was asked for, those with most lines first; empty when nothing was. */
	groups: z.array(StatsGroup),
});
export type Stats = z.infer<typeof Stats>;
