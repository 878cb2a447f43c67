import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claudeCode } from '../../../src/capture/chat/claudeCode';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { inFolder, readAll, readText } from './reading';

const fixtures = join(__dirname, '../../fixtures/claude-code');
const root = '/home/dev/demo';

interface Expected {
	prompt: string;
	response: string | null;
	state?: string;
	tools: [name: string, kind: string, ok: boolean][];
	files: Record<string, { before: string | null; after: string }>;
}
const expectedOf = (script: string): { turns: Expected[]; subagent?: Expected & { file: string } } =>
	JSON.parse(readFileSync(join(fixtures, script, 'expected.json'), 'utf8')) as { turns: Expected[]; subagent?: Expected & { file: string } };

/** First and last text of each file, as far as whole files are known. */
function filesOf(turn: TurnObservation): Expected['files'] {
	const files: Expected['files'] = {};
	for (const edit of turn.edits.filter((one) => one.whole)) {
		const path = edit.file_path.slice(root.length + 1);
		files[path] = { before: files[path]?.before ?? edit.before, after: edit.after ?? '' };
	}
	return files;
}

function assertTurn(turn: TurnObservation | undefined, expected: Expected): void {
	assert.ok(turn);
	assert.equal(turn.prompt, expected.prompt);
	if (expected.response !== null) assert.equal(turn.response, expected.response);
	assert.deepEqual(
		turn.tools.map((tool) => [tool.name, tool.kind, tool.ok]),
		expected.tools,
	);
	assert.deepEqual(filesOf(turn), expected.files);
}

