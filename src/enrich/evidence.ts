import type { CheckType, TurnCheck } from '../core/check';
import type { ScorePart, TurnObservation } from '../core/turn';
import { commandOf } from './checks';
import type { FileChange } from './fileChanges';

/** What the scores look at. */
export interface EvidenceTurn {
	readonly turn: Omit<TurnObservation, 'channel' | 'images'>;
	readonly changes: readonly FileChange[];
	readonly checks: readonly TurnCheck[];
}

type Evidence = readonly [what: string, weight: number, holds: (turn: EvidenceTurn) => boolean];

/** A turn with nothing for or against it. */
const baseConfidence = 0.45;

/**
 * What became of the change. Each of these weighs more than all of `confidenceDetails` together, so that of complete turns one whose tests
 * fail or whose change was taken back is below every untested one, and that below every one whose tests pass.
 */
const confidenceOutcome: readonly Evidence[] = [
	['tests passed after the last edit', 0.3, (turn) => !wasTakenBack(turn) && lastTest(turn, 'after') === 'passed'],
	['tests that failed before pass now', 0.05, (turn) => !wasTakenBack(turn) && lastTest(turn, 'after') === 'passed' && failedBefore(turn)],
	['tests failed after the last edit', -0.3, (turn) => lastTest(turn, 'after') === 'failed'],
	['the change was taken back', -0.3, wasTakenBack],
	['nothing was changed', -0.2, (turn) => turn.changes.length === 0 && !wasTakenBack(turn)],
	['it was cancelled', -0.3, ({ turn }) => turn.state === 'cancelled'],
	['it failed', -0.35, ({ turn }) => turn.state === 'failed'],
];

const confidenceDetails: readonly Evidence[] = [
	['both sides of every edit are known', 0.02, ({ changes }) => changes.length > 0 && changes.every((change) => change.beforeKnown)],
	['the response is complete', 0.03, ({ turn }) => turn.state === 'complete' && turn.response.trim() !== ''],
	['the prompt is specific', 0.03, ({ turn }) => isSpecific(turn.prompt)],
	['the change is small and focused', 0.02, ({ changes }) => changes.length > 0 && filesOf(changes) <= 5 && sizeOf(changes) <= 200],
	['a build, lint or type check passed after the last edit', 0.03, (turn) => lastOther(turn) === 'passed'],
	['errors went away in the editor', 0.02, (turn) => errorsAdded(turn) < 0],
	['the change is very large', -0.03, ({ changes }) => filesOf(changes) > 20 || sizeOf(changes) > 1_000],
	['a build, lint or type check failed after the last edit', -0.03, (turn) => lastOther(turn) === 'failed'],
	['the user refused an edit', -0.03, ({ turn }) => turn.edits.some((edit) => edit.state === 'rejected')],
	[
		'half of the tool calls failed',
		-0.02,
		({ turn }) => turn.tools.length > 1 && turn.tools.filter((tool) => tool.ok === false).length * 2 >= turn.tools.length,
	],
	['errors appeared in the editor', -0.02, (turn) => errorsAdded(turn) > 0],
];

/** What speaks for and against a turn holding something worth keeping. The score is the base and all weights that hold, within 0 and 1. */
export const confidenceEvidence: readonly Evidence[] = [...confidenceOutcome, ...confidenceDetails];

/** What of a turn was captured. Weights add up to 1. */
export const richnessEvidence: readonly Evidence[] = [
	['prompt', 0.15, ({ turn }) => turn.prompt.trim() !== ''],
	['response', 0.15, ({ turn }) => turn.response.trim() !== ''],
	['model', 0.1, ({ turn }) => turn.model !== undefined && turn.model !== ''],
	['tool calls', 0.1, ({ turn }) => turn.tools.length > 0],
	['tool results', 0.05, ({ turn }) => turn.tools.length > 0 && turn.tools.every((tool) => tool.ok !== undefined)],
	['edits', 0.15, ({ turn }) => turn.edits.length > 0],
	['both sides of every edit', 0.1, ({ turn }) => turn.edits.length > 0 && turn.edits.every((edit) => edit.fidelity !== 'partial')],
	['checks', 0.05, ({ checks }) => checks.length > 0],
	['commit or branch', 0.05, ({ turn }) => turn.commit_sha !== undefined || turn.branch !== undefined],
	['folder', 0.05, ({ turn }) => turn.cwd !== undefined],
	['end', 0.05, ({ turn }) => turn.ended_at !== undefined && turn.state !== 'open'],
];

