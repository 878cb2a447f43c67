import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BlobReader } from '../../src/platform/blobReader';
import { GitRepository } from '../support/gitRepository';
import { gitHome } from '../support/gitHome';
import { temporaryFolder } from '../support/temporaryFolder';

describe('reader of blobs', () => {
	const made: { remove(): void }[] = [];
	const readers: BlobReader[] = [];
	let home: ReturnType<typeof gitHome>;
	const repository = (files?: Record<string, string>) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	const reader = (root: string, idleMs?: number) => {
		const made = new BlobReader(root, idleMs);
		readers.push(made);
		return made;
	};
	const blobOf = (repo: GitRepository, path: string) => repo.git('rev-parse', `HEAD:${path}`).trim();
	before(() => (home = gitHome()));
	after(async () => {
		await Promise.all(readers.map((each) => each.close()));
		made.forEach((each) => each.remove());
		home.restore();
	});

	it('gives texts in the order of the questions, letter by letter', async () => {
		const texts = ['', 'a', 'line\r\nline\r\n', '\ufeffmarked', 'ü日本\n', '\n\n', `${'x'.repeat(70_000)}\n`];
		const repo = repository(Object.fromEntries(texts.map((text, at) => [`${at}.txt`, text])));
		const blobs = texts.map((_text, at) => blobOf(repo, `${at}.txt`));
		const open = reader(repo.root);
		const answered: number[] = [];
		const asked = [...blobs, ...blobs].map(async (sha, at) => {
			const text = await open.read(sha);
			answered.push(at);
			return text;
		});
		assert.deepEqual(await Promise.all(asked), [...texts, ...texts]);
		assert.deepEqual(
			answered,
			answered.map((_each, at) => at),
		);
	});

	it('has nothing for what is missing, binary, too long, no blob, or no name', async () => {
		const repo = repository({ 'good.txt': 'good' });
		repo.write('binary', Buffer.from([65, 0, 66]));
		repo.write('late', `${'x'.repeat(9000)}\0`);
		repo.write('limit', 'x'.repeat(2 * 1024 * 1024));
		repo.write('long', 'x'.repeat(2 * 1024 * 1024 + 1));
		const commit = repo.commit('files');
		const open = reader(repo.root);
		const names = ['binary', 'long'].map((name) => blobOf(repo, name));
		const tree = repo.git('rev-parse', 'HEAD^{tree}').trim();
		const bad = [...names, commit, tree, 'f'.repeat(40), '0'.repeat(40), 'HEAD', '', `${commit}\n${commit}`];
		const [good, late, limit] = ['good.txt', 'late', 'limit'].map((name) => blobOf(repo, name));
		for (const sha of bad) assert.deepEqual(await Promise.all([open.read(sha), open.read(good ?? '')]), [undefined, 'good'], sha);
		assert.equal((await open.read(late ?? ''))?.length, 9001);
		assert.equal((await open.read(limit ?? ''))?.length, 2 * 1024 * 1024);
	});

	it('goes on when its process dies, with what was not answered', async () => {
		const repo = repository({ 'a.txt': 'a', 'big.txt': 'b'.repeat(1_900_000) });
		const [a, big] = [blobOf(repo, 'a.txt'), blobOf(repo, 'big.txt')];
		const open = reader(repo.root);
		assert.equal(await open.read(a), 'a');
		const asked = [big, big, a, big].map((sha) => open.read(sha));
		process.kill(gitChildren()[0] ?? 0, 'SIGKILL');
		assert.deepEqual(
			(await Promise.all(asked)).map((text) => text?.length),
			[1_900_000, 1_900_000, 1, 1_900_000],
		);
		process.kill(gitChildren()[0] ?? 0, 'SIGKILL');
		await wait(50);
		assert.equal(await open.read(a), 'a');
		await open.close();
	});

	it('has nothing for a damaged blob, and reads the others', async () => {
		const repo = repository({ 'a.txt': 'a', 'b.txt': 'b'.repeat(1000) });
		const [a, b] = [blobOf(repo, 'a.txt'), blobOf(repo, 'b.txt')];
		const file = join(repo.root, '.git/objects', b.slice(0, 2), b.slice(2));
		chmodSync(file, 0o644);
		writeFileSync(file, 'no longer an object');
		const open = reader(repo.root);
		assert.deepEqual(await Promise.all([a, b, a, b, a].map((sha) => open.read(sha))), ['a', undefined, 'a', undefined, 'a']);
	});

	it('fetches nothing into a partial clone', async () => {
		const repo = repository({ 'a.txt': 'a', 'b.txt': 'b' });
		repo.git('config', 'uploadpack.allowFilter', 'true');
		const folder = temporaryFolder('partial');
		made.push(folder);
		execFileSync('git', ['clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${repo.root}`, folder.path]);
		const open = reader(folder.path);
		const here = execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: folder.path, input: 'here', encoding: 'utf8' }).trim();
		const asked = [blobOf(repo, 'a.txt'), here, blobOf(repo, 'b.txt'), here];
		assert.deepEqual(await Promise.all(asked.map((sha) => open.read(sha))), [undefined, 'here', undefined, 'here']);
	});

	it('says what is wrong when git cannot run there', async () => {
		const folder = temporaryFolder('none');
		made.push(folder);
		const none = reader(folder.path);
		await assert.rejects(Promise.all([none.read('f'.repeat(40)), none.read('e'.repeat(40))]), /not a git repository/);
		await assert.rejects(reader(join(folder.path, 'missing')).read('f'.repeat(40)), /does not exist/);
	});

	it('leaves no process behind when it is idle or closed, and comes back from the former', async () => {
		const repo = repository({ 'a.txt': 'a' });
		const a = blobOf(repo, 'a.txt');
		await Promise.all(readers.map((each) => each.close()));
		assert.deepEqual(gitChildren(), []);
		const open = reader(repo.root, 50);
		assert.equal(await open.read(a), 'a');
		assert.equal(gitChildren().length, 1);
		await wait(300);
		assert.deepEqual(gitChildren(), []);
		assert.equal(await open.read(a), 'a');
		const unanswered = open.read(a);
		await Promise.all([assert.rejects(unanswered, /closed/), open.close()]);
		assert.deepEqual(gitChildren(), []);
		await assert.rejects(open.read(a), /closed/);
	});
});

function gitChildren(): number[] {
	const listed = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
	return listed.split('\n').flatMap((line) => (/\bgit$/.test(line.trim()) ? [Number.parseInt(line, 10)] : []));
}
