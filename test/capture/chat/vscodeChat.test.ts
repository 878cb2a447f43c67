import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { vscodeChat } from '../../../src/capture/chat/vscodeChat';
import { OperationLog } from '../../../src/capture/chat/vscodeLog';
import type { TurnObservation } from '../../../src/core/turn';
import { readAll, readText } from './reading';

const user = join(__dirname, '../../fixtures/vscode-chat/User');
const basic = join(user, 'workspaceStorage/basic/chatSessions/24fffd3f-d766-42f3-86f8-f98524e6e2cb.jsonl');
const explore = join(user, 'workspaceStorage/explore/chatSessions/944c52fc-32cd-4530-b374-2209b2a3c78f.jsonl');
const empty = join(user, 'globalStorage/emptyWindowChatSessions/c4fd0593-4e26-4a6c-aad0-b0036f728971.jsonl');

describe('vscodeChat', () => {
	it('reads the recorded basic turn', async () => {
		const { turns, unknown } = await readAll(vscodeChat, basic);
		const [turn] = turns;
		assert.ok(turn);
		assert.deepEqual(unknown, []);
		assert.equal(turns.length, 1);
		assert.equal(turn.prompt, 'Fix add() in src/a.js');
		assert.equal(turn.response, 'I will read the file. Now the fix. Done: add now adds.');
		assert.equal(turn.state, 'complete');
		assert.equal(turn.model, 'scripted');
		assert.equal(turn.cwd, '/home/dev/demo');
		assert.equal(turn.turn_key, 'request_85529c10-a258-433c-abb6-ff15ec358592');
		assert.equal(turn.source_version, '0.67.0');
		assert.deepEqual(
			turn.tools.map((tool) => [tool.id, tool.name, tool.kind, tool.ok]),
			[
				['call_2_0', 'read_file', 'read', true],
				['call_3_0', 'replace_string_in_file', 'edit', true],
			],
		);
		assert.match(turn.tools[0]?.output ?? '', /return a - b/);
		assert.deepEqual(turn.edits, [
			{
				file_path: '/home/dev/demo/src/a.js',
				kind: 'edit',
				before: '  return a - b;',
				after: '  return a + b;',
				whole: false,
				fidelity: 'arguments',
				tool_id: 'call_3_0',
				state: 'applied',
			},
		]);
	});

	it('takes whole files from the editing session, one step for each call', async () => {
		const { turns } = await readAll(vscodeChat, explore);
		const turn = turns.at(-1);
		assert.ok(turn);
		assert.deepEqual(
			turn.edits.map((edit) => [edit.file_path, edit.kind, edit.before, edit.after, edit.whole, edit.fidelity, edit.tool_id]),
			[
				[
					'/home/dev/demo/src/a.js',
					'edit',
					'function add(a, b) {\n  return a - b;\n}\n\nmodule.exports = { add };\n',
					'function add(a, b) {\n  return a + b;\n}\n\nmodule.exports = { add };\n',
					true,
					'recorded',
					'call_4_0',
				],
				['/home/dev/demo/src/b.js', 'create', null, 'const { add } = require("./a");\nconsole.log(add(1, 2));\n', true, 'recorded', 'call_5_0'],
			],
		);
		assert.deepEqual(
			turn.tools.map((tool) => [tool.name, tool.ok]),
			[
				['read_file', true],
				['replace_string_in_file', true],
				['create_file', true],
				['run_in_terminal', true],
				['insert_edit_into_file', false],
			],
		);
		assert.equal(turn.tools[3]?.output, '3\ngit version 2.39.5');
	});

	it('finds sessions with and without a folder', async () => {
		const refs = await vscodeChat.find({ home: '/nowhere', platform: 'linux', env: { CODELEARN_VSCODE_USER_DIR: user } });
		const found = refs.filter(({ path }) => !path.includes('workspaceStorage/agent')); // those have a test of their own
		assert.deepEqual(found.map((ref) => [ref.path, ref.cwd]).sort(), [
			[empty, undefined],
			[basic, '/home/dev/demo'],
			[explore, undefined],
		]);
		assert.deepEqual(await vscodeChat.find({ home: '/nowhere', platform: 'darwin', env: {} }), []);
	});

	it('reads the older form, one JSON for all, to the same turns', async () => {
		const log = new OperationLog();
		for (const line of readFileSync(explore, 'utf8').trim().split('\n')) assert.ok(log.apply(JSON.parse(line)));
		const old = await readText(vscodeChat, '944c52fc-32cd-4530-b374-2209b2a3c78f.json', JSON.stringify(log.state));
		const now = await readAll(vscodeChat, explore);
		const shown = (turns: TurnObservation[]): unknown => turns.map(({ edits, ...turn }) => [turn, edits.map((edit) => edit.file_path)]);
		assert.deepEqual(shown(old.turns), shown(now.turns));
		// Away from its editing session only the arguments are left.
		assert.deepEqual([...new Set(old.turns.flatMap((turn) => turn.edits.map((edit) => edit.fidelity)))], ['arguments']);
	});
});

