import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { codex } from '../../../src/capture/chat/codex';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { survivesDamage } from './damage';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root, type Expected } from './recorded';

const scripts = ['fix-sum', 'two-turns', 'api-error', 'fix-sum-script', 'two-turns-script'];
const recording = (script: string): string => join(fixtures, 'codex', script, 'session.jsonl');

describe('codex', () => {
	for (const script of scripts) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(codex, recording(script));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`codex/${script}`));
			for (const turn of turns) {
				assert.equal(turn.cwd, root);
				assert.equal(turn.branch, 'main');
				assert.equal(turn.source_version, '0.169.0');
				assert.match(turn.model ?? '', /^gpt-/);
			}
			assert.match(turns[0]?.commit_sha ?? '', /^[0-9a-f]{40}$/);
		});

		it(`names turns and calls of ${script} as its hooks do`, async () => {
			const hooks = readFileSync(join(fixtures, 'codex', script, 'hooks.jsonl'), 'utf8')
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as { hook_event_name: string; session_id: string; turn_id?: string; prompt?: string; tool_use_id?: string });
			const { turns } = await readAll(codex, recording(script));
			assert.deepEqual(
				turns.map((turn) => [turn.session_id, turn.turn_key, turn.prompt]),
				hooks.filter((hook) => hook.hook_event_name === 'UserPromptSubmit').map((hook) => [hook.session_id, hook.turn_id, hook.prompt]),
			);
			const ids = new Set(turns.flatMap((turn) => turn.tools.map((tool) => tool.id)));
			for (const hook of hooks.filter((one) => one.hook_event_name === 'PostToolUse')) assert.ok(ids.has(hook.tool_use_id ?? ''));
		});
	}

	it('reads a recorded sub-agent as a turn under the one that started it', async () => {
		const [main] = (await readAll(codex, recording('subagent-script'))).turns;
		const { turns, unknown } = await readAll(codex, join(fixtures, 'codex/subagent-script/agent.jsonl'));
		assert.ok(main);
		assert.deepEqual(unknown, []);
		assertTurns([main], expectedOf('codex/subagent-script'));
		const file = readFileSync(join(fixtures, 'codex/subagent-script/expected.json'), 'utf8');
		// What an agent is asked to do is encrypted; only the task's name can be told.
		assertTurns(turns, (JSON.parse(file) as { subagent: { turns: Expected[] } }).subagent.turns);
		const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
		assert.equal(turns[0]?.parent_turn_id, turnId(sha, 'codex', main.session_id, main.turn_key));
	});

	it('keeps what is recorded apart from what only the patch says', async () => {
		const { turns } = await readAll(codex, recording('two-turns'));
		assert.deepEqual(
			turns.map((turn) => turn.edits.map((edit) => [edit.kind, edit.fidelity, edit.whole])),
			// The second turn adds over a file that the first one read: its old text is not recorded.
			[
				[
					['edit', 'recorded', false],
					['edit', 'recorded', false],
				],
				[['edit', 'partial', true]],
			],
		);
	});

	it('finds rollouts of every day, the ones put away, and packed ones', async () => {
		await inFolder(async (home) => {
			const day = join(home, '.codex/sessions/2026/11/23');
			const away = join(home, '.codex/archived_sessions');
			for (const folder of [day, away]) mkdirSync(folder, { recursive: true });
			copyFileSync(recording('fix-sum'), join(day, 'rollout-2026-11-23T17-00-00-01a20959-a14c-7810-a9d4-d412473dc71c.jsonl'));
			copyFileSync(recording('two-turns'), join(away, 'rollout-2026-11-22T17-00-00-01a20959-a14c-7810-a9d4-d412473dc71d.jsonl'));
			writeFileSync(join(day, 'rollout-2026-11-23T18-00-00-01a20959-a14c-7810-a9d4-d412473dc71e.jsonl.zst'), 'packed');
			writeFileSync(join(day, 'notes.jsonl'), '{}');
			const refs = await codex.find({ home, platform: 'linux', env: {} });
			assert.deepEqual(
				refs.map((ref) => ref.cwd),
				[root, undefined, root],
			);
			assert.equal(refs[1]?.session_id, '01a20959-a14c-7810-a9d4-d412473dc71e');
			assert.equal(refs[0]?.session_id, (await readAll(codex, refs[0]?.path ?? '')).turns[0]?.session_id);
			assert.equal((await codex.find({ home: '/nowhere', platform: 'win32', env: { CODEX_HOME: join(home, '.codex') } })).length, 3);
			assert.deepEqual(await codex.find({ home: join(home, 'nobody'), platform: 'darwin', env: {} }), []);
		});
	});

	it('unpacks a packed rollout where Node can, and otherwise says that it cannot', async () => {
		const pack: unknown = Reflect.get(zlib, 'zstdCompressSync');
		const text = readFileSync(recording('fix-sum'));
		const name = 'rollout-2026-11-23T18-00-00-01a20959-a14c-7810-a9d4-d412473dc71e.jsonl.zst';
		const packed: unknown = typeof pack === 'function' ? Reflect.apply(pack, undefined, [text]) : Buffer.from('packed');
		assert.ok(Buffer.isBuffer(packed));
		const { turns, unknown } = await readText(codex, name, packed);
		if (typeof pack === 'function') assert.deepEqual(turns, (await readAll(codex, recording('fix-sum'))).turns);
		else assert.deepEqual([turns, unknown], [[], ['zst:this Node cannot unpack it']]);
		const damaged = await readText(codex, name, 'no zstandard');
		assert.equal(damaged.unknown.length, 1);
		assert.match(damaged.unknown[0] ?? '', /^zst:/);
	});
});

