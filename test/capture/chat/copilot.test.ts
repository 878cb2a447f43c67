import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copilot } from '../../../src/capture/chat/copilot';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { survivesDamage } from './damage';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const recording = (script: string): string => join(fixtures, 'copilot', script, 'events.jsonl');

describe('copilot', () => {
	for (const script of ['fix-sum', 'two-turns', 'api-error', 'subagent']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(copilot, recording(script));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`copilot/${script}`));
			for (const turn of turns) {
				assert.deepEqual([turn.cwd, turn.branch, turn.source_version, turn.model], [root, 'main', '1.0.102', 'scripted-model']);
				// The files that Copilot keeps to take a prompt back make every edit a whole one.
				for (const edit of turn.edits) assert.deepEqual([edit.fidelity, edit.whole], ['recorded', true]);
			}
		});

		it(`keeps the edits of ${script} where the kept files are gone`, async () => {
			const { turns } = await readText(copilot, 'events.jsonl', readFileSync(recording(script)));
			assertTurns(turns, expectedOf(`copilot/${script}`));
			for (const edit of turns.flatMap((turn) => turn.edits)) assert.equal(edit.whole, edit.kind === 'create');
		});
	}

	it('does not trust kept files that the calls do not explain', async () => {
		await inFolder(async (folder) => {
			cpSync(join(fixtures, 'copilot/two-turns'), folder, { recursive: true });
			const index = join(folder, 'rewind-file-snapshots/index.json');
			writeFileSync(index, readFileSync(index, 'utf8').replace(/("postimage":\s*\{[^}]*"contentHash":\s*")[0-9a-f]/, '$1x'));
			const { turns } = await readAll(copilot, join(folder, 'events.jsonl'));
			assert.ok(turns[0]?.edits.length === 2);
			for (const edit of turns[0].edits) assert.equal(edit.whole, false);
		});
	});

	it('hangs a sub-agent under the turn that started it', async () => {
		const [main, inner] = (await readAll(copilot, recording('subagent'))).turns;
		assert.ok(main && inner);
		const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
		assert.equal(inner.parent_turn_id, turnId(sha, 'copilot-cli', main.session_id, main.turn_key));
		assert.equal(main.parent_turn_id, undefined);
		assert.equal(inner.session_id, main.session_id);
	});

	it('finds sessions in their folders and the older flat ones', async () => {
		await inFolder(async (home) => {
			const state = join(home, '.copilot/session-state');
			cpSync(join(fixtures, 'copilot/fix-sum'), join(state, 'abc'), { recursive: true });
			cpSync(recording('two-turns'), join(state, 'def.jsonl'));
			mkdirSync(join(state, 'empty'));
			const refs = await copilot.find({ home, platform: 'linux', env: {} });
			assert.deepEqual(
				refs.map((ref) => [ref.cwd, /^[0-9a-f-]{36}$/.test(ref.session_id)]),
				[
					[root, true],
					[root, true],
				],
			);
			assert.equal((await copilot.find({ home: '/nowhere', platform: 'win32', env: { COPILOT_HOME: join(home, '.copilot') } })).length, 2);
			assert.deepEqual(await copilot.find({ home: join(home, 'nobody'), platform: 'darwin', env: {} }), []);
		});
	});
});

let count = 0;
const event = (type: string, data: object, more: object = {}): object => ({
	type,
	data,
	id: `e${(count += 1)}`,
	timestamp: new Date(1_770_000_000_000 + count * 1_000).toISOString(),
	...more,
});
const start = (): object => event('session.start', { sessionId: 's', copilotVersion: '1.0.45', context: { cwd: '/w', branch: 'b', headCommit: 'c' } });
const log = (...events: object[]): string => events.map((one) => JSON.stringify(one)).join('\n') + '\n';
const read = async (...events: object[]): Promise<TurnObservation[]> => (await readText(copilot, 'x.jsonl', log(start(), ...events))).turns;
const calls = (id: string, name: string, args: unknown, result: object): object[] => [
	event('assistant.message', { messageId: `m-${id}`, content: '', toolRequests: [{ toolCallId: id, name, arguments: args }] }),
	event('tool.execution_start', { toolCallId: id, toolName: name, arguments: args }),
	event('tool.execution_complete', { toolCallId: id, ...result }),
];

describe('copilot, events of every kind', () => {
	it('reads older events: no interactions, arguments in a text, results under other names', async () => {
		const [turn] = await read(
			event('session.model_change', { newModel: 'gpt-4.1' }),
			event('user.message', { content: 'Create a file', attachments: [{ type: 'image' }] }, { id: 'prompt' }),
			...calls('1', 'create', '{"path":"/w/hello.py","file_text":"print()\\n"}', {
				result: { result_type: 'success', text_result_for_llm: 'Created file /w/hello.py' },
			}),
		);
		assert.ok(turn);
		assert.deepEqual([turn.turn_key, turn.prompt, turn.model, turn.commit_sha], ['prompt', 'Create a file\n[image]', 'gpt-4.1', 'c']);
		assert.deepEqual(
			turn.edits.map((edit) => [edit.file_path, edit.kind, edit.after, edit.fidelity]),
			[['/w/hello.py', 'create', 'print()\n', 'arguments']],
		);
		assert.deepEqual([turn.tools[0]?.ok, turn.tools[0]?.output, turn.state], [true, 'Created file /w/hello.py', 'open']);
	});

	it('knows the tools of MCP servers by the server that their calls name', async () => {
		const [turn] = await read(
			event('user.message', { content: 'Look it up', interactionId: 'i' }),
			event('assistant.message', {
				messageId: 'm',
				interactionId: 'i',
				toolRequests: [{ toolCallId: 'a', name: 'glossary-look_up', arguments: { word: 'sum' }, mcpServerName: 'glossary' }],
			}),
			event('tool.execution_start', { toolCallId: 'b', toolName: 'glossary-look_up', arguments: {}, mcpServerName: 'glossary' }),
			event('tool.execution_start', { toolCallId: 'c', toolName: 'report-progress', arguments: {} }),
		);
		assert.deepEqual(
			turn?.tools.map(({ id, kind }) => [id, kind]),
			[
				['a', 'mcp'],
				['b', 'mcp'],
				['c', 'other'],
			],
		);
	});

	it('puts events of older sub-agents, which have no prompt, into a turn of their own', async () => {
		const turns = await read(
			event('user.message', { content: 'Main', interactionId: 'i' }),
			event('assistant.message', {
				messageId: '1',
				content: '',
				interactionId: 'i',
				toolRequests: [{ toolCallId: 't', name: 'task', arguments: { prompt: 'Sub task' } }],
			}),
			event('assistant.message', { messageId: '2', content: 'Sub done', parentToolCallId: 't' }),
			event('tool.execution_complete', { toolCallId: 't', success: true, result: { content: 'Sub done' } }),
			event('assistant.message', { messageId: '3', content: 'Main done', interactionId: 'i' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.response, turn.parent_turn_id !== undefined]),
			[
				['i', 'Main', 'Main done', false],
				['agent-t', 'Sub task', 'Sub done', true],
			],
		);
	});

	it('reads patches and editor commands, and edits that the user refused', async () => {
		const diff = '\ndiff --git a/w/a.ts b/w/a.ts\n--- a/w/a.ts\n+++ b/w/a.ts\n@@ -1,2 +1,2 @@\n-x\n+y\n z\n';
		const [turn] = await read(
			event('user.message', { content: 'Edit', interactionId: 'i' }),
			...calls('1', 'edit', { path: 'a.ts', old_str: 'x', new_str: 'y' }, { success: true, result: { content: 'ok', detailedContent: diff } }),
			...calls('2', 'apply_patch', '*** Begin Patch\n*** Update File: b.ts\n@@\n-old\n+new\n*** Delete File: c.ts\n*** End Patch', {
				success: true,
				result: { content: 'ok' },
			}),
			...calls('3', 'str_replace_editor', { command: 'view', path: 'd.ts' }, { success: true, result: { content: 'text' } }),
			...calls('4', 'edit', { path: 'e.ts', old_str: 'x', new_str: 'y' }, { success: false, error: { code: 'rejected', message: 'No' } }),
			...calls('5', 'edit', { path: 'f.ts', old_str: 'x', new_str: 'y' }, { success: false, error: { code: 'failure', message: 'No match' } }),
			...calls('6', 'bash', { command: 'false' }, { success: true, result: { content: 'x\n<exited with exit code 2>' } }),
		);
		assert.deepEqual(
			turn?.edits.map(({ file_path, kind, before, after, fidelity, state }) => [file_path, kind, before, after, fidelity, state]),
			[
				['/w/a.ts', 'edit', 'x\nz', 'y\nz', 'recorded', 'applied'],
				['/w/b.ts', 'edit', 'old', 'new', 'arguments', 'applied'],
				['/w/c.ts', 'delete', null, null, 'partial', 'applied'],
				['/w/e.ts', 'edit', 'x', 'y', 'arguments', 'rejected'],
			],
		);
		assert.deepEqual(
			turn.tools.map((tool) => [tool.kind, tool.ok]),
			[
				['edit', true],
				['edit', true],
				['read', true],
				['edit', false],
				['edit', false],
				['run', false],
			],
		);
	});

	it('adds what is typed meanwhile, leaves out what the program says, and tells how turns ended', async () => {
		const turns = await read(
			event('user.message', { content: 'One', interactionId: 'i' }),
			event('user.message', { content: 'skill text', source: 'skill-pdf', interactionId: 'i' }),
			event('user.message', { content: 'And', interactionId: 'i' }),
			event('abort', { reason: 'user' }),
			event('user.message', { content: 'Two', interactionId: 'j' }),
			event('session.error', { message: '400' }),
			event('user.message', { content: 'Three', interactionId: 'k' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.state]),
			[
				['One\n\nAnd', 'cancelled'],
				['Two', 'failed'],
				['Three', 'open'],
			],
		);
	});

	it('counts what it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readText(
			copilot,
			'x.jsonl',
			log(
				start(),
				event('user.message', { content: 'Hi' }),
				event('party', {}),
				event('assistant.message', { content: 'x', toolRequests: [7] }),
				...calls('1', 'bash', { command: 'x'.repeat(9_000) }, { success: true, result: { content: 'y'.repeat(9_000) } }),
			),
		);
		assert.deepEqual(unknown, ['event:party', 'toolRequest']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});

describe('copilot, damaged sessions', () => {
	survivesDamage(copilot, 'x.jsonl', readFileSync(recording('two-turns'), 'utf8'));
});
