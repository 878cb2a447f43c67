import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { qwen } from '../../../src/capture/chat/qwen';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { survivesDamage } from './damage';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root, type Expected } from './recorded';

const recording = (script: string): string => join(fixtures, 'qwen', script, 'session.jsonl');
const subagent = join(fixtures, 'qwen/subagent');

describe('qwen', () => {
	for (const script of ['fix-sum', 'two-turns', 'api-error']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(qwen, recording(script));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`qwen/${script}`));
			for (const turn of turns) {
				assert.deepEqual([turn.cwd, turn.branch, turn.source_version, turn.model], [root, 'main', '0.24.4', 'scripted-model']);
				for (const edit of turn.edits) assert.deepEqual([edit.fidelity, edit.whole], ['recorded', true]);
			}
		});

		it(`names the turns of ${script} by the id that its hooks send with the prompt`, async () => {
			const hooks = readFileSync(join(fixtures, 'qwen', script, 'hooks.jsonl'), 'utf8')
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as { hook_event_name: string; session_id: string; prompt_id?: string; prompt?: string; tool_call_id?: string });
			const { turns } = await readAll(qwen, recording(script));
			assert.deepEqual(
				turns.map((turn) => [turn.session_id, turn.turn_key, turn.prompt]),
				// A prompt hook with no words follows every tool result.
				hooks.filter((hook) => (hook.prompt ?? '') !== '').map((hook) => [hook.session_id, hook.prompt_id, hook.prompt]),
			);
			const ids = new Set(turns.flatMap((turn) => turn.tools.map((tool) => tool.id)));
			for (const hook of hooks) assert.ok(hook.tool_call_id === undefined || ids.has(hook.tool_call_id));
		});
	}

	it('reads a sub-agent as a turn of its own under the turn that started it', async () => {
		const [session = ''] = readdirSync(join(subagent, 'subagents'));
		const file = readdirSync(join(subagent, 'subagents', session)).find((name) => name.endsWith('.jsonl')) ?? '';
		const main = await readAll(qwen, join(subagent, 'chats', `${session}.jsonl`));
		const { turns, unknown } = await readAll(qwen, join(subagent, 'subagents', session, file));
		assert.deepEqual([main.unknown, unknown], [[], []]);
		assertTurns(main.turns, expectedOf('qwen/subagent'));
		const { subagent: expected } = JSON.parse(readFileSync(join(subagent, 'expected.json'), 'utf8')) as { subagent: { turns: Expected[] } };
		assertTurns(turns, expected.turns);
		const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
		assert.equal(turns[0]?.session_id, session);
		assert.equal(turns[0].turn_key, file.replace('.jsonl', ''));
		assert.equal(turns[0].parent_turn_id, turnId(sha, 'qwen-code', session, main.turns[0]?.turn_key ?? ''));
	});

	it('finds sessions and sub-agents with session and folder', async () => {
		await inFolder(async (home) => {
			const project = join(home, '.qwen/projects/-home-dev-demo');
			mkdirSync(project, { recursive: true });
			cpSync(subagent, project, { recursive: true });
			const refs = await qwen.find({ home, platform: 'linux', env: {} });
			assert.equal(refs.length, 2);
			assert.equal(refs[0]?.session_id, refs[1]?.session_id);
			for (const ref of refs) assert.equal(ref.cwd, root);
			assert.equal((await qwen.find({ home: '/nowhere', platform: 'win32', env: { QWEN_HOME: join(home, '.qwen') } })).length, 2);
			assert.equal((await qwen.find({ home: '/nowhere', platform: 'linux', env: { QWEN_HOME: '/x', QWEN_RUNTIME_DIR: join(home, '.qwen') } })).length, 2);
			assert.deepEqual(await qwen.find({ home: join(home, 'nobody'), platform: 'darwin', env: {} }), []);
		});
	});
});

/** A transcript put together of single lines, for what cannot be provoked in a recording. */
function lines(...parts: Record<string, unknown>[]): string {
	return parts
		.map((part, place) =>
			JSON.stringify({ uuid: `u${place}`, sessionId: 's', cwd: '/w', timestamp: `2026-01-01T00:00:${String(place).padStart(2, '0')}.000Z`, ...part }),
		)
		.join('\n')
		.concat('\n');
}
const user = (words: string, more: object = {}): Record<string, unknown> => ({ type: 'user', message: { role: 'user', parts: [{ text: words }] }, ...more });
const says = (...parts: object[]): Record<string, unknown> => ({ type: 'assistant', model: 'm', message: { role: 'model', parts } });
const logs = (name: string, prompt_id: string): Record<string, unknown> => ({
	type: 'system',
	subtype: 'ui_telemetry',
	systemPayload: { uiEvent: { 'event.name': `qwen-code.${name}`, prompt_id } },
});
const read = async (...parts: Record<string, unknown>[]): Promise<TurnObservation[]> => (await readText(qwen, 's.jsonl', lines(...parts))).turns;

describe('qwen, lines of every kind', () => {
	it('takes only what a person typed for a prompt', async () => {
		const turns = await read(
			user('<system-reminder>x</system-reminder>\nReal'),
			user('also this', { subtype: 'mid_turn_user_message', systemPayload: { displayText: 'Also this' } }),
			says({ text: 'thinking', thought: true }, { text: 'Answer' }),
			user('<task-notification>done</task-notification>', { subtype: 'notification', provenance: 'system' }),
			user('every day', { subtype: 'cron' }),
			says({ text: 'More' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.response]),
			[['u0', 'Real\n\nAlso this', 'Answer\n\nMore']],
		);
	});

	it('keeps a prompt back until its name is known, and tells how turns ended', async () => {
		assert.deepEqual(await read(user('Wait')), []);
		const turns = await read(
			user('Taken back'),
			user('Fails'),
			logs('api_error', 's########1'),
			user('Cancelled'),
			// Late work of the turn before does not name this one.
			logs('api_response', 's########1'),
			logs('tool_call', 's#agent#0'),
			logs('api_response', 's########2'),
			says({ functionCall: { id: 'c', name: 'edit', args: { file_path: 'a.ts', old_string: 'x', new_string: 'y' } } }),
			{
				type: 'tool_result',
				message: { parts: [{ functionResponse: { id: 'c', response: { error: 'no' } } }] },
				toolCallResult: { callId: 'c', status: 'cancelled' },
			},
			user('Runs'),
			says({ functionCall: { id: 'd', name: 'run_shell_command', args: {} } }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.state]),
			[
				['u0', 'Taken back', 'cancelled'],
				['s########1', 'Fails', 'failed'],
				['s########2', 'Cancelled', 'cancelled'],
				['u9', 'Runs', 'open'],
			],
		);
		assert.deepEqual(
			turns[2]?.edits.map((edit) => [edit.file_path, edit.state, edit.fidelity]),
			[['/w/a.ts', 'rejected', 'arguments']],
		);
	});

	it('counts what it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readText(
			qwen,
			's.jsonl',
			lines(user('Hi'), { type: 'brand-new' }, says({ functionCall: { id: 'd', name: 'run_shell_command', args: { command: 'x'.repeat(9_000) } } }), {
				type: 'tool_result',
				message: { parts: [{ functionResponse: { id: 'd', response: { output: 'y'.repeat(9_000) } } }] },
			}),
		);
		assert.deepEqual(unknown, ['line:brand-new']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});

describe('qwen, damaged sessions', () => {
	survivesDamage(qwen, 's.jsonl', readFileSync(recording('two-turns'), 'utf8'));
});
