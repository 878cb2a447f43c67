import type { ToolCall, TurnObservation } from '../core/turn';
import type { FileChange } from './fileChanges';

/** What the scores look at. */
export interface EvidenceTurn {
	readonly turn: Omit<TurnObservation, 'channel'>;
	readonly changes: readonly FileChange[];
}

type Evidence = readonly [what: string, weight: number, holds: (turn: EvidenceTurn) => boolean];

/** A turn with nothing for or against it. */
const baseConfidence = 0.2;

/** What speaks for and against a turn holding something worth keeping. The score is the base and all weights that hold, within 0 and 1. */
export const confidenceEvidence: readonly Evidence[] = [
	['edits were applied', 0.25, ({ changes }) => changes.length > 0],
	['both sides of every edit are known', 0.05, ({ changes }) => changes.length > 0 && changes.every((change) => change.beforeKnown)],
	['tests ran after the last edit and passed', 0.25, (turn) => lastRun(turn, isTest) === 'passed'],
	['tests ran after the last edit and failed', -0.15, (turn) => lastRun(turn, isTest) === 'failed'],
	['a build, lint or type check passed after the last edit', 0.1, (turn) => lastRun(turn, isTest) !== 'passed' && lastRun(turn, isCheck) === 'passed'],
	['the response is complete', 0.1, ({ turn }) => turn.state === 'complete' && turn.response.trim() !== ''],
	['it was cancelled', -0.2, ({ turn }) => turn.state === 'cancelled'],
	['it failed', -0.3, ({ turn }) => turn.state === 'failed'],
	['the change is small and focused', 0.05, ({ changes }) => changes.length > 0 && filesOf(changes) <= 5 && sizeOf(changes) <= 200],
	['the change is very large', -0.1, ({ changes }) => filesOf(changes) > 20 || sizeOf(changes) > 1_000],
	['the prompt is specific', 0.1, ({ turn }) => isSpecific(turn.prompt)],
	['the user refused an edit', -0.1, ({ turn }) => turn.edits.some((edit) => edit.state === 'rejected')],
	['an edit was taken back', -0.2, ({ turn }) => turn.edits.some((edit) => edit.state === 'undone')],
	[
		'half of the tool calls failed',
		-0.05,
		({ turn }) => turn.tools.length > 1 && turn.tools.filter((tool) => tool.ok === false).length * 2 >= turn.tools.length,
	],
];

/** What of a turn was captured. Weights add up to 1. */
export const richnessEvidence: readonly Evidence[] = [
	['prompt', 0.15, ({ turn }) => turn.prompt.trim() !== ''],
	['response', 0.15, ({ turn }) => turn.response.trim() !== ''],
	['model', 0.1, ({ turn }) => turn.model !== undefined && turn.model !== ''],
	['tool calls', 0.1, ({ turn }) => turn.tools.length > 0],
	['tool results', 0.1, ({ turn }) => turn.tools.length > 0 && turn.tools.every((tool) => tool.ok !== undefined)],
	['edits', 0.15, ({ turn }) => turn.edits.length > 0],
	['both sides of every edit', 0.1, ({ turn }) => turn.edits.length > 0 && turn.edits.every((edit) => edit.fidelity !== 'partial')],
	['commit or branch', 0.05, ({ turn }) => turn.commit_sha !== undefined || turn.branch !== undefined],
	['folder', 0.05, ({ turn }) => turn.cwd !== undefined],
	['end', 0.05, ({ turn }) => turn.ended_at !== undefined && turn.state !== 'open'],
];

/** 0 to 1: how likely the turn holds something worth keeping. */
export function confidenceScore(turn: EvidenceTurn): number {
	return score(baseConfidence, confidenceEvidence, turn);
}

/** 0 to 1: how much of what a turn can have was captured. */
export function contextRichness(turn: EvidenceTurn): number {
	return score(0, richnessEvidence, turn);
}

function score(base: number, evidence: readonly Evidence[], turn: EvidenceTurn): number {
	const sum = evidence.reduce((total, [, weight, holds]) => total + (holds(turn) ? weight : 0), base);
	return Math.round(Math.min(1, Math.max(0, sum)) * 100) / 100;
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

const testCommand =
	/\b(?:(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:test|t)\b|jest|vitest|mocha|ava|karma|cypress|playwright\s+test|pytest|tox|nose2?|unittest|rspec|phpunit|ctest|go\s+test|cargo\s+(?:test|nextest)|mvn\b.*\b(?:test|verify)|gradlew?\b.*\btest|node\s+(?:\S+\s+)*--test|dotnet\s+test|swift\s+test|mix\s+test|make\s+(?:check|test)|deno\s+test)/;
const checkCommand =
	/\b(?:tsc|eslint|biome|ruff|mypy|flake8|pyright|clippy|golangci-lint|prettier|(?:npm|pnpm|yarn)\s+run\s+(?:build|lint|check|typecheck)|cargo\s+(?:build|check)|go\s+(?:build|vet)|make|mvn|gradlew?|cmake|dotnet\s+build)\b/;

function isTest(command: string): boolean {
	return testCommand.test(command);
}

function isCheck(command: string): boolean {
	return checkCommand.test(command) && !isTest(command);
}

/** How the last run of its kind after the last edit ended. */
function lastRun({ turn }: EvidenceTurn, isKind: (command: string) => boolean): 'passed' | 'failed' | 'none' {
	const lastEdit = turn.tools.findLastIndex((tool) => tool.kind === 'edit' || tool.kind === 'create' || tool.kind === 'delete');
	const run = turn.tools.slice(lastEdit + 1).findLast((tool) => tool.kind === 'run' && isKind(commandOf(tool)) && tool.ok !== undefined);
	if (run === undefined || lastEdit === -1) return 'none';
	return run.ok === true && !reportsFailure(run.output ?? '') ? 'passed' : 'failed';
}

function commandOf(tool: ToolCall): string {
	if (typeof tool.args === 'string') return tool.args;
	if (typeof tool.args !== 'object' || tool.args === null || !('command' in tool.args)) return '';
	const { command } = tool.args;
	return typeof command === 'string' ? command : Array.isArray(command) ? command.join(' ') : '';
}

/** Some runners leave with 0 behind a pipe; their words tell. */
function reportsFailure(output: string): boolean {
	return /\b[1-9]\d* (?:tests? )?(?:failed|failing|failures?)\b|^not ok \d|^# fail [1-9]|\bFAILED\b|^FAIL\b/im.test(output);
}
