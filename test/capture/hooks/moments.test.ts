import assert from 'node:assert/strict';
import { momentsOf, recordedCalls } from './calls';

/** `start`, or the command of a call that has ended; `-` for a call of another tool. */
function seen(assistant: string, run: string): string[] {
	return recordedCalls(run).flatMap((payload) =>
		momentsOf(assistant, payload).map(({ call }) => (call === undefined ? 'start' : call.shell ? call.command : '-')),
	);
}

describe('moments of the working tree', () => {
	it('are told by the hooks of a turn: its beginning and the end of every call', () => {
		assert.deepEqual(seen('claude-code', 'claude-code/fix-sum'), ['start', '-', '-', '-', 'node --test']);
		assert.deepEqual(seen('codex', 'codex/fix-sum').slice(0, 1), ['start']);
	});

	it('name the turn where the hook has its key, and the call by the id that the record has', () => {
		const base = {
			session_id: 's',
			cwd: '/w',
			hook_event_name: 'PostToolUse',
			tool_name: 'run_in_terminal',
			tool_use_id: 'call_3__vscode-1795',
			tool_input: { command: 'ls' },
		};
		assert.deepEqual(
			momentsOf('vscode-copilot', base).map((moment) => ({ ...moment, at: '' })),
			[{ type: 'moment', assistant: 'vscode-copilot', session_id: 's', folder: '/w', at: '', call: { id: 'call_3', shell: true, command: 'ls' } }],
		);
		assert.equal(momentsOf('claude-code', { ...base, prompt_id: 'p' })[0]?.turn_key, 'p');
		assert.equal(momentsOf('claude-code', { ...base, prompt_id: 'p', agent_id: 'x' })[0]?.turn_key, 'agent-x');
		assert.equal(momentsOf('codex', { ...base, turn_id: 't' })[0]?.turn_key, 't');
	});

	it('are read out of the words of other assistants', () => {
		assert.deepEqual(momentsOf('copilot-cli', { sessionId: 's', cwd: '/w', toolName: 'bash', toolArgs: { command: 'make' } }, 'postToolUse')[0]?.call, {
			id: '',
			shell: true,
			command: 'make',
		});
		const cline = {
			hookName: 'tool_result',
			sessionContext: { rootSessionId: 's' },
			workspaceRoots: ['/w'],
			tool_result: { id: 'c', name: 'run_commands', input: { commands: ['a', 'b'] } },
		};
		assert.deepEqual(momentsOf('cline', cline)[0]?.call, { id: 'c', shell: true, command: 'a\nb' });
		assert.deepEqual(momentsOf('cursor', { hook_event_name: 'afterShellExecution', conversation_id: 's', workspace_roots: ['/w'], command: 'ls' })[0]?.call, {
			id: '',
			shell: true,
			command: 'ls',
		});
	});

	it('are none without a session or a folder, nor of other events or odd payloads', () => {
		for (const payload of [{}, [], 'x', null, { session_id: 's', hook_event_name: 'Stop' }, { hook_event_name: 'PostToolUse' }])
			assert.deepEqual(momentsOf('qwen-code', payload), []);
	});
});
