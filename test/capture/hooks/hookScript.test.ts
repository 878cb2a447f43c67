import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpoolEntry } from '../../../src/capture/hooks/hookEvent';
import { installedScript, runHook } from '../../support/hookScript';
import { temporaryFolder } from '../../support/temporaryFolder';

const silent = { code: 0, stdout: '', stderr: '' };

describe('hook.sh', function () {
	if (process.platform === 'win32') return;
	let folder: { path: string; remove(): void };
	let spool: string;
	beforeEach(() => {
		folder = temporaryFolder('hook');
		spool = join(folder.path, 'spool');
	});
	afterEach(() => folder.remove());
	const written = () => readdirSync(spool).filter((name) => name !== '.read');
	const entries = () => written().map((name) => SpoolEntry.parse(JSON.parse(readFileSync(join(spool, name), 'utf8'))));

	it('leaves one whole file that only its owner reads, and says nothing', async () => {
		const script = installedScript(folder.path);
		const payload = { hook_event_name: 'Stop', text: 'größer "quoted" \\ 100% $HOME `id`\n' };
		const before = Date.now();
		assert.deepEqual(await runHook(script, ['claude-code'], JSON.stringify(payload), { cwd: folder.path }), silent);
		const [name] = written();
		assert.match(name ?? '', /^\d{19}-\d+-\d+\.json$/);
		assert.equal(statSync(join(spool, name ?? '')).mode & 0o777, 0o600);
		const [entry] = entries();
		assert.deepEqual(entry, { assistant: 'claude-code', event: '', at: entry?.at, cwd: folder.path, payload: [payload] });
		const at = Number(entry.at) / 1e6;
		assert.ok(at > before - 1000 && at < Date.now() + 1000);
	});

	it('prints what each assistant needs, and the name of an event it was given is kept', async () => {
		const script = installedScript(folder.path);
		for (const [args, stdout] of [
			[['cursor', 'beforeSubmitPrompt'], '{}'],
			[['cursor', 'preToolUse'], '{}'],
			[['cursor', 'afterFileEdit'], ''],
			[['cline', 'TaskStart'], '{"cancel":false}'],
			[['copilot-cli', 'agentStop'], ''],
		] as const)
			assert.deepEqual(await runHook(script, args, '{}'), { ...silent, stdout }, args.join(' '));
		assert.deepEqual(
			entries()
				.sort((a, b) => (a.at < b.at ? -1 : 1))
				.map(({ event }) => event),
			['beforeSubmitPrompt', 'preToolUse', 'afterFileEdit', 'TaskStart', 'agentStop'],
		);
	});

	it('keeps ten megabytes, and cuts what is longer without breaking the pipe', async () => {
		const script = installedScript(folder.path);
		const text = 'x'.repeat(10_000_000);
		assert.deepEqual(await runHook(script, ['claude-code'], JSON.stringify({ text })), silent);
		assert.deepEqual(entries()[0]?.payload, [{ text }]);
		rmSync(join(spool, written()[0] ?? ''));
		assert.deepEqual(await runHook(script, ['claude-code'], Buffer.alloc(20_000_000, 'y')), silent);
		assert.ok(statSync(join(spool, written()[0] ?? '')).size < 17_000_000);
	});

	it('keeps each of fifty at once', async () => {
		const script = installedScript(folder.path);
		const numbers = Array.from({ length: 50 }, (_, n) => n);
		const results = await Promise.all(numbers.map((n) => runHook(script, ['claude-code'], JSON.stringify({ n }))));
		for (const result of results) assert.deepEqual(result, silent);
		const seen = entries().map(({ payload }) => (payload[0] as { n: number }).n);
		assert.deepEqual(
			seen.sort((a, b) => a - b),
			numbers,
		);
	});

	it('takes an empty payload and none at all', async () => {
		const script = installedScript(folder.path);
		assert.deepEqual(await runHook(script, ['claude-code'], ''), silent);
		assert.deepEqual(entries()[0]?.payload, []);
		execFileSync('/bin/sh', ['-c', '"$1" claude-code <&-; "$1" claude-code </dev/null', 'sh', script]);
	});

	it('leaves a folder out that JSON cannot hold as it is', async () => {
		const script = installedScript(folder.path);
		const odd = join(folder.path, 'a "quoted"\\folder');
		mkdirSync(odd);
		await runHook(script, ['claude-code'], '{}', { cwd: odd });
		assert.deepEqual(
			entries().map(({ cwd, payload }) => ({ cwd, payload })),
			[{ cwd: '', payload: [{}] }],
		);
	});

	for (const [what, prepare] of [
		['is gone', () => undefined],
		['is a file', () => writeFileSync(spool, '')],
		['lies below a file', () => writeFileSync(join(folder.path, 'plain'), '')],
	] as const)
		it(`does nothing and takes the whole payload when the spool ${what}`, async () => {
			const script = installedScript(folder.path, what === 'lies below a file' ? join(folder.path, 'plain/spool') : spool, false);
			prepare();
			assert.deepEqual(await runHook(script, ['claude-code'], 'z'.repeat(1_000_000)), silent);
			assert.deepEqual(await runHook(script, ['cursor', 'beforeReadFile'], '{}'), { ...silent, stdout: '{}' });
		});

	it('leaves nothing half-written when the disk is full', async () => {
		const script = installedScript(folder.path);
		// A limit of the shell on the size of files fails a write as a full disk does.
		const limited = join(folder.path, 'limited.sh');
		writeFileSync(limited, `#!/bin/sh\ntrap '' XFSZ\nulimit -f 8\nexec '${script}' "$@"\n`, { mode: 0o755 });
		assert.deepEqual(await runHook(limited, ['claude-code'], 'z'.repeat(100_000)), silent);
		assert.deepEqual(written(), []);
	});

	it('writes nothing where nobody has read the spool for a week', async () => {
		const script = installedScript(folder.path);
		for (const seen of [`${Math.floor(Date.now() / 1000) - 9 * 86_400}`, '', 'never']) {
			writeFileSync(join(spool, '.read'), `${seen}\n`);
			assert.deepEqual(await runHook(script, ['claude-code'], '{}'), silent);
			assert.deepEqual(written(), [], seen);
		}
	});

	it('finds the spool by itself when none is filled in', async () => {
		const script = join(folder.path, 'bare.sh');
		const read = (spoolFolder: string) => {
			mkdirSync(spoolFolder, { recursive: true });
			writeFileSync(join(spoolFolder, '.read'), `${Math.floor(Date.now() / 1000)}\n`);
			return () => readdirSync(spoolFolder).filter((name) => name.endsWith('.json')).length;
		};
		writeFileSync(script, readFileSync(join(__dirname, '../../../resources/hooks/hook.sh')), { mode: 0o755 });
		const home = { HOME: folder.path, CODELEARN_HOME: '', XDG_DATA_HOME: '' };
		assert.deepEqual(await runHook(script, ['claude-code'], '{}', { env: home }), silent);
		assert.ok(!existsSync(join(folder.path, '.local')));
		const usual = read(join(folder.path, process.platform === 'darwin' ? 'Library/Application Support/codelearn/spool' : '.local/share/codelearn/spool'));
		const named = read(join(folder.path, 'named dir/spool'));
		await runHook(script, ['claude-code'], '{}', { env: home });
		await runHook(script, ['claude-code'], '{}', { env: { ...home, CODELEARN_HOME: join(folder.path, 'named dir') } });
		assert.deepEqual([usual(), named()], [1, 1]);
		const plugin = { ...home, CODELEARN_HOME: join(folder.path, 'named dir') };
		await runHook(script, ['vscode-copilot', 'Stop'], '{}', { env: plugin });
		assert.equal(named(), 1, 'nobody was asked yet');
		mkdirSync(join(folder.path, 'named dir/state/capture'), { recursive: true });
		await runHook(script, ['vscode-copilot', 'Stop'], '{}', { env: plugin });
		assert.equal(named(), 2);
	});
});