/** A session with the given requests, written as one JSON. */
const session = async (...requests: object[]): Promise<TurnObservation[]> =>
	(await readText(vscodeChat, 's.json', JSON.stringify({ version: 3, sessionId: 's', creationDate: 1_767_225_600_000, requests }))).turns;
const request = (id: string, more: object): object => ({
	requestId: id,
	timestamp: 1_767_225_600_000,
	message: { text: `prompt ${id}` },
	response: [],
	...more,
});
const round = (name: string, args: object, id = 'c1__vscode-1'): object => ({ response: '', toolCalls: [{ id, name, arguments: JSON.stringify(args) }] });

describe('vscodeChat, requests of every kind', () => {
	it('tells how a request ended', async () => {
		const turns = await session(
			request('a', { modelState: { value: 0 } }),
			request('b', { modelState: { value: 1, completedAt: 1_767_225_605_000 } }),
			request('c', { modelState: { value: 2 } }),
			request('d', { modelState: { value: 3 } }),
			request('e', { isCanceled: true, result: {} }),
			request('f', { result: { errorDetails: { message: 'no quota' } } }),
			request('g', { result: {} }),
		);
		assert.deepEqual(
			turns.map((turn) => turn.state),
			['open', 'complete', 'cancelled', 'failed', 'cancelled', 'failed', 'complete'],
		);
		assert.equal(turns[1]?.ended_at, '2026-01-01T00:00:05.000Z');
	});

	it('drops a failed try that the editor repeated by itself, and keeps one that had done something', async () => {
		const same = { message: { text: 'same' } };
		const answer = { response: [{ value: 'Half an answer' }] };
		const turns = await session(
			request('a', { ...same, modelState: { value: 3 } }),
			request('b', { ...same, ...answer, modelState: { value: 3 } }),
			request('c', { ...same, modelState: { value: 1 } }),
		);
		assert.deepEqual(
			turns.map((turn) => turn.turn_key),
			['b', 'c'],
		);
	});

	it('adds a request that the editor made by itself to the turn before', async () => {
		const turns = await session(request('a', { response: [{ value: 'One' }] }), request('b', { isSystemInitiated: true, response: [{ value: 'Two' }] }));
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.response]),
			[['a', 'One\n\nTwo']],
		);
	});

	it('reads patches into one edit for each place, with created, deleted and moved files', async () => {
		const input = [
			'*** Begin Patch',
			'*** Update File: /w/a.ts',
			'@@ function a',
			' keep',
			'-old',
			'+new',
			'@@',
			'-x',
			'+y',
			'*** Add File: /w/b.ts',
			'+first',
			'+second',
			'*** Delete File: /w/c.ts',
			'*** Update File: /w/d.ts',
			'*** Move to: /w/e.ts',
			'@@',
			'-1',
			'+2',
			'*** End Patch',
		].join('\n');
		const [turn] = await session(request('a', { result: { metadata: { toolCallRounds: [round('apply_patch', { input })] } } }));
		assert.deepEqual(
			turn?.edits.map(({ file_path, kind, before, after, renamed_from }) => [file_path, kind, before, after, renamed_from]),
			[
				['/w/a.ts', 'edit', 'keep\nold', 'keep\nnew', undefined],
				['/w/a.ts', 'edit', 'x', 'y', undefined],
				['/w/b.ts', 'create', null, 'first\nsecond\n', undefined],
				['/w/c.ts', 'delete', null, null, undefined],
				['/w/e.ts', 'rename', '1', '2', '/w/d.ts'],
			],
		);
	});

	it('joins old calls by name and order, past the helpers that the editor adds', async () => {
		const part = (toolCallId: string, toolId: string, more: object = {}): object => ({
			kind: 'toolInvocationSerialized',
			toolCallId,
			toolId,
			isComplete: true,
			...more,
		});
		const [turn] = await session(
			request('a', {
				response: [
					part('11111111-0000-0000-0000-000000000001', 'copilot_readFile'),
					part('11111111-0000-0000-0000-000000000002', 'vscode_editFile_internal'),
					part('11111111-0000-0000-0000-000000000003', 'copilot_replaceString', { isConfirmed: { type: 0 } }),
					part('11111111-0000-0000-0000-000000000004', 'run_in_terminal', {
						toolSpecificData: { kind: 'terminal', commandLine: { original: 'false' }, terminalCommandState: { exitCode: 1 } },
					}),
				],
				result: {
					metadata: {
						toolCallRounds: [round('read_file', {}, 'x1'), round('replace_string_in_file', { filePath: '/w/a', oldString: 'a', newString: 'b' }, 'x2')],
					},
				},
			}),
		);
		assert.deepEqual(
			turn?.tools.map((tool) => [tool.id, tool.name, tool.ok, tool.args]),
			[
				['x1', 'read_file', true, {}],
				['x2', 'replace_string_in_file', false, { filePath: '/w/a', oldString: 'a', newString: 'b' }],
				['11111111-0000-0000-0000-000000000004', 'run_in_terminal', false, { command: 'false' }],
			],
		);
		assert.deepEqual(
			turn.edits.map((edit) => [edit.state, edit.tool_id, edit.before, edit.after]),
			[['rejected', 'x2', 'a', 'b']],
		);
	});

	it('keeps only the new text of an edit that nothing explains', async () => {
		const edits = [[{ text: 'new', range: { startLineNumber: 1, startColumn: 1, endLineNumber: 1, endColumn: 4 } }], []];
		const [turn] = await session(
			request('a', {
				response: [
					{ value: '```' },
					{ kind: 'textEditGroup', uri: { path: '/w/a.ts' }, edits },
					{ kind: 'inlineReference', inlineReference: { path: '/w/a.ts' } },
				],
			}),
		);
		assert.deepEqual(
			turn?.edits.map((edit) => [edit.before, edit.after, edit.fidelity]),
			[[null, 'new', 'partial']],
		);
		assert.equal(turn.response, 'a.ts');
	});
});

