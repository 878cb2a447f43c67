import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DaemonStatus } from '../../src/core/api';
import type { Learning } from '../../src/core/learning';
import { CliHome } from '../support/cliHome';
import { projectRoot } from '../support/dist';
import { GitRepository } from '../support/gitRepository';
import { gone, isRunning, pause, until } from '../support/waiting';

describe('the daemon', function () {
	this.timeout(90_000);
	const homes: CliHome[] = [];
	let repo: GitRepository;
	before(() => {
		repo = new GitRepository({ 'a.ts': 'export function parseHeaders(raw: string) {\n\treturn raw.split(":");\n}\n' });
	});
	afterEach(async () => {
		for (const home of homes.splice(0)) {
			await home.remove();
			assert.deepEqual(home.processes(), []);
		}
	});
	after(() => repo.remove());
	const fresh = (env: Record<string, string> = {}) => {
		const home = new CliHome(env);
		homes.push(home);
		return home;
	};
	const here = () => ({ cwd: repo.root });
	const daemonOf = (home: CliHome) => home.daemon()?.pid ?? 0;
	const host = async (home: CliHome) => {
		const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/hostChild.ts'), repo.root], {
			cwd: projectRoot,
			env: home.env,
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		const line = await new Promise<string>((resolve) => child.stdout.once('data', (piece: Buffer) => resolve(piece.toString())));
		return { child, ...(JSON.parse(line) as { pid: number; leases: { pid: number; what: string }[] }) };
	};
	/** Processes of a home by the program they run. */
	const running = (home: CliHome, program: string) => home.processes().filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program));

	it('is one, with one Chroma, however many commands begin at once in a new data directory', async () => {
		const home = fresh({ CODELEARN_LINGER_MS: '8000' });
		const results = await Promise.all(
			Array.from({ length: 10 }, (_, index) =>
				home.run(index % 2 === 0 ? ['promote-learning', '--description', `learning ${index}`, '--json'] : ['index', '--changed', '--json'], here()),
			),
		);
		for (const { code, stderr } of results) assert.equal(code, 0, stderr);
		assert.deepEqual(running(home, 'daemon.cjs'), [daemonOf(home)]);
		assert.deepEqual(running(home, 'chromaHost.cjs'), [home.chroma()?.pid]);
		const { learnings } = await home.json<{ learnings: Learning[] }>(['learnings'], here());
		assert.equal(learnings.length, 5);
	});

	it('that is killed is replaced by the next command, which finds everything', async () => {
		const home = fresh({ CODELEARN_LINGER_MS: '8000' });
		await home.json(['promote-learning', '--description', 'Parse headers once'], here());
		await home.json(['index', '--all'], here());
		const first = daemonOf(home);
		process.kill(first, 'SIGKILL');
		const query = await home.json<{ results: { document: string; symbol: string }[] }>(['query', 'parse headers'], here());
		assert.ok(
			query.results.some((hit) => hit.document === 'Parse headers once') && query.results.some((hit) => hit.symbol === 'parseHeaders'),
			JSON.stringify(query.results),
		);
		assert.notEqual(daemonOf(home), first);
		const doctor = await home.json<{ findings: { level: string; text: string }[] }>(['doctor'], here());
		assert.ok(
			doctor.findings.every((finding) => finding.level !== 'problem'),
			JSON.stringify(doctor.findings),
		);
	});

	it('that is killed leaves a state file that doctor mends', async () => {
		const home = fresh();
		await home.json(['promote-learning', '--description', 'kept'], here());
		process.kill(daemonOf(home), 'SIGKILL');
		await gone(daemonOf(home));
		const looked = await home.run(['doctor', '--no-mend'], here());
		assert.match(looked.stdout, /warning: The background process had died; its state file was left behind/);
		process.kill(daemonOf(home), 'SIGKILL');
		const mended = await home.run(['doctor'], here());
		assert.equal(mended.code, 0, mended.stdout);
		assert.match(mended.stdout, /mended: The background process had died/);
		assert.match(mended.stdout, /ok: Chroma answers/);
	});

	it('that sleeps loses its place within ten seconds, and writes nothing when it wakes', async () => {
		const home = fresh({ CODELEARN_LINGER_MS: '20000' });
		await home.json(['promote-learning', '--description', 'before'], here());
		const first = daemonOf(home);
		process.kill(first, 'SIGSTOP');
		const begin = Date.now();
		await home.json(['promote-learning', '--description', 'meanwhile'], here());
		assert.ok(Date.now() - begin < 15_000, `${Date.now() - begin} ms`); // ten seconds, and the start of a process on a busy machine
		assert.notEqual(daemonOf(home), first);
		const segments = () => readdirSync(join(home.data, 'journal')).map((name) => [name, readFileSync(join(home.data, 'journal', name), 'utf8').length]);
		const before = segments();
		if (isRunning(first)) process.kill(first, 'SIGCONT');
		await gone(first);
		assert.deepEqual(segments(), before);
		const { learnings } = await home.json<{ learnings: Learning[] }>(['learnings'], here());
		assert.deepEqual(learnings.map((learning) => learning.description).sort(), ['before', 'meanwhile']);
	});

	it('leaves by itself, with Chroma, when nobody needs it, but stays for a host that holds it', async () => {
		const [left, held] = [fresh(), fresh()];
		const { child, pid, leases } = await host(held);
		assert.deepEqual(leases, [{ pid: child.pid, what: 'vscode' }]);
		await left.json(['setup-collections'], here());
		const [daemon, chroma] = [daemonOf(left), left.chroma()?.pid ?? 0];
		assert.ok(isRunning(daemon) && isRunning(chroma));
		await gone(daemon, 30_000);
		await gone(chroma, 10_000);
		assert.equal(left.daemon(), undefined);
		assert.ok(isRunning(pid));
		process.kill(pid, 'SIGKILL');
		const second = await until('the host brings it back', () => (daemonOf(held) !== pid && isRunning(daemonOf(held)) ? daemonOf(held) : undefined), 30_000);
		child.kill('SIGKILL');
		await gone(second, 30_000);
	});

	it('is shared by hosts and commands, and kept by the last host', async () => {
		const home = fresh();
		const [one, two] = await Promise.all([host(home), host(home)]);
		assert.equal(one.pid, two.pid);
		const status = await home.json<DaemonStatus>(['server', 'status'], here());
		assert.equal(status.pid, one.pid);
		assert.equal(status.leases.length, 2);
		one.child.stdin.end();
		await gone(one.child.pid ?? 0);
		assert.equal((await home.json<DaemonStatus>(['server', 'status'], here())).leases.length, 1);
		two.child.kill('SIGKILL');
	});

	it('refuses a data directory that a newer program wrote, every time and at once', async () => {
		const home = fresh();
		mkdirSync(join(home.data, 'state'), { recursive: true });
		writeFileSync(join(home.data, 'state/layout.json'), '{"protocol":999}');
		for (const time of ['first', 'second']) {
			const begin = Date.now();
			const { code, stderr } = await home.run(['query', 'x'], here());
			assert.equal(code, 1);
			assert.match(
				stderr,
				/was written by a newer Codelearn \(layout 999, this program knows \d+\)\. Update Codelearn, or set CODELEARN_HOME.*Nothing was changed/,
			);
			assert.ok(Date.now() - begin < 15_000, `${time}: ${Date.now() - begin} ms`);
		}
		assert.equal(readFileSync(join(home.data, 'state/layout.json'), 'utf8'), '{"protocol":999}');
	});

	it('of a newer program is neither used nor stopped', async () => {
		const home = fresh();
		let stopped = false;
		const server = createServer((request, response) => {
			stopped ||= request.url === '/stop';
			response.end('{"result":{"nonce":"newer"}}\n');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		try {
			mkdirSync(join(home.data, 'state'), { recursive: true });
			const { port } = server.address() as AddressInfo;
			const state = { protocol: 999, version: '9.9.9', pid: process.pid, port, nonce: 'newer', started_at: '' };
			writeFileSync(join(home.data, 'state/daemon.json'), JSON.stringify(state));
			const { code, stderr } = await home.run(['query', 'x'], here());
			assert.equal(code, 1);
			assert.match(stderr, /in use by a newer Codelearn \(9\.9\.9; this is .*\)\. Update this one, or set CODELEARN_HOME/);
			assert.equal(stopped, false);
		} finally {
			server.close();
			writeFileSync(join(home.data, 'state/daemon.json'), '');
		}
	});

	it('answers nobody who does not know its secret', async () => {
		const home = fresh({ CODELEARN_LINGER_MS: '8000' });
		await home.json(['setup-collections'], here());
		const { port = 0, nonce = '' } = home.daemon() ?? {};
		const call = (headers: Record<string, string>, path = '/ping', body = '{}') => fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers, body });
		for (const headers of [{}, { 'x-codelearn-nonce': '' }, { 'x-codelearn-nonce': `${nonce}x` }]) assert.equal((await call(headers)).status, 403);
		const own = { 'x-codelearn-nonce': nonce };
		assert.match(await (await call(own)).text(), new RegExp(nonce));
		for (const [path, body] of [
			['/rpc/status', 'garbage'],
			['/rpc/status', '{}'],
			['/rpc/dance', '{"input":{},"context":{}}'],
			['/rpc/constructor', '{}'],
			['/lease', '{"pid":"x"}'],
		] as const)
			await (await call(own, path, body)).text().catch(() => '');
		assert.ok(isRunning(daemonOf(home)));
		assert.equal((await home.run(['server', 'status'], here())).code, 0);
	});

	it('keeps what it was told when it is stopped in the middle of many commands', async () => {
		const home = fresh({ CODELEARN_LINGER_MS: '8000' });
		await home.json(['setup-collections'], here());
		const writing = Array.from({ length: 6 }, (_, index) => home.run(['promote-learning', '--description', `number ${index}`], here()));
		await pause(400);
		process.kill(daemonOf(home), 'SIGKILL');
		const results = await Promise.all(writing);
		for (const { code, stderr } of results) assert.equal(code, 0, stderr);
		const { learnings } = await home.json<{ learnings: Learning[] }>(['learnings'], here());
		const kept = new Set(learnings.map((learning) => learning.description));
		for (let index = 0; index < 6; index++) assert.ok(kept.has(`number ${index}`));
	});
});
