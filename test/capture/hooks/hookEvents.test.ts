import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { codex } from '../../../src/capture/chat/codex';
import { folderOf } from '../../../src/capture/hooks/hookEvents';
import { mergeTurn } from '../../../src/capture/turnAssembler';
import type { MergedTurn } from '../../../src/capture/turnAssembler';
import { readAll } from '../chat/reading';
import { entryOf, eventsOf, recordedCalls, turnsAmong } from './calls';

const looks = (assistant: string, payload: unknown, event = '') => eventsOf(assistant, payload, undefined, event);

describe('hookEvents', () => {
	describe('Cursor', () => {
		const common = { conversation_id: 'c', generation_id: 'g', model: 'claude-4.6-sonnet', cursor_version: '3.5.0', workspace_roots: ['/home/dev/proj'] };
		const calls = [
			{ ...common, hook_event_name: 'beforeSubmitPrompt', prompt: 'rename foo to bar', attachments: [] },
			{
				...common,
				hook_event_name: 'afterFileEdit',
				file_path: '/home/dev/proj/src/a.ts',
				edits: [{ old_string: 'const foo = 1;', new_string: 'const bar = 1;' }],
			},
			{
				...common,
				hook_event_name: 'postToolUse',
				tool_name: 'Shell',
				tool_input: { command: 'npm test' },
				tool_output: '{"exitCode":0}',
				tool_use_id: 'abc123',
				duration: 5,
			},
			{ ...common, hook_event_name: 'postToolUseFailure', tool_name: 'Read', tool_input: { path: 'x' }, error_message: 'no such file', tool_use_id: 'abc124' },
			{ ...common, hook_event_name: 'afterAgentResponse', text: 'Renamed foo to bar in src/a.ts; tests pass.' },
			{ ...common, hook_event_name: 'stop', status: 'completed', loop_count: 0 },
		];
		const start = Date.parse('2026-11-23T10:00:00Z');
		const turns = calls.flatMap((payload, place) => turnsAmong(eventsOf('cursor', payload, new Date(start + place * 1000))));

		it('makes one turn of a generation, in any order', () => {
			const inOrder = turns.reduce<MergedTurn | undefined>((known, { turn }) => mergeTurn(known, turn), undefined);
			assert.deepEqual(inOrder, {
				assistant: 'cursor',
				session_id: 'c',
				turn_key: 'g',
				channels: ['hook'],
				attachments: [],
				attachments_left_out: 0,
				started_at: '2026-11-23T10:00:00.000Z',
				ended_at: '2026-11-23T10:00:05.000Z',
				state: 'complete',
				cwd: '/home/dev/proj',
				model: 'claude-4.6-sonnet',
				source_version: '3.5.0',
				prompt: 'rename foo to bar',
				response: 'Renamed foo to bar in src/a.ts; tests pass.',
				tools: [
					{ id: 'abc123', name: 'Shell', kind: 'run', args: { command: 'npm test' }, ok: true, output: '{"exitCode":0}', at: '2026-11-23T10:00:02.000Z' },
					{ id: 'abc124', name: 'Read', kind: 'read', args: { path: 'x' }, ok: false, output: 'no such file', at: '2026-11-23T10:00:03.000Z' },
				],
				edits: [
					{
						file_path: '/home/dev/proj/src/a.ts',
						kind: 'edit',
						before: 'const foo = 1;',
						after: 'const bar = 1;',
						whole: false,
						fidelity: 'arguments',
						state: 'applied',
					},
				],
			});
			fc.assert(
				fc.property(fc.shuffledSubarray(turns, { minLength: turns.length }), (order) => {
					assert.deepEqual(
						order.reduce<MergedTurn | undefined>((known, { turn }) => mergeTurn(known, turn), undefined),
						inOrder,
					);
				}),
			);
		});

		it('is opened by a prompt alone, and not by completions', () => {
			assert.deepEqual(
				turns.map(({ opens }) => opens),
				[true, false, false, false, false, false],
			);
			const tab = { ...common, generation_id: '', hook_event_name: 'afterTabFileEdit', file_path: '/a.ts', edits: [{ old_string: 'foo', new_string: 'bar' }] };
			assert.deepEqual(eventsOf('cursor', tab), []);
		});

		it('is known by its payload also when it runs the hooks of Claude Code', () => {
			assert.equal(turnsAmong(eventsOf('claude-code', calls[0]))[0]?.turn.assistant, 'cursor');
		});

		it('reads paths of Windows and ends of each kind', () => {
			const windows = { ...common, hook_event_name: 'afterFileEdit', file_path: '/c:/Users/dev/a.ts', edits: [{ old_string: 'a', new_string: 'b' }] };
			assert.equal(turnsAmong(eventsOf('cursor', windows))[0]?.turn.edits[0]?.file_path, 'c:/Users/dev/a.ts');
			for (const [status, state] of [
				['aborted', 'cancelled'],
				['error', 'failed'],
			])
				assert.equal(turnsAmong(eventsOf('cursor', { ...common, hook_event_name: 'stop', status }))[0]?.turn.state, state);
		});
	});

	describe('Codex', () => {
		const folder = join(__dirname, '../../fixtures/codex');
		for (const run of ['fix-sum', 'fix-sum-script', 'two-turns'])
			it(`adds to the rollout of ${run} nothing but its channel`, async () => {
				const file = readdirSync(join(folder, run)).find((name) => name.startsWith('rollout') || name === 'session.jsonl') ?? '';
				const { turns } = await readAll(codex, join(folder, run, file));
				const hooks = recordedCalls(`codex/${run}`).flatMap((payload) => turnsAmong(eventsOf('codex', payload, '2026-11-23T23:00:00Z')));
				assert.deepEqual(
					hooks.filter(({ opens }) => opens).map(({ turn }) => turn.turn_key),
					turns.map((turn) => turn.turn_key),
				);
				for (const turn of turns) {
					const alone = mergeTurn(undefined, turn);
					const both = hooks.filter((hook) => hook.turn.turn_key === turn.turn_key).reduce((known, hook) => mergeTurn(known, hook.turn), alone);
					assert.deepEqual(both, { ...alone, channels: ['hook', 'transcript'] });
				}
			});
	});

	it("reads a Codex sub-agent's own rollout when it ends, and makes no turn of its end", () => {
		const payload = { hook_event_name: 'SubagentStop', session_id: 's', turn_id: 't', agent_id: 'a', transcript_path: '/r/main.jsonl' };
		const look = { type: 'look', assistant: 'codex', session_id: 's' };
		assert.deepEqual(eventsOf('codex', { ...payload, agent_transcript_path: '/r/agent.jsonl' }, '2026-11-23T23:00:00Z'), [
			{ ...look, transcript_path: '/r/main.jsonl' },
			{ ...look, transcript_path: '/r/agent.jsonl' },
		]);
	});

	describe('assistants whose hooks only say when to read', () => {
		const session = { session_id: 's', cwd: '/w', timestamp: '2026-11-23T16:49:38.577Z' };
		const storage = '/home/dev/.config/Code/User/workspaceStorage/b9dacae';
		const vscode = { ...session, transcript_path: `${storage}/GitHub.copilot-chat/transcripts/s.jsonl` };

		it('reads the session of VS Code at its end, and makes no turn of any prompt', () => {
			const wanted = [{ type: 'look', assistant: 'vscode-copilot', session_id: 's', transcript_path: `${storage}/chatSessions/s.jsonl` }];
			assert.deepEqual(looks('vscode-copilot', { ...vscode, hook_event_name: 'Stop', stop_hook_active: false }), wanted);
			assert.deepEqual(looks('claude-code', { ...vscode, hook_event_name: 'Stop' }), wanted);
			assert.deepEqual(looks('vscode-copilot', { ...session, hook_event_name: 'Stop' }), [{ type: 'look', assistant: 'vscode-copilot', session_id: 's' }]);
			for (const hook_event_name of ['UserPromptSubmit', 'SubagentStart', 'SubagentStop', 'PostToolUse', 'SessionStart'])
				assert.deepEqual(looks('vscode-copilot', { ...vscode, hook_event_name, prompt: 'Look into it', tool_name: 'x' }), []);
		});

		it('reads the others at theirs', () => {
			const path = { transcript_path: '/t.jsonl' };
			const look = (assistant: string) => [{ type: 'look', assistant, session_id: 's', ...path }];
			assert.deepEqual(looks('gemini-cli', { ...session, ...path, hook_event_name: 'AfterAgent' }), look('gemini-cli'));
			assert.deepEqual(looks('gemini-cli', { ...session, ...path, hook_event_name: 'BeforeAgent', prompt: 'x' }), []);
			assert.deepEqual(looks('qwen-code', { ...session, ...path, hook_event_name: 'Stop' }), look('qwen-code'));
			assert.deepEqual(looks('qwen-code', { ...session, ...path, hook_event_name: 'UserPromptSubmit', prompt: '' }), []);
			assert.deepEqual(looks('copilot-cli', { sessionId: 's', transcriptPath: '/t.jsonl' }, 'agentStop'), look('copilot-cli'));
			assert.deepEqual(looks('copilot-cli', { sessionId: 's', reason: 'complete' }, 'sessionEnd'), [
				{ type: 'look', assistant: 'copilot-cli', session_id: 's' },
			]);
			assert.deepEqual(looks('cline', { taskId: 'conv_1', sessionContext: { rootSessionId: 's' }, hookName: 'agent_end' }), [
				{ type: 'look', assistant: 'cline', session_id: 's' },
			]);
			// Before it had sessions, a task was one.
			assert.deepEqual(looks('cline', { taskId: '17', hookName: 'TaskComplete' }), [{ type: 'look', assistant: 'cline', session_id: '17' }]);
			assert.deepEqual(looks('cline', { taskId: '17', hookName: 'PreToolUse' }), []);
		});
	});

	it('makes nothing of an assistant or a payload that is not known', () => {
		assert.deepEqual(eventsOf('emacs', { hook_event_name: 'Stop', session_id: 's' }), []);
		const names = [
			'claude-code',
			'cursor',
			'codex',
			'vscode-copilot',
			'gemini-cli',
			'qwen-code',
			'copilot-cli',
			'cline',
			'windsurf',
			'__proto__',
			'constructor',
		];
		fc.assert(fc.property(fc.constantFrom(...names), fc.anything(), fc.string(), (name, payload, event) => void eventsOf(name, payload, undefined, event)));
	});

	it('knows the folder of a call', () => {
		assert.equal(folderOf(entryOf('claude-code', { cwd: '/a' })), '/a');
		assert.equal(folderOf(entryOf('cursor', { workspace_roots: ['/b', '/c'] })), '/b');
		assert.equal(folderOf(entryOf('cline', {})), '/home/dev/demo');
	});
});
