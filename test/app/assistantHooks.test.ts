import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { assistantHookStatus, installAssistantHooks, uninstallAssistantHooks } from '../../src/app/assistantHooks';
import { hookTarget, hookTargetNames } from '../../src/app/hookTargets';
import type { SourcePlaces } from '../../src/capture/captureSource';
import { UserError } from '../../src/core/errors';
import { runHook } from '../support/hookScript';
import { temporaryFolder } from '../support/temporaryFolder';

interface Settings {
	hooks?: Record<string, { matcher?: string; hooks?: { command: string }[]; command?: string; bash?: string }[]>;
	[key: string]: unknown;
}

/** Files as people and programs write them. */
const files: Readonly<Record<string, string>> = {
	'two blanks': `${JSON.stringify({ model: 'opus', permissions: { allow: ['Bash(ls:*)'] }, env: { A: 'ü "x"' } }, undefined, 2)}\n`,
	'tabs, no newline at the end': JSON.stringify({ theme: 'dark', hooks: { Stop: [{ hooks: [{ type: 'command', command: 'say done' }] }] } }, undefined, '\t'),
	'one line': '{"a":1,"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}],"afterFileEdit":[]}}',
	'empty object': '{}',
	'empty object over two lines': '{\n}\n',
	'odd but valid': '\n{ "n" : 1.0e2 ,\t"s":"\\u00fc\\/{[" , "n":2,\r\n  "hooks" : { } }  \r\n\r\n',
	'with an empty list': '{\n    "hooks": {\n        "UserPromptSubmit": [],\n        "AfterAgent": [ ]\n    }\n}\n',
	blank: '\n',
	empty: '',
	'byte order mark': '\uFEFF{"a": []}\n',
};

