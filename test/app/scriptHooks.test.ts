import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assistantHookStatus, installAssistantHooks, uninstallAssistantHooks } from '../../src/app/assistantHooks';
import type { SourcePlaces } from '../../src/capture/captureSource';
import { runHook } from '../support/hookScript';
import { temporaryFolder } from '../support/temporaryFolder';

const events = ['PostToolUse', 'TaskCancel', 'TaskComplete', 'TaskError', 'TaskStart'];

describe('hooks that are scripts (Cline)', () => {
	let home: { path: string; remove(): void };
	let places: SourcePlaces;
	let hooks: string;
	beforeEach(() => {
		home = temporaryFolder('script-hooks');
		hooks = join(home.path, '.cline/hooks');
		places = { home: home.path, platform: 'linux', env: { CODELEARN_HOME: join(home.path, "it's data") } };
	});
	afterEach(() => home.remove());

	const isInstalled = (): boolean | undefined => assistantHookStatus('cline', places)[0]?.installed;

	it('are added and taken out without a trace', () => {
		assert.equal(isInstalled(), false);
		assert.deepEqual(installAssistantHooks('cline', places), { assistant: 'cline', label: 'Cline', file: hooks, changed: true });
		assert.deepEqual(readdirSync(hooks).sort(), events);
		assert.equal(installAssistantHooks('cline', places).changed, false);
		assert.equal(isInstalled(), true);
		assert.equal(uninstallAssistantHooks('cline', places).changed, true);
		assert.ok(!existsSync(join(home.path, '.cline')));
		assert.equal(isInstalled(), false);
		assert.equal(uninstallAssistantHooks('cline', places).changed, false);
	});

	it("go to the extension's folder too where there is one, and leave folders that were there or are not empty", () => {
		const documents = join(home.path, 'Documents/Cline');
		mkdirSync(documents, { recursive: true });
		mkdirSync(hooks, { recursive: true });
		assert.match(installAssistantHooks('cline', places).note ?? '', /settings/);
		assert.deepEqual(readdirSync(join(documents, 'Hooks')).sort(), events);
		writeFileSync(join(documents, 'Hooks/PreToolUse'), 'theirs');
		uninstallAssistantHooks('cline', places);
		assert.deepEqual([readdirSync(hooks), readdirSync(join(documents, 'Hooks'))], [[], ['PreToolUse']]);
	});

	it("never touch somebody else's script, and say so", () => {
		mkdirSync(hooks, { recursive: true });
		const theirs = join(hooks, 'TaskComplete');
		writeFileSync(theirs, '#!/bin/sh\necho theirs\n', { mode: 0o700 });
		assert.ok(installAssistantHooks('cline', places).note?.includes(`${theirs} is a script of somebody else's`));
		assert.deepEqual(readdirSync(hooks).sort(), events);
		uninstallAssistantHooks('cline', places);
		assert.deepEqual(readdirSync(hooks), ['TaskComplete']);
		assert.equal(readFileSync(theirs, 'utf8'), '#!/bin/sh\necho theirs\n');
		assert.equal(statSync(theirs).mode & 0o777, 0o700);
	});

	it('point to the data folder of now, and lie where CLINE_DIR leads', () => {
		const elsewhere = { ...places, env: { ...places.env, CLINE_DIR: join(home.path, 'cline') } };
		installAssistantHooks('cline', elsewhere);
		const moved = { ...elsewhere, env: { ...elsewhere.env, CODELEARN_HOME: join(home.path, 'moved') } };
		assert.equal(installAssistantHooks('cline', moved).changed, true);
		assert.ok(readFileSync(join(home.path, 'cline/hooks/TaskError'), 'utf8').includes(join(home.path, 'moved')));
		assert.ok(!existsSync(hooks));
	});

	it('are scripts of PowerShell on Windows', () => {
		const windows = { ...places, platform: 'win32' as const };
		installAssistantHooks('cline', windows);
		assert.deepEqual(
			readdirSync(hooks).sort(),
			events.map((event) => `${event}.ps1`),
		);
		assert.ok(readFileSync(join(hooks, 'TaskError.ps1'), 'utf8').includes(`it''s data`));
		uninstallAssistantHooks('cline', windows);
		assert.ok(!existsSync(hooks));
	});

	it('name what cannot be written', () => {
		writeFileSync(join(home.path, '.cline'), 'a file');
		assert.throws(() => installAssistantHooks('cline', places), /TaskStart cannot be written/);
		assert.equal(readFileSync(join(home.path, '.cline'), 'utf8'), 'a file');
	});

	it('run, answer that the task goes on, and do so too once Codelearn is gone', async function () {
		if (process.platform === 'win32') return this.skip();
		installAssistantHooks('cline', places);
		const goesOn = { code: 0, stdout: '{"cancel":false}', stderr: '' };
		const spool = join(home.path, "it's data/spool");
		const kept = (): string[] => readdirSync(spool).filter((name) => name.endsWith('.json'));
		for (const event of events) assert.deepEqual(await runHook(join(hooks, event), [], '{"hookName":"agent_end"}'), goesOn);
		assert.equal(kept().length, events.length);
		const entry = JSON.parse(readFileSync(join(spool, kept()[0] ?? ''), 'utf8')) as Record<string, unknown>;
		assert.deepEqual([entry['assistant'], entry['payload']], ['cline', [{ hookName: 'agent_end' }]]);
		rmSync(join(home.path, "it's data"), { recursive: true });
		assert.deepEqual(await runHook(join(hooks, 'TaskComplete'), [], 'x'.repeat(1_000_000)), goesOn);
	});
});
