import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedCalls } from '../capture/hooks/calls';
import { CliHome } from '../support/cliHome';
import { runHook } from '../support/hookScript';

describe('chroma-client hooks --for', function () {
	if (process.platform === 'win32') return;
	this.timeout(60_000);
	const home = new CliHome({ CLAUDE_CONFIG_DIR: '', CODEX_HOME: '' });
	const folder = () => home.env['HOME'] ?? '';
	const settings = () => join(folder(), '.claude/settings.json');
	after(() => home.remove());

	it('installs once, says where, and leaves no trace', async () => {
		mkdirSync(join(folder(), '.claude'), { recursive: true });
		writeFileSync(settings(), '{\n  "model": "opus"\n}');
		const install = () => home.json(['hooks', 'install', '--for', 'claude-code']);
		assert.deepEqual(await install(), { assistant: 'claude-code', label: 'Claude Code', file: settings(), changed: true });
		assert.equal((await install())['changed'], false);
		assert.equal((await home.json(['hooks', 'status', '--for', 'claude']))['installed'], true);
		const { hooks } = await home.json<{ hooks: { assistant: string; installed: boolean }[] }>(['hooks', 'status', '--for', 'all']);
		assert.deepEqual(
			hooks.filter(({ installed }) => installed).map(({ assistant }) => assistant),
			['claude-code'],
		);
		assert.equal((await home.json(['hooks', 'uninstall', '--for', 'claude-code']))['changed'], true);
		assert.equal(readFileSync(settings(), 'utf8'), '{\n  "model": "opus"\n}');
	});

	it('refuses settings with comments and assistants it does not know', async () => {
		writeFileSync(settings(), '{\n  // mine\n}');
		const commented = await home.run(['hooks', 'install', '--for', 'claude-code']);
		assert.equal(commented.code, 1);
		assert.match(commented.stderr, /no plain JSON/);
		assert.equal((await home.run(['hooks', 'install', '--for', 'emacs'])).code, 2);
		writeFileSync(settings(), '{}');
	});

	it('brings turns of hooks into the review, those from before the background process and those of now', async () => {
		await home.json(['hooks', 'install', '--for', 'claude-code']);
		const { hooks } = JSON.parse(readFileSync(settings(), 'utf8')) as { hooks: Record<string, { hooks: { command: string }[] }[]> };
		const tell = async (run: string) => {
			for (const payload of recordedCalls(`claude-code/${run}`)) {
				const command = hooks[String(payload['hook_event_name'])]?.[0]?.hooks[0]?.command;
				if (command === undefined) continue;
				const result = await runHook('/bin/sh', ['-c', command], JSON.stringify(payload));
				assert.deepEqual(result, { code: 0, stdout: '', stderr: '' });
			}
		};
		const prompts = async () =>
			(await home.json<{ turns: { prompt_summary: string; files: string[] }[] }>(['review-and-promote', '--everywhere'])).turns.map(
				({ prompt_summary, files }) => [prompt_summary, files.length],
			);
		await tell('fix-sum');
		const [first] = await prompts();
		assert.match(String(first?.[0]), /^sum\(/);
		assert.equal(first?.[1], 2);
		await tell('two-turns');
		for (let tries = 0; tries < 20 && (await prompts()).length < 3; tries++);
		assert.equal((await prompts()).length, 3);
		assert.ok(existsSync(join(home.data, 'bin/hook.sh')));
	});
});
