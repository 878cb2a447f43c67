import assert from 'node:assert/strict';
import type { CheckRun, SeenCheck } from '../../src/core/check';
import type { ToolCall } from '../../src/core/turn';
import { TurnObservation, type TurnObservationInput } from '../../src/core/turn';
import { checksOf } from '../../src/enrich/checks';
import { enrichTurn } from '../../src/enrich/enrichTurn';
import { confidenceOf } from '../../src/enrich/evidence';
import { fileChanges, type FileChange } from '../../src/enrich/fileChanges';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const ports = { hmac: (text: string) => text };
let calls = 0;
const call = (kind: ToolCall['kind'], second: number, more: Partial<ToolCall> = {}): ToolCall => ({
	id: `c${calls++}`,
	name: kind,
	kind,
	ok: true,
	at: at(second),
	...more,
});
const run = (command: string, second: number, ok?: boolean, output?: string): ToolCall =>
	call('run', second, { args: { command }, ok, ...(output !== undefined && { output }) });
const edit = { file_path: '/r/a.ts', before: 'a\n', after: 'b\n', whole: true, fidelity: 'recorded' } as const;
const turn = (tools: readonly ToolCall[], more: Partial<TurnObservationInput> = {}): TurnObservation =>
	TurnObservation.parse({
		...{ assistant: 'a', session_id: 's', turn_key: 'k', channel: 'transcript', started_at: at(0), ended_at: at(50), prompt: 'p', response: 'done' },
		tools,
		edits: [edit],
		...more,
	});
const terminal = (command: string, second: number, ok: boolean, more: Partial<CheckRun> = {}): CheckRun => ({
	...{ type: 'test', command, ok, via: 'terminal', at: at(second) },
	...more,
});

describe('checksOf', () => {
	it('finds the runs of the own tools with their counts, placed among the edits', () => {
		const checks = checksOf(
			turn([
				run('npm test', 1, false, '  3 passing\n  1 failing\n'),
				call('edit', 2),
				run('ls', 3, true),
				run('npx eslint .', 4, true),
				call('edit', 5),
				run('npm test | tail', 6, true, '  4 passing\n'),
			]),
			[],
		);
		assert.deepEqual(
			checks.map((check) => (check.type === 'diagnostics' ? [] : [check.type, check.stage, check.ok, check.passed, check.failed])),
			[
				['test', 'before', false, 3, 1],
				['lint', 'amid', true, undefined, undefined],
				['test', 'after', true, 4, 0],
			],
		);
	});

	it('believes the words of a runner whose status a pipe has swallowed', () => {
		const [check] = checksOf(turn([call('edit', 1), run('npx mocha | tail -3', 2, true, '  3 passing\n  1 failing\n')]), []);
		assert.ok(check?.type === 'test' && check.ok === false && check.failed === 1);
	});

	it('counts a run once that a terminal or a report tells too, and learns from it what the tool does not say', () => {
		const own = turn([call('edit', 1), run('cd web && npm test', 2)]);
		const checks = checksOf(own, [terminal('npm test', 9, false), terminal('npm test', 9, false, { via: 'report', passed: 8, failed: 2 })]);
		assert.deepEqual(
			checks.map((check) => (check.type === 'diagnostics' ? [] : [check.via, check.ok, check.passed, check.failed])),
			[['tool', false, 8, 2]],
		);
	});

	it('keeps a later run of the same command by a person', () => {
		const checks = checksOf(turn([call('edit', 1), run('npm test', 2, true)]), [terminal('npm test', 90, false, { by: 'person' })]);
		assert.deepEqual(
			checks.map((check) => (check.type === 'diagnostics' ? [] : [check.via, check.stage, check.ok])),
			[
				['tool', 'after', true],
				['terminal', 'after', false],
			],
		);
	});

	it('takes a run once that a task and a terminal told', () => {
		assert.equal(checksOf(turn([call('edit', 1)]), [terminal('npm test', 9, true, { via: 'task' }), terminal('npm test', 10, true)]).length, 1);
	});

	it('cannot place own runs among edits that no call made', () => {
		const [check] = checksOf(turn([run('npm test', 2, true)]), []);
		assert.ok(check?.type === 'test' && check.stage === 'none');
	});
});

