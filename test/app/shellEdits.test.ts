import assert from 'node:assert/strict';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import type { TurnEdit } from '../../src/core/turn';
import { AppHarness } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';
import { pause } from '../../src/platform/processes';
import { until } from '../support/waiting';
import { entryOf } from '../capture/hooks/calls';

const start = { 'src/a.js': 'export const a = 1;\n', 'src/b.js': 'export const b = 1;\n', '.gitignore': 'build/\n' };

describe('edits made by shell commands', () => {
	let harness: AppHarness;
	let repository: GitRepository;
	let calls = 0;
	beforeEach(async () => {
		harness = await AppHarness.open();
		repository = harness.repository(start);
	});
	afterEach(() => harness.close());

	/** Lets the hook of an event tell, and waits until it is read. */
	async function hook(hook_event_name: string, more: Record<string, unknown> = {}, assistant = 'claude-code') {
		const payload = { hook_event_name, session_id: 's1', prompt_id: 'p1', cwd: repository.root, ...more };
		const entry = entryOf(assistant, payload);
		const { spool } = harness.paths;
		const name = `${entry.at}-1-${calls++}.json`;
		writeFileSync(join(spool, `.${name}`), JSON.stringify(entry));
		renameSync(join(spool, `.${name}`), join(spool, name));
		await until('the hook is read', async () => {
			await pause(20);
			return existsSync(join(spool, name)) ? undefined : true;
		});
	}
	const ran = (command: string, id = `toolu_${calls}`) =>
		hook('PostToolUse', {
			tool_name: 'Bash',
			tool_use_id: id,
			tool_input: { command },
			tool_response: { stdout: '', stderr: '', interrupted: false, isImage: false },
		});
	const prompt = () => hook('UserPromptSubmit', { prompt: 'Make all of it a two.' });
	const stop = () => hook('Stop', { last_assistant_message: 'Done.', stop_hook_active: false });

	async function edits(): Promise<TurnEdit[]> {
		const { turns } = await harness.call('listTurns', { everywhere: true });
		const all = await Promise.all(turns.map(({ id }) => harness.call('getTurn', { id })));
		return all.flatMap(({ turn }) => turn.edits);
	}
	const foundEdits = (count: number) =>
		until(
			'the edits are found',
			async () => {
				const found = await edits();
				return found.length >= count ? found : undefined;
			},
			10_000,
		);
	const brief = (found: readonly TurnEdit[]) =>
		found.map(({ file_path, kind, before, after, fidelity, whole }) => ({ file_path, kind, before, after, fidelity, whole }));

	it('are found by comparing the tree before and after', async () => {
		await prompt();
		repository.write('src/a.js', 'export const a = 2;\n');
		repository.write('src/new.js', 'export const c = 2;\n');
		repository.write('build/out.js', 'built');
		repository.write('.env', 'TOKEN=1');
		rmSync(join(repository.root, 'src/b.js'));
		await ran('sed -i s/1/2/ src/a.js && rm src/b.js');
		await stop();
		const found = await foundEdits(3);
		const seen = { fidelity: 'snapshot', whole: true };
		assert.deepEqual(
			brief(found).sort((x, y) => (x.file_path < y.file_path ? -1 : 1)),
			[
				{ file_path: 'src/a.js', kind: 'edit', before: start['src/a.js'], after: 'export const a = 2;\n', ...seen },
				{ file_path: 'src/b.js', kind: 'delete', before: start['src/b.js'], after: null, ...seen },
				{ file_path: 'src/new.js', kind: 'create', before: null, after: 'export const c = 2;\n', ...seen },
			],
		);
		const { turns } = await harness.call('listTurns', { everywhere: true });
		assert.equal(turns.length, 1);
		const { turn } = await harness.call('getTurn', { id: turns[0]?.id ?? '' });
		assert.equal(turn.capture_fidelity, 'snapshot');
		assert.deepEqual(new Set(found.map((edit) => edit.tool_id)), new Set(turn.tools.map((tool) => tool.id)));
	});

	it('take up where the tools before left a file, whose own edits are told once', async () => {
		await prompt();
		repository.write('src/a.js', 'export const a = 2;\n');
		await hook('PostToolUse', {
			tool_name: 'Edit',
			tool_use_id: 'toolu_edit',
			tool_input: { file_path: join(repository.root, 'src/a.js'), old_string: '1', new_string: '2' },
			tool_response: {
				filePath: join(repository.root, 'src/a.js'),
				oldString: '1',
				newString: '2',
				originalFile: start['src/a.js'],
				structuredPatch: [],
				userModified: false,
				replaceAll: false,
			},
		});
		repository.write('src/a.js', "export const a = '2';\n");
		await ran('npx prettier --write src');
		await stop();
		const found = await foundEdits(2);
		assert.deepEqual(
			found.map((edit) => [edit.tool_id === 'toolu_edit', edit.before, edit.after]),
			[
				[true, start['src/a.js'], 'export const a = 2;\n'],
				[false, 'export const a = 2;\n', "export const a = '2';\n"],
			],
		);
	});

	it('are not what the editor saved after its agent’s call was over', async () => {
		keepCaptureChoice(repository.root, 'on', harness.paths);
		await hook('UserPromptSubmit', { prompt: 'Add a test.' }, 'vscode-copilot');
		const asked = new Date();
		const made = repository.write('src/new.js', '');
		await hook('PostToolUse', { tool_name: 'create_file', tool_input: {}, tool_use_id: 'call_1' }, 'vscode-copilot');
		await pause(3100); // longer than any call lasts that is taken for one of the command's time
		await hook('PostToolUse', { tool_name: 'read_file', tool_input: {}, tool_use_id: 'call_2' }, 'vscode-copilot');
		repository.write('src/new.js', 'let made;\n');
		repository.write('src/a.js', 'export const a = 2;\n');
		await hook('PostToolUse', { tool_name: 'run_in_terminal', tool_input: { command: 'make' }, tool_use_id: 'call_3' }, 'vscode-copilot');
		await harness.capture(repository.root, {
			assistant: 'vscode-copilot',
			session_id: 's1',
			turn_key: 'r1',
			channel: 'transcript',
			started_at: asked.toISOString(),
			prompt: 'Add a test.',
			state: 'complete',
			cwd: repository.root,
			tools: [
				{ id: 'call_1', name: 'create_file', kind: 'create', ok: true, at: asked.toISOString() },
				{ id: 'call_3', name: 'run_in_terminal', kind: 'run', args: { command: 'make' }, ok: true, at: new Date().toISOString() },
			],
			edits: [{ file_path: made, kind: 'create', before: null, after: 'let made;\n', whole: true, fidelity: 'recorded', state: 'applied', tool_id: 'call_1' }],
		});
		const found = await foundEdits(2);
		assert.deepEqual(
			found.map(({ file_path, fidelity, tool_id }) => [file_path, fidelity, tool_id]),
			[
				['src/new.js', 'recorded', 'call_1'],
				['src/a.js', 'snapshot', 'call_3'],
			],
		);
	});

	it('are not what a person typed meanwhile, nor what git brings back, nor what happened between turns', async () => {
		repository.git('checkout', '--quiet', '-b', 'other');
		repository.write('src/b.js', 'export const b = 9;\n');
		repository.commit('other');
		repository.git('checkout', '--quiet', 'main');
		repository.write('src/between.js', 'let between;\n');
		await prompt();
		const file_path = repository.write('src/a.js', 'export const a = 7;\n');
		const seen = { file_path, symbol: 'a', before: '1', after: '7', start_line: 1, at: new Date().toISOString(), reason: 'typed' as const };
		await harness.call('captureEdits', { edits: [seen] }, repository.root);
		await ran('sleep 1');
		repository.git('checkout', '--quiet', 'other');
		await ran('git checkout other');
		repository.write('src/made.js', 'let made;\n');
		await ran('node make.js');
		await stop();
		const found = await foundEdits(1);
		assert.deepEqual(
			found.map((edit) => edit.file_path),
			['src/made.js'],
		);
	});

	it('go to the turn that holds the command, where the hook does not name the turn', async () => {
		const more = { prompt_id: undefined };
		await hook('BeforeAgent', { ...more, prompt: 'x' }, 'gemini-cli');
		repository.write('src/a.js', 'export const a = 2;\n');
		await hook('AfterTool', { ...more, tool_name: 'run_shell_command', tool_input: { command: 'make "a"' } }, 'gemini-cli');
		await pause(100);
		const tools = [{ id: 'run_1', name: 'run_shell_command', kind: 'run' as const, args: { command: 'make "a"' }, ok: true }];
		const turn = {
			assistant: 'gemini-cli',
			session_id: 's1',
			turn_key: 'm1',
			channel: 'transcript' as const,
			started_at: new Date().toISOString(),
			prompt: 'x',
			cwd: repository.root,
			tools,
		};
		await harness.capture(repository.root, turn);
		const found = await foundEdits(1);
		assert.deepEqual(
			found.map((edit) => [edit.file_path, edit.tool_id, edit.after]),
			[['src/a.js', 'run_1', 'export const a = 2;\n']],
		);
	});

	it('keep the line ends that files have, and leave the repository as it is', async () => {
		repository.write('.gitattributes', '*.bat text eol=crlf\n');
		repository.write('run.bat', 'one\r\ntwo\r\n');
		repository.commit('lines');
		const status = repository.git('status', '--porcelain');
		const objects = repository.git('count-objects', '-v');
		await prompt();
		repository.write('run.bat', 'one\r\nthree\r\n');
		await ran('make');
		await stop();
		const found = await foundEdits(1);
		assert.deepEqual(brief(found), [
			{ file_path: 'run.bat', kind: 'edit', before: 'one\r\ntwo\r\n', after: 'one\r\nthree\r\n', fidelity: 'snapshot', whole: true },
		]);
		assert.equal(status, '');
		assert.equal(repository.git('count-objects', '-v'), objects);
	});
});
