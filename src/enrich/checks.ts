import type { CheckRun, SeenCheck, Stage, TurnCheck } from '../core/check';
import { checkTypeOf } from '../core/checkCommand';
import type { ToolCall, TurnObservation } from '../core/turn';
import { testCounts } from './testCounts';

type Turn = Omit<TurnObservation, 'channel' | 'images'>;
type TurnRun = Exclude<TurnCheck, { type: 'diagnostics' }>;

/**
 * The checks of a turn in the order of their times: those that its own tools ran, and of what others saw (`seen`, all within the
 * turn's time) what its tools do not tell. A run that both tell is one: the tool's, with what only the other one knows.
 */
export function checksOf(turn: Turn, seen: readonly SeenCheck[]): TurnCheck[] {
	const tools = turn.tools.map((tool, index) => ({ ...tool, at: tool.at ?? later(turn.started_at, index) }));
	const edited = editedSpan(turn, tools);
	const own = tools.flatMap((tool, index): OwnRun[] => {
		const run = runOf(tool);
		return run === undefined ? [] : [{ run: { ...run, stage: stageOf(index, edited) }, until: later(tools[index + 1]?.at ?? turn.ended_at ?? tool.at, slack) }];
	});
	const others = distinct(seen).filter((check) => check.type === 'diagnostics' || !absorbed(own, check));
	const placed = others.map((check) => (check.type === 'diagnostics' ? check : { ...check, stage: stageAt(check.at, edited) }));
	return [...own.map(({ run }) => run), ...placed].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What a tool call's own record may be late by, in milliseconds. */
const slack = 5_000;

interface OwnRun {
	run: TurnRun;
	/** When the command had ended at the latest. */
	readonly until: string;
}

function runOf(tool: ToolCall & { at: string }): Omit<TurnRun, 'stage'> | undefined {
	const command = commandOf(tool);
	const type = tool.kind !== 'run' ? undefined : /^run_?tests?$/i.test(tool.name) ? ('test' as const) : checkTypeOf(command);
	if (type === undefined) return undefined;
	const output = tool.output ?? '';
	const counts = type === 'test' ? testCounts(output) : undefined;
	const ok = tool.ok === undefined ? undefined : tool.ok && (counts?.failed ?? 0) === 0 && !reportsFailure(output);
	return {
		type,
		command: command === '' ? tool.name : command,
		...(ok !== undefined && { ok }),
		...counts,
		via: 'tool',
		by: 'agent',
		at: tool.at,
		...(tool.id !== '' && { tool_id: tool.id }),
	};
}

const commandNames = ['command', 'cmd', 'commandLine', 'commands', 'script'] as const;

/** The command of a call of a shell; '' where its arguments have none. */
export function commandOf(tool: Pick<ToolCall, 'args'>): string {
	if (typeof tool.args === 'string') return tool.args;
	if (typeof tool.args !== 'object' || tool.args === null) return '';
	for (const name of commandNames) {
		const value: unknown = Reflect.get(tool.args, name);
		if (typeof value === 'string') return value;
		if (Array.isArray(value)) return value.map(String).join(' ');
	}
	return '';
}

/** Some runners leave with 0 behind a pipe; their words tell. */
function reportsFailure(output: string): boolean {
	return /\b[1-9]\d* (?:tests? )?(?:failed|failing|failures?)\b|^not ok \d|^# fail [1-9]|\bFAILED\b|^FAIL\b/m.test(output);
}

/** First and last tool that edited, by place and by time. */
interface Span {
	/** False when no call made the edits, so that calls cannot be placed among them. */
	readonly byTools: boolean;
	readonly first: number;
	readonly last: number;
	readonly from: string;
	readonly until: string;
}

function editedSpan(turn: Turn, tools: readonly (ToolCall & { at: string })[]): Span | undefined {
	const ids = new Set(turn.edits.flatMap((edit) => (edit.tool_id !== undefined && edit.state === 'applied' ? [edit.tool_id] : [])));
	const isEdit = (tool: ToolCall): boolean => (tool.ok !== false && ['edit', 'create', 'delete'].includes(tool.kind)) || (tool.id !== '' && ids.has(tool.id));
	const first = tools.findIndex(isEdit);
	const last = tools.findLastIndex(isEdit);
	const [from, until] = [tools[first]?.at, tools[last]?.at];
	if (from !== undefined && until !== undefined) return { byTools: true, first, last, from, until };
	// Edits that no call made: all that is known of their time is that of the turn.
	const end = turn.ended_at ?? turn.started_at;
	return turn.edits.some((edit) => edit.state === 'applied') ? { byTools: false, first, last, from: turn.started_at, until: end } : undefined;
}

function stageOf(index: number, edited: Span | undefined): Stage {
	if (!edited?.byTools) return 'none';
	return index < edited.first ? 'before' : index < edited.last ? 'amid' : 'after';
}

function stageAt(at: string, edited: Span | undefined): Stage {
	if (edited === undefined) return 'none';
	return at < edited.from ? 'before' : at < edited.until ? 'amid' : 'after';
}

/** Gives a tool's run what a terminal or a report knows of the same run. True when there is such a run. */
function absorbed(own: OwnRun[], check: CheckRun): boolean {
	const same = own.find(({ run, until }) => sameCommand(run.command, check.command) && check.at >= later(run.at, -slack) && check.at <= until);
	if (same === undefined) return false;
	const { ok, passed, failed, skipped } = { ...check, ...same.run };
	same.run = {
		...same.run,
		...(ok !== undefined && { ok }),
		...(passed !== undefined && { passed }),
		...(failed !== undefined && { failed }),
		...(skipped !== undefined && { skipped }),
	};
	return true;
}

/** An editor may tell one run twice, as a task and as a terminal's command; the one that knows more stands. */
function distinct(seen: readonly SeenCheck[]): SeenCheck[] {
	const kept: SeenCheck[] = [];
	const byKnowledge = [...seen].sort((a, b) => known(b) - known(a) || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
	for (const check of byKnowledge) {
		const twin = kept.some((other) => {
			if (check.type === 'diagnostics' || other.type === 'diagnostics') return false;
			return other.via !== check.via && sameCommand(other.command, check.command) && Math.abs(Date.parse(other.at) - Date.parse(check.at)) <= slack;
		});
		if (!twin) kept.push(check);
	}
	return kept;
}

function known(check: SeenCheck): number {
	return check.type === 'diagnostics' ? 0 : Number(check.ok !== undefined) + Number(check.passed !== undefined) + Number(check.failed !== undefined);
}

/** The same words, or one command within the other, as where a shell was told to change the folder first. */
function sameCommand(a: string, b: string): boolean {
	const [one, other] = [a, b].map((command) => command.replace(/\s+/g, ' ').trim());
	return one !== undefined && other !== undefined && one !== '' && other !== '' && (one.includes(other) || other.includes(one));
}

function later(instant: string, milliseconds: number): string {
	return new Date(Date.parse(instant) + milliseconds).toISOString();
}