export interface Score {
	/** 0 to 1, two digits. */
	readonly score: number;
	/** What held, in the order of the formula; their sum is the score unless it would leave 0 to 1. */
	readonly parts: ScorePart[];
}

/** How likely the turn holds something worth keeping. */
export function confidenceOf(turn: EvidenceTurn): Score {
	return scoreOf([{ what: 'to begin with', weight: baseConfidence }], confidenceEvidence, turn);
}

/** How much of what a turn can have was captured. */
export function richnessOf(turn: EvidenceTurn): Score {
	return scoreOf([], richnessEvidence, turn);
}

function scoreOf(base: readonly ScorePart[], evidence: readonly Evidence[], turn: EvidenceTurn): Score {
	const parts = [...base, ...evidence.flatMap(([what, weight, holds]) => (holds(turn) ? [{ what, weight }] : []))];
	const sum = parts.reduce((total, { weight }) => total + weight, 0);
	return { score: Math.round(Math.min(1, Math.max(0, sum)) * 100) / 100, parts };
}

function filesOf(changes: readonly FileChange[]): number {
	return new Set(changes.map((change) => change.path)).size;
}

function sizeOf(changes: readonly FileChange[]): number {
	return changes.reduce((sum, change) => sum + change.added + change.removed, 0);
}

/** Long enough to mean something, and naming a thing: a file, an identifier, a number or a quotation. */
function isSpecific(prompt: string): boolean {
	const names = /[\w-]+\.[a-z]{1,5}\b|\w+\(|[a-z]+[A-Z]\w*|\w+_\w+|[`"'“].+?[`"'”]|\d/;
	return prompt.trim().split(/\s+/).length >= 4 && names.test(prompt);
}

type Ended = 'passed' | 'failed' | 'unknown';

/** How the last of the runs that are asked for ended, by those whose end is known. */
function lastEnd({ checks }: EvidenceTurn, asked: (type: CheckType, stage: string) => boolean): Ended {
	const run = checks.findLast((check) => check.type !== 'diagnostics' && check.ok !== undefined && asked(check.type, check.stage));
	if (run === undefined || run.type === 'diagnostics') return 'unknown';
	return run.ok === true ? 'passed' : 'failed';
}

function lastTest(turn: EvidenceTurn, where: string): Ended {
	return lastEnd(turn, (type, stage) => type === 'test' && stage === where);
}

function lastOther(turn: EvidenceTurn): Ended {
	return lastEnd(turn, (type, stage) => type !== 'test' && stage === 'after');
}

function failedBefore(turn: EvidenceTurn): boolean {
	const before = lastTest(turn, 'before');
	return (before === 'unknown' ? lastTest(turn, 'amid') : before) === 'failed';
}

/** Errors that the editor saw appear (above 0) or go away (below 0), over all files. */
function errorsAdded({ checks }: EvidenceTurn): number {
	return checks.reduce((sum, check) => sum + (check.type === 'diagnostics' ? check.errors.after - check.errors.before : 0), 0);
}

/** Commands that bring back what was there before; the second kind does so for all files. */
const takingBack = /\bgit\s+(?:restore\b(?![^;&|]*--staged)|checkout\s+(?:HEAD\s+)?(?:--\s|\.)|reset\s+--hard|stash(?:\s+push)?\s*(?:$|[;&|]))/;
const takingAllBack = /--hard|\bstash\b|\s\.(?:\s|$)/;

/** An edit was undone, or the edits came to nothing, or a command brought the files back. */
function wasTakenBack({ turn, changes }: EvidenceTurn): boolean {
	if (turn.edits.some((edit) => edit.state === 'undone')) return true;
	if (changes.length === 0) return turn.edits.some((edit) => edit.state === 'applied' && edit.before !== edit.after);
	const last = turn.tools.findLastIndex((tool) => tool.ok !== false && ['edit', 'create', 'delete'].includes(tool.kind));
	const commands = turn.tools.slice(last + 1).flatMap((tool) => (tool.kind === 'run' && tool.ok !== false ? [commandOf(tool)] : []));
	return last !== -1 && commands.some((command) => takingBack.test(command) && (takingAllBack.test(command) || names(command, changes)));
}

function names(command: string, changes: readonly FileChange[]): boolean {
	return changes.some(({ path }) => command.includes(path.slice(path.lastIndexOf('/') + 1)));
}