describe('claudeCode', () => {
	for (const script of ['fix-sum', 'two-turns', 'subagent', 'api-error', 'interactive-reject']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(claudeCode, join(fixtures, script, 'session.jsonl'));
			const expected = expectedOf(script).turns;
			assert.deepEqual(unknown, []);
			assert.equal(turns.length, expected.length);
			for (const [place, turn] of turns.entries()) {
				const wanted = expected[place];
				assert.ok(wanted);
				assertTurn(turn, wanted);
				assert.equal(turn.state, wanted.state);
				assert.equal(turn.cwd, root);
				assert.equal(turn.branch, 'main');
				assert.equal(turn.source_version, '2.1.330');
				assert.match(turn.model ?? '', /^claude-/);
				assert.ok(turn.ended_at !== undefined && turn.ended_at >= turn.started_at);
			}
		});

		it(`names the turns of ${script} by the id that its hooks send with the prompt`, async () => {
			const hooks = readFileSync(join(fixtures, script, 'hooks.jsonl'), 'utf8')
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as { hook_event_name: string; prompt_id?: string; prompt?: string });
			const { turns } = await readAll(claudeCode, join(fixtures, script, 'session.jsonl'));
			const typed = hooks.filter((hook) => hook.hook_event_name === 'UserPromptSubmit' && !(hook.prompt ?? '').startsWith('<'));
			assert.deepEqual(
				turns.map((turn) => [turn.turn_key, turn.prompt]),
				typed.map((hook) => [hook.prompt_id, hook.prompt]),
			);
		});
	}

	it('reads a sub-agent as a turn of its own under the turn that started it', async () => {
		const wanted = expectedOf('subagent').subagent;
		assert.ok(wanted);
		const [main] = (await readAll(claudeCode, join(fixtures, 'subagent/session.jsonl'))).turns;
		const { turns } = await readAll(claudeCode, join(fixtures, 'subagent', wanted.file));
		const [turn] = turns;
		assert.ok(main && turn);
		assert.equal(turns.length, 1);
		assert.equal(turn.prompt, wanted.prompt);
		assert.equal(turn.response, wanted.response);
		assert.equal(turn.session_id, main.session_id);
		assert.match(turn.turn_key, /^agent-[0-9a-f]+$/);
		const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
		assert.equal(turn.parent_turn_id, turnId(sha, 'claude-code', main.session_id, main.turn_key));
		// Its record keeps no file, only the arguments.
		const [edit] = turn.edits;
		const file = wanted.files['src/sum.js'];
		assert.ok(edit && file && edit.before !== null && edit.after !== null);
		assert.equal(edit.fidelity, 'arguments');
		assert.equal(file.before?.replace(edit.before, edit.after), file.after);
	});

	it('joins results of parallel calls to their calls, though they are off the chain of parents', async () => {
		const { turns } = await readAll(claudeCode, join(fixtures, 'two-turns/session.jsonl'));
		const [first] = turns;
		assert.ok(first);
		assert.match(first.tools[0]?.output ?? '', /export function sum/);
		assert.match(first.tools[1]?.output ?? '', /import test/);
		assert.deepEqual(
			first.edits.map((edit) => [edit.fidelity, edit.tool_id]),
			[
				['recorded', first.tools[3]?.id],
				['recorded', first.tools[4]?.id],
			],
		);
		assert.equal(first.edits[0]?.after, first.edits[1]?.before);
	});

	it('finds main and sub-agent transcripts with session and folder', async () => {
		await inFolder(async (home) => {
			const folder = join(home, '.claude/projects/-home-dev-demo');
			mkdirSync(folder, { recursive: true });
			cpSync(join(fixtures, 'subagent/session.jsonl'), join(folder, 'abc.jsonl'));
			cpSync(join(fixtures, 'subagent/session'), join(folder, 'abc'), { recursive: true });
			const refs = await claudeCode.find({ home, platform: 'linux', env: {} });
			assert.equal(refs.length, 2);
			for (const ref of refs) {
				assert.equal(ref.cwd, root);
				assert.match(ref.session_id, /^[0-9a-f-]{36}$/);
			}
			assert.deepEqual(await claudeCode.find({ home: join(home, 'nobody'), platform: 'linux', env: {} }), []);
			assert.equal((await claudeCode.find({ home: '/nowhere', platform: 'linux', env: { CLAUDE_CONFIG_DIR: join(home, '.claude') } })).length, 2);
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
const user = (content: unknown, more: object = {}): Record<string, unknown> => ({ type: 'user', message: { role: 'user', content }, ...more });
const says = (text: string, more: object = {}): Record<string, unknown> => ({
	type: 'assistant',
	message: { id: `m-${text}`, model: 'claude-x', stop_reason: 'end_turn', content: [{ type: 'text', text }] },
	...more,
});
const calls = (id: string, name: string, input: object): Record<string, unknown> => ({
	type: 'assistant',
	message: { id: `m-${id}`, model: 'claude-x', stop_reason: 'tool_use', content: [{ type: 'tool_use', id, name, input }] },
});
const returns = (id: string, content: string, toolUseResult: unknown, is_error = false): Record<string, unknown> =>
	user([{ type: 'tool_result', tool_use_id: id, content, is_error }], { toolUseResult });
const read = async (...parts: Record<string, unknown>[]): Promise<TurnObservation[]> => (await readText(claudeCode, 's.jsonl', lines(...parts))).turns;

describe('claudeCode, lines of every kind', () => {
	it('takes only what a person typed for a prompt', async () => {
		const turns = await read(
			user('<system-reminder>context</system-reminder>\nReal prompt'),
			user('made by the program', { isMeta: true }),
			user('This session is being continued', { isCompactSummary: true }),
			user('<task-notification>done</task-notification>', { turnOrigin: 'task_notification' }),
			user('<command-name>/clear</command-name><command-args></command-args>'),
			user('<local-command-stdout>ok</local-command-stdout>'),
			says('Answer'),
			user([
				{ type: 'text', text: '<ide_opened_file>a.ts</ide_opened_file>' },
				{ type: 'text', text: 'Second' },
				{ type: 'image', source: {} },
			]),
		);
		assert.deepEqual(
			turns.map((turn) => turn.prompt),
			['Real prompt', '/clear', 'Second\n[image]'],
		);
		assert.equal(turns[0]?.state, 'cancelled');
	});

	it('reports a command that the assistant answered, and none that it did not', async () => {
		const turns = await read(
			user('<command-message>review</command-message><command-name>/review</command-name><command-args>12</command-args>'),
			user('expanded prompt', { isMeta: true }),
			says('Reviewed'),
			user('<command-name>/model</command-name>'),
			user('Go on'),
			says('On it'),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response]),
			[
				['/review 12', 'Reviewed'],
				['Go on', 'On it'],
			],
		);
	});

	it('keeps two prompts under one parent apart, as a rewind leaves them', async () => {
		const turns = await read(
			user('Start', { uuid: 'a' }),
			says('Started', { uuid: 'b', parentUuid: 'a' }),
			user('First try', { uuid: 'c', parentUuid: 'b' }),
			says('Tried', { uuid: 'd', parentUuid: 'c' }),
			user('Second try', { uuid: 'e', parentUuid: 'b' }),
			says('Tried again', { uuid: 'f', parentUuid: 'e' }),
			says('Late', { uuid: 'g', parentUuid: 'd' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response]),
			[
				['Start', 'Started'],
				['First try', 'Tried\n\nLate'],
				['Second try', 'Tried again'],
			],
		);
	});

	it('reads lines of one message as one, and a line written twice once', async () => {
		const part = { type: 'assistant', uuid: 'x', message: { id: 'm', model: 'claude-x', content: [{ type: 'text', text: 'One' }] } };
		const turns = await read(
			user('Hi'),
			part,
			part,
			{ ...part, uuid: 'y' },
			{ ...part, uuid: 'z', message: { ...part.message, content: [{ type: 'text', text: 'Two' }] } },
		);
		assert.equal(turns[0]?.response, 'One\n\nTwo');
	});

	it('applies the recorded patch, not the asked one, and falls back on the replacement', async () => {
		const patch = [{ oldStart: 1, oldLines: 2, newStart: 1, newLines: 2, lines: ['-a', '+user wrote this', ' b'] }];
		const result = { filePath: '/w/f', oldString: 'a', newString: 'c', originalFile: 'a\nb\n', userModified: true };
		const turns = await read(
			user('Edit'),
			calls('1', 'Edit', { file_path: '/w/f', old_string: 'a', new_string: 'c' }),
			returns('1', 'ok', { ...result, structuredPatch: patch }),
			calls('2', 'Edit', { file_path: '/w/f', old_string: 'b', new_string: 'd$&' }),
			returns('2', 'ok', { ...result, oldString: 'b', newString: 'd$&', structuredPatch: [{ oldStart: 9, lines: ['-zz'] }] }),
		);
		assert.deepEqual(
			turns[0]?.edits.map((edit) => [edit.after, edit.whole]),
			[
				['user wrote this\nb\n', true],
				['a\nd$&\n', true],
			],
		);
	});

	it('reads MultiEdit, notebooks, overwritten files and edits whose file was not kept', async () => {
		const turns = await read(
			user('Edit'),
			calls('1', 'MultiEdit', { file_path: '/w/f', edits: [] }),
			returns('1', 'ok', {
				filePath: '/w/f',
				originalFileContents: 'a b',
				structuredPatch: [],
				edits: [
					{ old_string: 'a', new_string: 'x' },
					{ old_string: 'b', new_string: 'y' },
				],
			}),
			calls('2', 'NotebookEdit', { notebook_path: '/w/n.ipynb', new_source: 'print()' }),
			returns('2', 'ok', { notebook_path: '/w/n.ipynb', new_source: 'print()' }),
			calls('3', 'Write', { file_path: '/w/g', content: 'new' }),
			returns('3', 'ok', { type: 'update', filePath: '/w/g', content: 'new', originalFile: 'old', structuredPatch: [] }),
			calls('4', 'Edit', { file_path: '/w/h', old_string: 'a', new_string: 'b' }),
			returns('4', 'ok', { filePath: '/w/h', originalFile: null, structuredPatch: [{ oldStart: 3, lines: [' k', '-a', '+b'] }] }),
			calls('5', 'Edit', { file_path: '/w/i', old_string: 'a', new_string: 'b' }),
			returns('5', 'no', 'User rejected tool use', true),
		);
		assert.deepEqual(
			turns[0]?.edits.map(({ before, after, whole, fidelity, state }) => [before, after, whole, fidelity, state]),
			[
				['a b', 'x y', true, 'recorded', 'applied'],
				[null, 'print()', false, 'partial', 'applied'],
				['old', 'new', true, 'recorded', 'applied'],
				['k\na', 'k\nb', false, 'recorded', 'applied'],
				['a', 'b', false, 'arguments', 'rejected'],
			],
		);
	});

	it('puts sub-agent lines of old versions into a turn under the running one', async () => {
		const turns = await read(
			user('Main', { uuid: 'a' }),
			user('Sub task', { uuid: 'b', isSidechain: true, parentUuid: null }),
			says('Sub done', { isSidechain: true, parentUuid: 'b' }),
			says('Main done', { parentUuid: 'a' }),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response, turn.parent_turn_id !== undefined]),
			[
				['Main', 'Main done', false],
				['Sub task', 'Sub done', true],
			],
		);
	});

	it('leaves a turn open while a call has no result, and says how others ended', async () => {
		const state = async (...parts: Record<string, unknown>[]): Promise<string | undefined> => (await read(user('P'), ...parts))[0]?.state;
		assert.equal(await state(), 'open');
		assert.equal(await state(calls('1', 'Bash', {})), 'open');
		assert.equal(await state(calls('1', 'Bash', {}), returns('1', 'x', {})), 'open');
		assert.equal(await state(says('Done')), 'complete');
		assert.equal(await state(says('x'), user([{ type: 'text', text: '[Request interrupted by user]' }])), 'cancelled');
		assert.equal(await state(says('API Error', { isApiErrorMessage: true })), 'failed');
	});

	it('counts kinds of lines it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readText(
			claudeCode,
			's.jsonl',
			lines(user('Hi'), { type: 'brand-new' }, calls('1', 'Bash', { command: 'x'.repeat(9_000) }), returns('1', 'y'.repeat(9_000), {}), {
				type: 'assistant',
				message: { content: [{ type: 'hologram' }] },
			}),
		);
		assert.deepEqual(unknown, ['line:brand-new', 'block:hologram']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});
