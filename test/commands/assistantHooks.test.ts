import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registered, resetVscode, user } from '../support/vscodeDouble';
import { registerCommands } from '../../src/commands/commands';
import { captureChoice } from '../../src/app/captureChoice';
import { dataPaths } from '../../src/platform/dataPaths';
import { commandIds } from '../../src/vscode/commandIds';
import { fakeHost } from '../support/fakeHost';
import { projectRoot } from '../support/dist';
import { installedScript, runHook } from '../support/hookScript';
import { temporaryFolder } from '../support/temporaryFolder';

const changed = ['HOME', 'USERPROFILE', 'CODELEARN_HOME', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'QWEN_HOME', 'COPILOT_HOME', 'GEMINI_CLI_HOME'] as const;

describe('commands for assistant hooks', () => {
	let home: { path: string; remove(): void };
	let before: Record<string, string | undefined>;
	beforeEach(() => {
		home = temporaryFolder('home');
		before = Object.fromEntries(changed.map((name) => [name, process.env[name]]));
		for (const name of changed) process.env[name] = '';
		process.env['HOME'] = process.env['USERPROFILE'] = home.path;
		process.env['CODELEARN_HOME'] = join(home.path, 'data');
		resetVscode();
		registerCommands(fakeHost());
	});
	afterEach(() => {
		for (const name of changed)
			if (before[name] === undefined) delete process.env[name];
			else process.env[name] = before[name];
		home.remove();
	});
	const run = (id: string, chosen?: unknown) => registered.get(id)?.(chosen);
	const file = () => join(home.path, '.claude/settings.json');

	it('install after a yes and remove after another', async () => {
		user.answers.push('Claude Code', 'Install');
		assert.match(String(await run(commandIds.installAssistantHooks)), /Claude Code are installed/);
		assert.match(readFileSync(file(), 'utf8'), /hook\.(sh|ps1)/);
		user.answers.push('Claude Code', 'Remove');
		assert.match(String(await run(commandIds.removeAssistantHooks)), /taken out/);
		assert.ok(!existsSync(file()));
	});

	it('ask only for the yes when the row of an assistant was used', async () => {
		user.answers.push('Install');
		assert.match(String(await run(commandIds.installAssistantHooks, { type: 'assistant', assistant: 'claude-code' })), /Claude Code are installed/);
		assert.ok(existsSync(file()));
	});

	it('write nothing without a yes, and say when there is nothing to remove', async () => {
		for (const answers of [['Claude Code'], []]) {
			user.answers.push(...answers);
			await run(commandIds.installAssistantHooks);
			assert.ok(!existsSync(file()));
		}
		await run(commandIds.removeAssistantHooks);
		assert.match(user.messages.at(-1)?.message ?? '', /No hooks are installed/);
	});

	it('say what Codex still asks of the user', async () => {
		user.answers.push('Codex', 'Install');
		await run(commandIds.installAssistantHooks);
		assert.ok(user.messages.some(({ message }) => message.includes('trust')));
	});
});

describe('plugin for agents of the editor', () => {
	const { contributes } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { contributes: { chatPlugins: { path: string }[] } };
	const root = join(projectRoot, contributes.chatPlugins[0]?.path ?? '');
	const { hooks } = JSON.parse(readFileSync(join(root, 'hooks/hooks.json'), 'utf8')) as { hooks: Record<string, { command: string; windows: string }[]> };

	it('is whole and has scripts for both shells', () => {
		assert.ok(existsSync(join(root, '.plugin/plugin.json')));
		for (const { command, windows } of Object.values(hooks).flat()) {
			const scripts = [/\S+hook\.sh/.exec(command)?.[0], /\S+hook\.ps1/.exec(windows)?.[0]?.replaceAll('\\', '/')];
			for (const script of scripts) assert.ok(existsSync((script ?? '').replace('${PLUGIN_ROOT}', root)), script);
		}
	});

	it('says nothing and succeeds when there is no data folder', async function () {
		if (process.platform === 'win32') return this.skip();
		const home = temporaryFolder('home');
		try {
			const command = (hooks['Stop']?.[0]?.command ?? '').replace('${PLUGIN_ROOT}', `"${root}"`);
			const env = { HOME: home.path, CODELEARN_HOME: '', XDG_DATA_HOME: '' };
			assert.deepEqual(await runHook('/bin/sh', ['-c', command], '{}', { env }), { code: 0, stdout: '', stderr: '' });
			installedScript(home.path);
			assert.deepEqual(await runHook('/bin/sh', ['-c', command], '{}', { env: { ...env, CODELEARN_HOME: home.path } }), { code: 0, stdout: '', stderr: '' });
			assert.equal(captureChoice(home.path, dataPaths({ CODELEARN_HOME: home.path })), undefined);
		} finally {
			home.remove();
		}
	});
});
