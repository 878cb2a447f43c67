import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../src/core/errors';
import { createDataFolders, dataPaths } from '../../src/platform/dataPaths';
import { hmacSha256, sha256 } from '../../src/platform/hash';
import { writeLauncher } from '../../src/platform/launcher';
import { fileLog } from '../../src/platform/log';
import { isAlive, killMarked, pause } from '../../src/platform/processes';
import { readState, writeState } from '../../src/platform/stateFile';
import { ensureDist } from '../support/dist';
import { temporaryFolder } from '../support/temporaryFolder';
import { gone } from '../support/waiting';

describe('platform', () => {
	const place = temporaryFolder('platform');
	after(() => place.remove());

	describe('state files', () => {
		const shape = z.object({ a: z.number() });
		const file = join(place.path, 'state.json');

		it('come back, and only their owner may read them', () => {
			writeState(file, { a: 1 });
			assert.deepEqual(readState(file, shape), { a: 1 });
			assert.equal(statSync(file).mode & 0o777, 0o600);
		});

		it('count as absent when they are torn, foreign or missing', () => {
			for (const text of ['', '{"a":', '{"a":"x"}', '[]', 'null']) {
				writeFileSync(file, text);
				assert.equal(readState(file, shape), undefined, text);
			}
			assert.equal(readState(join(place.path, 'none.json'), shape), undefined);
		});
	});

	describe('the data folder', () => {
		it('is where CODELEARN_HOME says, for its owner alone', () => {
			const paths = dataPaths({ CODELEARN_HOME: join(place.path, 'data') });
			createDataFolders(paths);
			for (const folder of [paths.root, paths.journal, paths.state, paths.spool]) assert.equal(statSync(folder).mode & 0o777, 0o700, folder);
			assert.match(dataPaths({ CODELEARN_HOME: '' }).root, /codelearn$/);
		});

		it('that cannot be made is named, with what to do', () => {
			writeFileSync(join(place.path, 'file'), '');
			const paths = dataPaths({ CODELEARN_HOME: join(place.path, 'file/data') });
			assert.throws(
				() => createDataFolders(paths),
				(cause) => cause instanceof UserError && /file\/data cannot be written.*CODELEARN_HOME/.test(cause.message),
			);
		});
	});

	describe('processes', () => {
		it('of ours are ended by their mark, others never', async () => {
			const mark = randomUUID();
			const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)', mark]);
			const pid = child.pid ?? 0;
			assert.ok(isAlive(pid));
			assert.equal(killMarked(pid, randomUUID()), false);
			assert.ok(isAlive(pid));
			child.kill('SIGSTOP');
			assert.equal(killMarked(pid, mark), true);
			await gone(pid);
			assert.equal(killMarked(pid, mark), false);
		});

		it('wait no longer once they are told to stop', async () => {
			const stop = new AbortController();
			const waiting = pause(60_000, stop.signal);
			stop.abort();
			await assert.rejects(waiting);
			await assert.rejects(pause(60_000, stop.signal));
		});
	});

	describe('the log file', () => {
		it('holds the wanted levels only and is moved aside once it is large', () => {
			const file = join(place.path, 'x.log');
			const log = fileLog('WARNING', file);
			log.info('quiet');
			log.warn('loud');
			log.error('failed', new Error('why'));
			const text = readFileSync(file, 'utf8');
			assert.ok(!text.includes('quiet') && text.includes('warning: loud') && text.includes('error: failed: Error: why'));
			writeFileSync(file, Buffer.alloc(5_000_001));
			log.warn('one more');
			assert.ok(existsSync(`${file}.1`) && !existsSync(file));
		});

		it('does not stop the work when it cannot be written', () => fileLog('INFO', join(place.path, 'no/such/folder/x.log')).warn('x'));
	});

	describe('the launcher', () => {
		it('runs the program from anywhere, with any characters in the path, and without node on the PATH', () => {
			ensureDist();
			const root = join(place.path, "it's a $HOME");
			mkdirSync(root);
			const paths = dataPaths({ CODELEARN_HOME: root });
			createDataFolders(paths);
			const file = writeLauncher(paths);
			assert.match(execFileSync(file, ['--version'], { cwd: '/', encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } }), /^\d+\.\d+\.\d+/);
		});

		it('stays silent when the program was uninstalled', () => {
			const paths = dataPaths({ CODELEARN_HOME: join(place.path, 'left') });
			createDataFolders(paths);
			const file = writeLauncher(paths);
			writeFileSync(file, readFileSync(file, 'utf8').replace(/^entry=.*$/m, "entry='/gone/cli.cjs'"));
			chmodSync(file, 0o755);
			assert.equal(execFileSync(file, ['index'], { encoding: 'utf8' }), '');
		});
	});

	it('hashes are keyed where a short text must not be guessed', () => {
		assert.equal(sha256('a'), 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb');
		assert.notEqual(hmacSha256(Buffer.from('k1'), 'a'), hmacSha256(Buffer.from('k2'), 'a'));
	});
});