/** What can differ between turns besides how the change ended. */
const sides: readonly (readonly Partial<TurnObservationInput>[])[] = [
	[{ prompt: 'fix' }, { prompt: 'Fix `parse` in src/a.ts, it drops the last line' }],
	[{ response: '' }, { response: 'Done.' }],
	[
		{ edits: [edit] },
		{ edits: [{ ...edit, before: null, fidelity: 'partial', kind: 'edit' }] },
		{ edits: Array.from({ length: 21 }, (_, n) => ({ ...edit, file_path: `/r/${n}.ts`, after: 'x\n'.repeat(60) })) },
		{ edits: [edit, { ...edit, file_path: '/r/b.ts', state: 'rejected' }] },
	],
	[{}, { model: 'm', branch: 'main', cwd: '/r' }],
];
const runs: readonly (readonly ToolCall[])[] = [
	[],
	[run('npx tsc', 30, true)],
	[run('npx tsc', 30, false)],
	[run('ls', 31, false), run('ls x', 32, false), run('ls y', 33, false)],
];
const diagnostics = (before: number, after: number): SeenCheck => ({
	...{ type: 'diagnostics', file_path: 'a.ts', errors: { before, after }, warnings: { before: 0, after: 0 }, at: at(40) },
});
const seen: readonly (readonly SeenCheck[])[] = [[], [diagnostics(0, 3)], [diagnostics(3, 0)]];
const edited = call('edit', 20);

type Ending = { readonly tools: readonly ToolCall[]; readonly seen: readonly SeenCheck[]; readonly undone?: boolean };
const endings: Readonly<Record<'bad' | 'untested' | 'green', readonly Ending[]>> = {
	bad: [
		{ tools: [edited, run('npm test', 35, false)], seen: [] },
		{ tools: [run('npm test', 1, true), edited, run('npm test', 35, true), run('npm test', 36, true, '1 failing')], seen: [] },
		{ tools: [edited], seen: [terminal('npm test', 70, false)] },
		{ tools: [edited], seen: [], undone: true },
		{ tools: [edited, run('npm test', 35, true)], seen: [], undone: true },
		{ tools: [edited, run('git checkout -- .', 36, true)], seen: [] },
	],
	untested: [
		{ tools: [edited], seen: [] },
		{ tools: [run('npm test', 1, true), edited], seen: [] },
		{ tools: [run('npm test', 1, false), edited], seen: [] },
	],
	green: [
		{ tools: [edited, run('npm test', 35, true)], seen: [] },
		{ tools: [run('npm test', 1, false), edited, run('npm test', 35, true, '5 passing')], seen: [] },
		{ tools: [edited, run('npm test', 34, false), run('npm test', 35, true)], seen: [] },
		{ tools: [edited], seen: [terminal('npm test', 70, true)] },
	],
};

const combined = sides.reduce<Partial<TurnObservationInput>[]>((all, side) => all.flatMap((one) => side.map((part) => ({ ...one, ...part }))), [{}]);

const changesOf = new Map<string, FileChange[]>();

function scores(endingsOf: readonly Ending[], more: Partial<TurnObservationInput> = {}): number[] {
	return combined.flatMap((side, place) =>
		endingsOf.flatMap((ending) => {
			const edits = turn([], { edits: (side.edits ?? []).map((one) => (ending.undone === true ? { ...one, state: 'undone' as const } : one)) }).edits;
			const key = `${place} ${String(ending.undone)}`;
			const changes = changesOf.get(key) ?? fileChanges(edits);
			changesOf.set(key, changes);
			return runs.flatMap((extra) => {
				const one = turn([...ending.tools, ...extra], { ...side, edits, ...more });
				return seen.map((checks) => confidenceOf({ turn: one, changes, checks: checksOf(one, [...ending.seen, ...checks]) }).score);
			});
		}),
	);
}