describe('OperationLog', () => {
	it('cuts a list at the index before it pushes', () => {
		const log = new OperationLog();
		for (const line of [
			{ kind: 0, v: { list: [1, 2, 3], gone: 1 } },
			{ kind: 2, k: ['list'], i: 1, v: [9, 8] },
			{ kind: 2, k: ['fresh'], v: ['a'] },
			{ kind: 1, k: ['list', 0], v: 7 },
			{ kind: 3, k: ['gone'] },
			{ kind: 2, k: ['list'], i: 2 },
		])
			assert.ok(log.apply(line));
		assert.deepEqual(log.state, { list: [7, 9], fresh: ['a'] });
	});

	it('refuses what would harm: other objects’ prototypes and mad indexes', () => {
		const log = new OperationLog();
		log.apply({ kind: 0, v: { list: [] } });
		assert.equal(log.apply({ kind: 1, k: ['__proto__', 'polluted'], v: true }), false);
		assert.equal(log.apply({ kind: 1, k: ['list', 4_000_000_000], v: 1 }), false);
		assert.equal(log.apply({ kind: 1, k: ['missing', 'deep'], v: 1 }), false);
		assert.equal(Reflect.get({}, 'polluted'), undefined);
	});
});

describe('vscodeChat, damaged sessions', () => {
	const recorded = readFileSync(explore);

	it('never throws on a cut file, and keeps turns that were whole', async () => {
		const whole = await readText(vscodeChat, 's.jsonl', recorded);
		for (let part = 0; part <= 50; part += 1) {
			const { turns, unknown } = await readText(vscodeChat, 's.jsonl', recorded.subarray(0, Math.floor((recorded.length * part) / 50)));
			assert.deepEqual(unknown, []);
			const [first] = turns;
			if (turns.length === 2) assert.deepEqual(first, whole.turns[0]);
		}
		await readText(vscodeChat, 's.json', recorded.subarray(0, 5_000));
	});

	it('never throws, whatever the lines say', async () => {
		const lines = recorded.toString('utf8').trimEnd().split('\n');
		const operation = fc
			.record({
				kind: fc.integer({ min: -1, max: 4 }),
				k: fc.array(fc.oneof(fc.constantFrom('requests', 'response', 'result', '__proto__'), fc.nat(5))),
				v: fc.jsonValue(),
				i: fc.nat(3),
			})
			.map((value) => JSON.stringify(value));
		const deep = `{"kind":0,"v":{"requests":[{"requestId":"r","message":"m","response":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}}`;
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.string(), operation, fc.constantFrom(...lines, deep)), { maxLength: 10 }), async (some) => {
				await readText(vscodeChat, 's.jsonl', [lines[0], ...some].join('\n'));
			}),
			{ numRuns: 150 },
		);
	});
});
