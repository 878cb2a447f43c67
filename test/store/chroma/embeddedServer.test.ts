import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors';
import { loadChromaBinding } from '../../../src/store/chroma/chromaBinding';
import { ChromaStore } from '../../../src/store/chroma/chromaStore';
import { releaseServer, runningServer, stopServer } from '../../../src/store/chroma/embeddedServer';
import type { ServerState } from '../../../src/store/chroma/serverState';
import { serverFiles } from '../../../src/store/chroma/serverState';
import { openDatabase } from '../../../src/store/sqlite/sqlite';
import { bindingCache, endServer, startServer } from '../../support/chromaServer';
import { projectRoot } from '../../support/dist';
import { temporaryFolder } from '../../support/temporaryFolder';
import { gone, isRunning, until } from '../../support/waiting';

describe('the embedded Chroma server', function () {
	this.timeout(60_000);
	const place = temporaryFolder('chroma');
	const started: string[] = [];
	const children: ChildProcess[] = [];
	let count = 0;
	const directory = () => {
		const path = join(place.path, `chroma${count++}`);
		started.push(path);
		return path;
	};
	const child = (path: string) => {
		const process_ = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/serverChild.ts'), path], {
			cwd: projectRoot,
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		children.push(process_);
		return process_;
	};
	const answerOf = (process_: ReturnType<typeof child>) =>
		new Promise<ServerState & { error?: string }>((resolve) =>
			process_.stdout.once('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as ServerState)),
		);
	const heartbeat = async (state: ServerState) => (await fetch(`http://127.0.0.1:${state.port}/api/v2/heartbeat`)).ok;

	after(async () => {
		for (const each of children) each.kill('SIGKILL');
		for (const path of started) await endServer(path);
		place.remove();
	});

	it('is one, however many processes ask for it at once, and ends when the last of them has', async () => {
		const path = directory();
		const all = Array.from({ length: 8 }, () => child(path));
		const states = await Promise.all(all.map(answerOf));
		assert.deepEqual(
			states.flatMap((state) => state.error ?? []),
			[],
		);
		assert.equal(new Set(states.map((state) => state.pid)).size, 1);
		assert.ok(await heartbeat(states[0] as ServerState));
		for (const each of all.slice(1)) each.kill('SIGKILL');
		all[0]?.stdin.end();
		await gone(states[0]?.pid ?? 0);
		assert.equal(existsSync(serverFiles(path).state), false);
	});

	it('that is killed is started again by the next call, with all that it had acknowledged', async () => {
		const path = directory();
		const first = await startServer(path);
		const store = storeOf(path);
		const collection = await store.collection('default_database', 'chat_history_v1');
		await collection.upsert(
			Array.from({ length: 50 }, (_, index) => ({ id: `id${index}`, document: `document ${index}`, metadata: { index }, embedding: vector(index) })),
		);
		process.kill(first.pid, 'SIGKILL');
		await gone(first.pid);
		assert.equal(await collection.count(), 50);
		const second = await runningServer(path);
		assert.ok(second !== undefined && second.pid !== first.pid);
		assert.deepEqual(
			(await collection.query(vector(7), 1)).map((hit) => [hit.id, hit.document]),
			[['id7', 'document 7']],
		);
	});

	it('leaves at a stop, an interrupt and a terminate, and when its last leaseholder gives its lease back', async () => {
		const path = directory();
		for (const end of [
			() => stopServer(path),
			(state: ServerState) => process.kill(state.pid, 'SIGINT'),
			(state: ServerState) => process.kill(state.pid, 'SIGTERM'),
			(state: ServerState) => releaseServer(path, state),
		]) {
			const state = await startServer(path);
			await end(state);
			await gone(state.pid);
			assert.equal(await runningServer(path), undefined);
		}
		assert.equal(await stopServer(path), false);
	});

	it('leaves when its directory is removed, so that the next one has a directory to itself', async () => {
		const path = directory();
		const first = await startServer(path);
		rmSync(path, { recursive: true });
		const second = await startServer(path);
		assert.notEqual(second.pid, first.pid);
		await gone(first.pid);
		assert.ok(await heartbeat(second));
		assert.equal((await runningServer(path))?.pid, second.pid);
	});

	it('is not kept by a leaseholder that was killed a moment ago', async () => {
		const path = directory();
		const other = child(path);
		const { pid } = await answerOf(other);
		const state = await startServer(path);
		assert.equal(state.pid, pid);
		other.kill('SIGKILL');
		await gone(other.pid ?? 0);
		await releaseServer(path, state);
		await gone(pid, 1500);
	});

	it('announces itself again when its state file is lost', async () => {
		const path = directory();
		const state = await startServer(path);
		writeFileSync(serverFiles(path).state, '{"torn":');
		rmSync(serverFiles(path).state);
		assert.equal((await until('the state file is back', () => runningServer(path), 5000)).pid, state.pid);
	});

	describe('is not taken to be what only looks like it:', () => {
		const servers: Server[] = [];
		after(() => servers.forEach((server) => server.close()));
		const answering = (status: number, body: string) =>
			new Promise<number>((resolve) => {
				const server = createServer((_, response) => response.writeHead(status).end(body));
				servers.push(server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
			});
		const claim = async (path: string, state: Partial<ServerState>) => {
			mkdirSync(serverFiles(path).folder, { recursive: true });
			const port = 1;
			writeFileSync(serverFiles(path).state, JSON.stringify({ pid: 1, port, control_port: port, nonce: 'n', binary: '', started_at: '', ...state }));
			return runningServer(path);
		};

		it('a process that is dead', async () => assert.equal(await claim(directory(), { pid: 2 ** 22 - 3 }), undefined));

		it('another server on its port', async () => {
			for (const [status, body] of [
				[200, 'hello'],
				[200, '{"nonce":"another"}'],
				[404, ''],
			] as const)
				assert.equal(await claim(directory(), { pid: process.pid, control_port: await answering(status, body) }), undefined, body);
		});

		it('the server of another directory', async () => {
			const [path, other] = [directory(), directory()];
			const state = await startServer(other);
			assert.equal(await claim(path, { ...state, nonce: 'foreign' }), undefined);
			const own = await startServer(path);
			assert.notEqual(own.pid, state.pid);
		});

		it('a file that is no state', async () => {
			const path = directory();
			mkdirSync(serverFiles(path).folder, { recursive: true });
			for (const text of ['', '{}', '[1]', 'null']) {
				writeFileSync(serverFiles(path).state, text);
				assert.equal(await runningServer(path), undefined, text);
			}
		});
	});

	describe('says quickly, and every time, why it cannot start:', () => {
		/** Twice, since a second failure must not be taken for the trace of the first. */
		const refuses = async (path: string, message: RegExp) => {
			for (const time of ['first', 'second']) {
				const begin = Date.now();
				await assert.rejects(startServer(path), (cause) => cause instanceof UserError && message.test(cause.message) && cause.message.includes(path));
				assert.ok(Date.now() - begin < 20_000, `${time}: ${Date.now() - begin} ms`);
			}
		};

		it('another version of Chroma wrote the directory', async () => {
			const path = directory();
			await startServer(path);
			await stopServer(path);
			const database = openDatabase(join(path, 'chroma.sqlite3'));
			database.exec("update migrations set version=version+1 where dir='sysdb' and version=(select max(version) from migrations where dir='sysdb')");
			database.close();
			await refuses(path, /could not start: .*Another version of Chroma wrote this directory\. Update Codelearn, or set CHROMA_DB_PATH/);
		});

		it('the database is damaged', async () => {
			const path = directory();
			mkdirSync(path);
			writeFileSync(join(path, 'chroma.sqlite3'), 'garbage '.repeat(1000));
			await refuses(path, /could not start: .*Its database is damaged\. Move the directory away/);
		});

		it('the directory is a file', async () => {
			const path = join(place.path, 'file');
			writeFileSync(path, '');
			await refuses(path, /cannot be used: .*set CHROMA_DB_PATH to a folder you may write to/);
		});

		it('the disk is read-only or full', async function () {
			const path = join(place.path, 'small');
			mkdirSync(path);
			try {
				execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' });
			} catch {
				this.skip(); // only root may mount
			}
			try {
				await refuses(path, /could not start|cannot be used/);
				execFileSync('mount', ['-o', 'remount,ro', path]);
				await refuses(path, /cannot be used: .*(read-only|EROFS)/i);
			} finally {
				execFileSync('umount', [path]);
			}
		});

		it('the command of the user is none', async () => {
			const path = directory();
			await assert.rejects(startServer(path, '/nonexistent/chroma-server'), /could not start: .*(not found|ended while it was starting)/);
		});
	});

	it("can be a command of the user's own, of which nothing is left, whatever its path and however it ends", async function () {
		const path = `${directory()} it's $HOME`;
		const command = `true && '${process.execPath}' '${join(projectRoot, 'test/support/chromaCommand.cjs')}' '${loadChromaBinding(bindingCache).file}'`;
		const server = () =>
			execFileSync('pgrep', ['-f', `chromaCommand.cjs.*${count - 1} it.s`], { encoding: 'utf8' })
				.trim()
				.split('\n')
				.map(Number);
		const first = await startServer(path, command);
		assert.ok(await heartbeat(first));
		assert.equal(first.binary, command);
		const [orphan = 0] = server();
		process.kill(first.pid, 'SIGKILL');
		await gone(first.pid);
		assert.ok(isRunning(orphan));
		const second = await startServer(path, command);
		await gone(orphan);
		const [next = 0] = server();
		assert.ok(await heartbeat(second));
		await stopServer(path);
		await gone(second.pid);
		await gone(next);
	});

	function storeOf(path: string) {
		const endpoint = async () => ({ host: '127.0.0.1', port: (await startServer(path)).port, ssl: false, headers: {}, tenant: 'default_tenant', label: path });
		return new ChromaStore({ endpoint, model: () => Promise.resolve({ name: 'all-MiniLM-L6-v2', dimensions: 384 }), retryDelay: 20 });
	}
});

function vector(seed: number): Float32Array {
	return Float32Array.from({ length: 384 }, (_, index) => Math.sin(seed * 31 + index * (seed + 1)));
}