/** A rollout put together of single lines, for what older versions wrote. */
function rollout(...parts: [type: string, payload: unknown][]): string {
	return parts
		.map(([type, payload], place) => JSON.stringify({ timestamp: new Date(1_780_000_000_000 + place * 1_000).toISOString(), type, payload }))
		.join('\n')
		.concat('\n');
}
const meta = (more: object = {}): [string, unknown] => [
	'session_meta',
	{ id: 's', timestamp: '2026-05-28T20:26:40.000Z', cwd: '/w', cli_version: '0.58.0', ...more },
];
const event = (type: string, more: object = {}): [string, unknown] => ['event_msg', { type, ...more }];
const part = (type: string, more: object): [string, unknown] => ['response_item', { type, ...more }];
const item = (turn_id: string, type: string, more: object): [string, unknown] => event('item_completed', { thread_id: 's', turn_id, item: { type, ...more } });
const read = async (...parts: [string, unknown][]): Promise<TurnObservation[]> => (await readText(codex, 'rollout-x.jsonl', rollout(...parts))).turns;

const patch = '*** Begin Patch\n*** Update File: a.ts\n@@\n-old\n+new\n*** Add File: b.ts\n+hello\n*** Delete File: c.ts\n*** End Patch\n';
const patched = [
	['/w/a.ts', 'edit', 'old', 'new', 'arguments'],
	['/w/b.ts', 'create', null, 'hello\n', 'arguments'],
	['/w/c.ts', 'delete', null, null, 'partial'],
];
const shown = (turn: TurnObservation | undefined): unknown =>
	turn?.edits.map(({ file_path, kind, before, after, fidelity }) => [file_path, kind, before, after, fidelity]);