describe('assistantHooks', () => {
	let home: { path: string; remove(): void };
	let places: SourcePlaces;
	beforeEach(() => {
		home = temporaryFolder('hooks');
		places = { home: home.path, platform: process.platform, env: { CODELEARN_HOME: join(home.path, "it's data") } };
	});
	afterEach(() => home.remove());

	const fileOf = (name: string) => hookTarget(name).file(places);
	const settings = (name: string) => JSON.parse(readFileSync(fileOf(name), 'utf8').replace(/^\uFEFF/, '')) as Settings;
	const lay = (name: string, text: string) => {
		mkdirSync(dirname(fileOf(name)), { recursive: true });
		writeFileSync(fileOf(name), text);
	};

	for (const name of hookTargetNames) {
		for (const [what, text] of Object.entries(files))
			it(`adds hooks of ${name} to a file (${what}) and takes them out to the byte`, () => {
				lay(name, text);
				assert.equal(installAssistantHooks(name, places).changed, true);
				const installed = readFileSync(fileOf(name), 'utf8');
				const { hooks = {}, ...others } = settings(name);
				const before = text.trim() === '' ? {} : (JSON.parse(text.replace(/^\uFEFF/, '')) as Settings);
				const { hooks: hooksBefore = {}, ...othersBefore } = before;
				for (const [key, value] of Object.entries(othersBefore)) assert.deepEqual(others[key], value);
				for (const [event, groups] of Object.entries(hooksBefore)) assert.deepEqual(hooks[event]?.slice(0, groups.length), groups);
				assert.deepEqual(Object.keys(others).slice(0, Object.keys(othersBefore).length), Object.keys(othersBefore));
				assert.equal(installAssistantHooks(name, places).changed, false);
				assert.equal(readFileSync(fileOf(name), 'utf8'), installed);
				assert.equal(assistantHookStatus(name, places)[0]?.installed, true);
				assert.equal(uninstallAssistantHooks(name, places).changed, true);
				assert.equal(readFileSync(fileOf(name), 'utf8'), text);
				assert.equal(uninstallAssistantHooks(name, places).changed, false);
				assert.equal(assistantHookStatus(name, places)[0]?.installed, false);
			});

		it(`makes the file of ${name} when there is none, and removes it again`, () => {
			installAssistantHooks(name, places);
			assert.ok(Object.keys(settings(name).hooks ?? {}).length > 0);
			installAssistantHooks(name, places);
			uninstallAssistantHooks(name, places);
			assert.ok(!existsSync(fileOf(name)));
		});
	}

	it('restores any settings to the byte', () => {
		const value = fc.letrec((tie) => ({
			any: fc.oneof(
				{ depthSize: 'small' },
				fc.string(),
				fc.integer(),
				fc.constant(null),
				fc.array(tie('any'), { maxLength: 3 }),
				fc.dictionary(fc.string(), tie('any'), { maxKeys: 3 }),
			),
		})).any;
		fc.assert(
			fc.property(
				fc.dictionary(
					fc.string().filter((key) => key !== 'hooks'),
					value,
					{ maxKeys: 4 },
				),
				fc.constantFrom(undefined, '  ', '\t', '    '),
				fc.boolean(),
				(others, unit, withHooks) => {
					const text = JSON.stringify(withHooks ? { ...others, hooks: { Stop: [{ hooks: [] }] } } : others, undefined, unit);
					lay('claude-code', text);
					installAssistantHooks('claude-code', places);
					assert.equal(settings('claude-code').hooks?.['Stop']?.length, withHooks ? 2 : 1);
					uninstallAssistantHooks('claude-code', places);
					assert.equal(readFileSync(fileOf('claude-code'), 'utf8'), text);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('takes out its own hooks only when the file was changed since, and leaves no empty lists', () => {
		lay('claude-code', files['two blanks'] ?? '');
		installAssistantHooks('claude-code', places);
		const theirs = { hooks: [{ type: 'command', command: 'their-own-thing' }] };
		const changed = settings('claude-code');
		changed.hooks?.['Stop']?.push(theirs);
		lay('claude-code', JSON.stringify({ ...changed, later: true }, undefined, 4));
		uninstallAssistantHooks('claude-code', places);
		const { hooks, later, model } = settings('claude-code');
		assert.deepEqual(hooks, { Stop: [theirs] });
		assert.deepEqual([later, model], [true, 'opus']);
	});

	it('leaves no empty object behind when the record of the installation is gone, and keeps a file that others wrote into', () => {
		lay('claude-code', '{\n  "model": "opus"\n}\n');
		installAssistantHooks('claude-code', places);
		rmSync(join(home.path, "it's data/state"), { recursive: true });
		uninstallAssistantHooks('claude-code', places);
		assert.deepEqual(settings('claude-code'), { model: 'opus' });
		installAssistantHooks('cursor', places);
		lay('cursor', JSON.stringify({ ...settings('cursor'), mine: 1 }));
		uninstallAssistantHooks('cursor', places);
		assert.deepEqual(settings('cursor'), { version: 1, mine: 1 });
	});

	it('points to the data folder of now when it was installed from another one', () => {
		installAssistantHooks('claude-code', places);
		const moved = { ...places, env: { CODELEARN_HOME: join(home.path, 'moved') } };
		assert.equal(installAssistantHooks('claude-code', moved).changed, true);
		const commands = settings('claude-code').hooks?.['Stop']?.flatMap((group) => group.hooks?.map(({ command }) => command));
		assert.equal(commands?.length, 1);
		assert.ok(commands[0]?.includes(join(home.path, 'moved')));
	});

	for (const text of ['// mine\n{}', '{"a": 1,}', '[1]', '{"hooks": []}', '{"hooks": {"Stop": {}}}', 'nonsense'])
		it(`refuses ${JSON.stringify(text)} and leaves it as it is`, () => {
			lay('claude-code', text);
			for (const act of [installAssistantHooks, uninstallAssistantHooks])
				assert.throws(
					() => act('claude-code', places),
					(cause) => cause instanceof UserError && cause.message.includes(fileOf('claude-code')),
				);
			assert.equal(readFileSync(fileOf('claude-code'), 'utf8'), text);
		});

	it('goes where the variables of the assistants lead, through a link, and keeps permissions', function () {
		if (process.platform === 'win32') return this.skip();
		const elsewhere = { ...places, env: { ...places.env, CLAUDE_CONFIG_DIR: join(home.path, 'cfg'), CODEX_HOME: join(home.path, 'cdx') } };
		mkdirSync(join(home.path, 'cfg'));
		mkdirSync(join(home.path, 'dotfiles'));
		const real = join(home.path, 'dotfiles/settings.json');
		writeFileSync(real, '{}\n');
		chmodSync(real, 0o640);
		symlinkSync(real, join(home.path, 'cfg/settings.json'));
		installAssistantHooks('claude-code', elsewhere);
		assert.ok(lstatSync(join(home.path, 'cfg/settings.json')).isSymbolicLink());
		assert.match(readFileSync(real, 'utf8'), /hook\.sh/);
		assert.equal(statSync(real).mode & 0o777, 0o640);
		const { note } = installAssistantHooks('codex', elsewhere);
		assert.match(note ?? '', /trust/);
		assert.ok(existsSync(join(home.path, 'cdx/hooks.json')));
	});

	it('says for whom hooks can be installed', () => {
		assert.throws(() => installAssistantHooks('emacs', places), /claude-code, cursor, codex/);
		assert.throws(() => installAssistantHooks('vscode', places), /nothing installed/);
		assert.equal(hookTarget('gemini').name, 'gemini-cli');
	});

	it('installs commands that work in a shell, and that succeed once Codelearn is gone', async function () {
		if (process.platform === 'win32') return this.skip();
		installAssistantHooks('claude-code', places);
		const command = settings('claude-code').hooks?.['PostToolUse']?.[0]?.hooks?.[0]?.command ?? '';
		const run = () => runHook('/bin/sh', ['-c', command], '{"hook_event_name":"PostToolUse"}');
		const spool = join(home.path, "it's data/spool");
		assert.deepEqual(await run(), { code: 0, stdout: '', stderr: '' });
		assert.equal(readdirSync(spool).filter((name) => name.endsWith('.json')).length, 1);
		rmSync(spool, { recursive: true });
		assert.deepEqual(await run(), { code: 0, stdout: '', stderr: '' });
		rmSync(join(home.path, "it's data"), { recursive: true });
		assert.deepEqual(await run(), { code: 0, stdout: '', stderr: '' });
	});
});