describe('confidence', () => {
	it('is lower for failed or reverted than for untested, and highest for tested changes, whatever else differs', () => {
		const [bad, untested, green] = [scores(endings.bad), scores(endings.untested), scores(endings.green)];
		assert.equal(bad.length, 6 * 2 * 2 * 4 * 2 * 4 * 3);
		assert.ok(Math.max(...bad) < Math.min(...untested), `${Math.max(...bad)} < ${Math.min(...untested)}`);
		assert.ok(Math.max(...untested) < Math.min(...green), `${Math.max(...untested)} < ${Math.min(...green)}`);
	});

	it('keeps that order among turns that were cancelled, and among those that failed', () => {
		for (const state of ['cancelled', 'failed', 'open'] as const) {
			const [bad, untested, green] = [scores(endings.bad, { state }), scores(endings.untested, { state }), scores(endings.green, { state })];
			assert.ok(Math.max(...bad) <= Math.min(...untested) && Math.max(...untested) < Math.min(...green), state);
			assert.ok(Math.max(...bad) < Math.max(...untested));
		}
	});

	it('is within 0 and 1', () => {
		const all = [undefined, 'cancelled', 'failed', 'open'] as const;
		for (const state of all)
			for (const score of Object.values(endings).flatMap((each) => scores(each, state === undefined ? {} : { state })))
				assert.ok(score >= 0 && score <= 1 && Number.isFinite(score));
	});

	it('rewards a test that failed before the change and passes after it', () => {
		const of = (ok: boolean): number => enrichTurn(turn([run('npm test', 1, ok), edited, run('npm test', 30, true)]), ports).confidence_score;
		assert.ok(of(false) > of(true));
	});

	it('is the sum of its parts, as richness is', () => {
		for (const ending of [...endings.untested, ...endings.green]) {
			const { confidence_score, confidence_parts, context_richness, richness_parts } = enrichTurn(turn([...ending.tools]), ports, ending.seen);
			const sum = (parts: typeof confidence_parts): number => Math.round(parts.reduce((total, { weight }) => total + weight, 0) * 100) / 100;
			assert.equal(sum(confidence_parts), confidence_score);
			assert.equal(sum(richness_parts), context_richness);
			assert.ok(confidence_parts.length >= 2 && richness_parts.length >= 5);
		}
	});

	it('falls when the edits came to nothing', () => {
		const back = { ...edit, before: 'b\n', after: 'a\n' };
		assert.ok(enrichTurn(turn([edited], { edits: [edit, back] }), ports).confidence_score < enrichTurn(turn([edited]), ports).confidence_score);
	});
});

describe('tool_sequence', () => {
	it('has one word for what the tools of all assistants do, and the own names of the others', () => {
		const tools: ToolCall[] = [
			{ id: '', name: 'Read', kind: 'read' },
			{ id: '', name: 'grep_search', kind: 'search' },
			{ id: '', name: 'apply_patch', kind: 'edit' },
			{ id: '', name: 'Write', kind: 'create' },
			{ id: '', name: 'rm', kind: 'delete' },
			{ id: '', name: 'exec_command', kind: 'run' },
			{ id: '', name: 'Task', kind: 'agent' },
			{ id: '', name: 'WebFetch', kind: 'web' },
			{ id: '', name: 'mcp__github__list', kind: 'mcp' },
			{ id: '', name: 'TodoWrite', kind: 'other' },
		];
		assert.equal(
			enrichTurn(turn(tools), ports).tool_sequence,
			'read_file→search→edit_file→create_file→delete_file→run_terminal_cmd→run_subagent→web_search→mcp__github__list→TodoWrite',
		);
	});
});