describe('codex, rollouts of every age', () => {
	it('takes patches from all three forms of the call', async () => {
		const forms = [
			part('function_call', {
				name: 'shell',
				arguments: JSON.stringify({ command: ['bash', '-lc', `apply_patch <<'EOF'\n${patch}EOF\n`], workdir: '/w' }),
				call_id: '1',
			}),
			part('function_call', { name: 'apply_patch', arguments: JSON.stringify({ input: patch }), call_id: '1' }),
			part('function_call', { name: 'exec_command', arguments: JSON.stringify({ cmd: `cd . && apply_patch <<'EOF'\n${patch}EOF` }), call_id: '1' }),
			part('custom_tool_call', { name: 'apply_patch', input: patch, call_id: '1' }),
		];
		for (const form of forms) {
			const output = (text: string): [string, unknown] => part('function_call_output', { call_id: '1', output: text });
			const done = output('{"output":"Success. Updated the following files:","metadata":{"exit_code":0}}');
			const [turn] = await read(meta(), event('user_message', { message: 'Do' }), form, done);
			assert.deepEqual(shown(turn), patched);
			assert.equal(turn?.tools[0]?.kind, 'edit');
			assert.equal(turn.tools[0].output, 'Success. Updated the following files:');
			const [failed] = await read(meta(), event('user_message', { message: 'Do' }), form, output('{"output":"no","metadata":{"exit_code":1}}'));
			assert.deepEqual([failed?.edits, failed?.tools[0]?.ok], [[], false]);
			const [pending] = await read(meta(), event('user_message', { message: 'Do' }), form);
			assert.deepEqual([pending?.edits, pending?.tools[0]?.ok, pending?.state], [[], undefined, 'open']);
		}
	});

	it('leaves out a script that still runs: its actions are yet to be recorded', async () => {
		const lines = [
			event('task_started', { turn_id: 't' }),
			event('user_message', { message: 'Do' }),
			part('custom_tool_call', { name: 'exec', input: 'text(1)', call_id: '1' }),
		];
		const tools = async (...more: [string, unknown][]) => (await read(meta(), ...lines, ...more))[0]?.tools.map(({ name, ok }) => [name, ok]);
		assert.deepEqual(await tools(), []);
		const action = event('exec_command_end', { call_id: 'exec-1', turn_id: 't', exit_code: 0, aggregated_output: 'ok', status: 'completed' });
		assert.deepEqual(await tools(action), [['exec_command', true]]);
		assert.deepEqual(await tools(part('custom_tool_call_output', { call_id: '1', output: '1' })), [['exec', true]]);
		assert.deepEqual(await tools(event('turn_aborted', { turn_id: 't', reason: 'interrupted' })), [['exec', undefined]]);
	});

	it('takes a call that Codex does not support for one that failed', async () => {
		const lines = [
			event('task_started', { turn_id: 't' }),
			event('user_message', { message: 'Do' }),
			part('function_call', { name: 'wait', arguments: '{}', call_id: '1' }),
			part('function_call_output', { call_id: '1', output: 'unsupported call: wait' }),
			part('custom_tool_call', { name: 'draw', input: 'x', call_id: '2' }),
			part('custom_tool_call_output', { call_id: '2', output: 'unsupported custom tool call: draw' }),
		];
		const [turn] = await read(meta(), ...lines);
		assert.deepEqual(
			turn?.tools.map(({ name, ok }) => [name, ok]),
			[
				['wait', false],
				['draw', false],
			],
		);
	});

	it('prefers the recorded changes to the asked ones, and joins them by the call', async () => {
		const [turn] = await read(
			meta(),
			event('task_started', { turn_id: 't' }),
			event('user_message', { message: 'Do' }),
			part('custom_tool_call', { name: 'apply_patch', input: patch, call_id: '1' }),
			event('patch_apply_end', {
				call_id: '1',
				turn_id: 't',
				success: true,
				stdout: 'Done',
				changes: {
					'/w/a.ts': { type: 'update', unified_diff: '@@ -1,2 +1,2 @@\n-old\n+newer\n b\n@@ -9,0 +10,1 @@\n+end\n', move_path: 'd.ts' },
					'/w/c.ts': { type: 'delete', content: 'gone' },
				},
			}),
			part('custom_tool_call_output', { call_id: '1', output: 'Exit code: 0' }),
			part('function_call', { name: 'exec_command', arguments: '{"cmd":"false"}', call_id: '2' }),
			event('exec_command_end', { call_id: '2', turn_id: 't', exit_code: 1, aggregated_output: 'bad', status: 'failed' }),
			event('agent_message', { message: 'Done.' }),
			part('message', { role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] }),
			event('task_complete', { turn_id: 't', last_agent_message: 'Done.' }),
		);
		assert.deepEqual(shown(turn), [
			['/w/d.ts', 'rename', 'old\nb', 'newer\nb', 'recorded'],
			['/w/d.ts', 'rename', '', 'end', 'recorded'],
			['/w/c.ts', 'delete', 'gone', null, 'recorded'],
		]);
		assert.deepEqual(
			turn?.tools.map((tool) => [tool.id, tool.ok, tool.output]),
			[
				['1', true, 'Done'],
				['2', false, 'bad'],
			],
		);
		assert.deepEqual([turn.turn_key, turn.response, turn.state, turn.edits[0]?.renamed_from], ['t', 'Done.', 'complete', '/w/a.ts']);
	});

	it('opens a turn for each prompt where turns have no ids, and adds to the running one where they have', async () => {
		const old = await read(
			meta(),
			['turn_context', { cwd: '/w', model: 'gpt-5' }],
			event('user_message', { message: 'One' }),
			event('agent_message', { message: 'First' }),
			event('user_message', { message: 'Two' }),
		);
		assert.deepEqual(
			old.map((turn) => [turn.turn_key, turn.prompt, turn.response, turn.state, turn.model]),
			[
				['prompt-1', 'One', 'First', 'complete', 'gpt-5'],
				['prompt-2', 'Two', '', 'open', 'gpt-5'],
			],
		);
		const named = await read(
			meta(),
			event('task_started', { turn_id: 't' }),
			event('user_message', { message: 'One' }),
			event('user_message', { message: 'And this' }),
			event('turn_aborted', { turn_id: 't', reason: 'interrupted' }),
			event('task_started', { turn_id: 'u' }),
			event('user_message', { message: 'Two' }),
			event('error', { message: 'no quota' }),
			event('task_complete', { turn_id: 'u', last_agent_message: null }),
		);
		assert.deepEqual(
			named.map((turn) => [turn.turn_key, turn.prompt, turn.state]),
			[
				['t', 'One\n\nAnd this', 'cancelled'],
				['u', 'Two', 'failed'],
			],
		);
	});

	it('leaves out what the editor and the program put into a prompt', async () => {
		const [turn] = await read(
			meta(),
			part('message', { role: 'user', content: [{ type: 'input_text', text: '<environment_context>x</environment_context>' }] }),
			event('user_message', { message: '# Context from my IDE setup:\n\n## Open tabs:\n- a.ts\n\n## My request for Codex:\nFix it\n', images: ['data:'] }),
		);
		assert.equal(turn?.prompt, 'Fix it\n[image]');
	});

	it('reports the parent’s turns of a fork under the parent', async () => {
		// The first id was made before the file, the second one after.
		const before = '019e0000-0000-7000-8000-000000000000';
		const after = '01aaaaaa-0000-7000-8000-000000000000';
		const turns = await read(
			meta({ forked_from_id: 'parent' }),
			['session_meta', { id: 'parent', cwd: '/elsewhere' }],
			event('task_started', { turn_id: before }),
			event('user_message', { message: 'Old' }),
			event('task_started', { turn_id: after }),
			event('user_message', { message: 'New' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.session_id, turn.prompt, turn.cwd]),
			[
				['parent', 'Old', '/w'],
				['s', 'New', '/w'],
			],
		);
	});

	it('hangs a sub-agent under the turn that started it', async () => {
		const [turn] = await read(
			meta({ source: { subagent: { thread_spawn: { parent_thread_id: 'p', depth: 1 } } } }),
			event('task_started', { turn_id: 't', turn_attribution: { parent_turn_id: 'pt' } }),
			item('t', 'UserMessage', { id: '1', content: [{ type: 'text', text: 'Sub task' }] }),
			item('t', 'McpToolCall', {
				id: '2',
				server: 'docs',
				tool: 'find',
				arguments: { q: 1 },
				status: 'completed',
				result: { content: [{ type: 'text', text: 'hit' }] },
			}),
			item('t', 'FileChange', { id: '3', status: 'declined', changes: { 'x.ts': { type: 'add', content: 'x' } } }),
		);
		const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
		assert.equal(turn?.parent_turn_id, turnId(sha, 'codex', 'p', 'pt'));
		assert.deepEqual(
			turn.tools.map((tool) => [tool.name, tool.kind, tool.ok, tool.output]),
			[
				['mcp__docs__find', 'mcp', true, 'hit'],
				['apply_patch', 'create', false, ''],
			],
		);
		assert.deepEqual([turn.edits[0]?.state, turn.edits[0]?.file_path], ['rejected', '/w/x.ts']);
	});

	it('counts what it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readText(
			codex,
			'rollout-x.jsonl',
			rollout(
				meta(),
				event('user_message', { message: 'Hi' }),
				['brand-new', {}],
				event('party'),
				part('hologram', {}),
				item('prompt-1', 'Dance', { id: '1' }),
				part('function_call', { name: 'shell', arguments: JSON.stringify({ command: ['x'.repeat(9_000)] }), call_id: '1' }),
				part('function_call_output', { call_id: '1', output: 'y'.repeat(9_000) }),
			),
		);
		assert.deepEqual(unknown, ['line:brand-new', 'event:party', 'response:hologram', 'item:Dance']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});

describe('codex, damaged rollouts', () => {
	survivesDamage(codex, 'rollout-x.jsonl', readFileSync(recording('two-turns'), 'utf8'));
});
