import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Cancelled, UserError } from '../../src/core/errors';
import { commits } from '../../src/platform/gitCommits';
import type { CommitRange, HistoryCommit } from '../../src/platform/gitCommits';
import { GitRepository } from '../support/gitRepository';
import { gitHome } from '../support/gitHome';
import { temporaryFolder } from '../support/temporaryFolder';

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_each, at) => `line ${from + at} of the text\n`).join('');

async function all(root: string, range?: CommitRange): Promise<HistoryCommit[]> {
	const found: HistoryCommit[] = [];
	for await (const commit of commits(root, range)) found.push(commit);
	return found;
}

const subjects = (found: readonly HistoryCommit[]) => found.map(({ subject }) => subject);
const short = (commit: HistoryCommit | undefined) =>
	commit?.changes.map(({ path, from, status }) => [status, path, from].filter((part) => part !== undefined).join(' ')).sort();

describe('commits of git', () => {
	const made: { remove(): void }[] = [];
	let home: ReturnType<typeof gitHome>;
	const repository = (files?: Record<string, string>) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	/** Commits with a clock of its own. */
	const commitAt = (repo: GitRepository, time: string, message: string) =>
		execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--allow-empty', '-m', message], {
			cwd: repo.root,
			env: { ...process.env, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
		});
	before(() => (home = gitHome()));
	afterEach(() => home.configure(''));
	after(() => {
		made.forEach((each) => each.remove());
		home.restore();
	});

	it('are told oldest first, with what they changed', async () => {
		const repo = repository({ 'a.txt': lines(1, 20), 'gone.txt': 'gone\n' });
		repo.git('mv', 'a.txt', 'b.txt');
		repo.git('rm', '--quiet', 'gone.txt');
		repo.write('b.txt', lines(1, 21));
		repo.write('new.txt', 'new\n');
		const second = repo.commit('second\n\nwith a body\n\n:100644 100644 and what looks like an entry');
		repo.commit('empty');
		const found = await all(repo.root);
		assert.deepEqual(subjects(found), ['start', 'second', 'empty']);
		const [start, change, empty] = found;
		assert.deepEqual(short(start), ['added a.txt', 'added gone.txt']);
		assert.deepEqual(short(change), ['added new.txt', 'deleted gone.txt', 'renamed b.txt a.txt']);
		assert.deepEqual(empty?.changes, []);
		assert.equal(change?.sha, second);
		assert.deepEqual(change.parents, [start?.sha]);
		assert.equal(change.author, 'Test');
		assert.equal(change.commit_time, new Date(Number(repo.git('log', '-1', '--format=%ct', second)) * 1000).toISOString());
		const renamed = change.changes.find(({ status }) => status === 'renamed');
		assert.equal(renamed?.new_blob, repo.git('rev-parse', 'HEAD:b.txt').trim());
		assert.equal(renamed.old_blob, repo.git('rev-parse', 'HEAD~2:a.txt').trim());
		assert.equal(change.changes.find(({ status }) => status === 'deleted')?.new_blob, '');
		assert.equal(change.changes.find(({ status }) => status === 'added')?.old_blob, '');
	});

	it('of a merge are one, against the first parent', async () => {
		const repo = repository({ 'a.txt': 'a\n' });
		repo.git('checkout', '--quiet', '-b', 'side');
		repo.write('side.txt', 'side\n');
		const side = repo.commit('side');
		repo.git('checkout', '--quiet', 'main');
		repo.write('main.txt', 'main\n');
		const main = repo.commit('main');
		repo.git('merge', '--quiet', '--no-ff', '-m', 'merged', 'side');
		const found = await all(repo.root);
		assert.deepEqual(subjects(found), ['start', 'main', 'merged']);
		assert.deepEqual(found[2]?.parents, [main, side]);
		assert.deepEqual(short(found[2]), ['added side.txt']);
		// What was on the branch before belongs to what is left out.
		assert.deepEqual(subjects(await all(repo.root, { until: side })), ['main', 'merged']);
		assert.deepEqual(subjects(await all(repo.root, { tip: 'side' })), ['start', 'side']);
		assert.deepEqual(subjects(await all(repo.root, { until: main })), ['merged']);
	});

	it('are those after an interactive rebase that reorders and squashes', async () => {
		const repo = repository({ 'start.txt': 'start\n' });
		for (const name of ['one', 'two', 'three']) {
			repo.write(`${name}.txt`, `${name}\n`);
			repo.commit(name);
		}
		const editor = `sed -i -e '1{h;d}' -e '2{G}' -e '3s/^pick/squash/'`;
		repo.git('-c', `sequence.editor=${editor}`, '-c', 'core.editor=true', 'rebase', '--quiet', '--interactive', 'HEAD~3');
		const found = await all(repo.root);
		assert.deepEqual(found.map(short), [['added start.txt'], ['added two.txt'], ['added one.txt', 'added three.txt']]);
	});

	it('name what they revert', async () => {
		const repo = repository({ 'a.txt': 'a\n' });
		repo.write('a.txt', 'b\n');
		const wrong = repo.commit('wrong');
		repo.git('revert', '--no-edit', wrong);
		assert.deepEqual((await all(repo.root)).at(-1)?.reverts, [wrong]);
		repo.commit(`two at once\n\nThis reverts commit ${wrong.slice(0, 10)} and\nthis too: This reverts\ncommit ${wrong}.`);
		assert.deepEqual((await all(repo.root)).at(-1)?.reverts, [wrong.slice(0, 10), wrong]);
	});

	it('keep names of files whatever is in them', async () => {
		const names = ['with space.txt', 'with\nline.txt', 'ünïcode/日本.txt', `"quoted"'.txt`, 'back\\slash', ':100644 100644 x', '-dash', '\ttab'];
		const repo = repository(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
		const [start] = await all(repo.root);
		assert.deepEqual(start?.changes.map(({ path }) => path).sort(), [...names].sort());
		repo.git('mv', '--', 'with\nline.txt', 'moved\n:line.txt');
		repo.commit('moved');
		assert.deepEqual(short((await all(repo.root)).at(-1)), ['renamed moved\n:line.txt with\nline.txt']);
	});

	it('leave out submodules, links, and changes of mode alone', async () => {
		const other = repository({ 'a.txt': 'a\n' });
		const repo = repository({ 'a.txt': 'a\n', 'run.sh': 'echo\n' });
		repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.root, 'module');
		symlinkSync('a.txt', join(repo.root, 'link'));
		chmodSync(join(repo.root, 'run.sh'), 0o755);
		repo.commit('odd ones');
		assert.deepEqual(short((await all(repo.root)).at(-1)), ['added .gitmodules']);
	});

	it('are none before the first one, and on a HEAD without branch those up to it', async () => {
		assert.deepEqual(await all(repository().root), []);
		const repo = repository({ 'a.txt': 'a\n' });
		repo.commit('second');
		repo.git('checkout', '--quiet', '--detach', 'HEAD~1');
		assert.deepEqual(subjects(await all(repo.root)), ['start']);
	});

	it('that are not there, and folders that are none, are an error', async () => {
		const repo = repository({ 'a.txt': 'a\n' });
		await assert.rejects(all(repo.root, { tip: 'f'.repeat(40) }), /f{40}/);
		await assert.rejects(all(repo.root, { until: 'f'.repeat(40) }), /f{40}/);
		await assert.rejects(all(repo.root, { tip: '--output=x' }), /Not a name/);
		await assert.rejects(all(repo.root, { since: 'yesterday-ish' }), /Not a time/);
		await assert.rejects(all(join(repo.root, 'missing')), UserError);
		const none = temporaryFolder('none');
		made.push(none);
		await assert.rejects(all(none.path), /not a git repository/);
	});

	it('since a time are found in spite of wrong clocks', async () => {
		const repo = repository();
		const times = ['2020-01-01', '2020-02-01', '2038-01-01', '2020-03-01', '2020-04-01', '2024-01-01', '1990-01-01', '2024-02-01', '2024-03-01'];
		times.forEach((time) => commitAt(repo, `${time}T12:00:00Z`, time));
		assert.deepEqual(subjects(await all(repo.root, { since: '2024-01-01T00:00:00Z' })), times.slice(5));
		assert.deepEqual(subjects(await all(repo.root, { since: '1980-01-01T00:00:00Z' })), times);
		assert.deepEqual(subjects(await all(repo.root, { since: '2039-01-01T00:00:00Z' })), []);
		const until = repo.git('rev-parse', 'HEAD~2').trim();
		assert.deepEqual(subjects(await all(repo.root, { since: '2024-01-01T00:00:00Z', until })), times.slice(7));
		commitAt(repo, '1971-01-01T12:00:00Z', 'newest, with a wrong clock');
		assert.deepEqual(subjects(await all(repo.root, { since: '2024-03-01T00:00:00Z' })), ['2024-03-01', 'newest, with a wrong clock']);
	});

	it('are the same whatever is configured', async () => {
		const repo = repository({ 'a.txt': lines(1, 20) });
		repo.git('mv', 'a.txt', 'bü.txt');
		repo.commit('moved');
		const before = await all(repo.root);
		home.configure(
			[
				'[color]\nui=always\n[log]\nshowSignature=true\nshowRoot=false\ndate=relative\nfollow=true\ndecorate=full\ndiffMerges=combined',
				'[diff]\nexternal=false\nrenames=false\norderFile=/nonexistent\nnoprefix=true\nrelative=true\nrenameLimit=1\nsubmodule=log',
				'[format]\npretty=oneline\n[core]\nabbrev=5\nquotePath=true\npager=false\n[i18n]\nlogOutputEncoding=latin1\n[notes]\ndisplayRef=*',
			].join('\n'),
		);
		assert.deepEqual(await all(repo.root), before);
	});

	it('of a shallow clone tell where it ends', async () => {
		const repo = repository({ 'a.txt': 'a\n' });
		for (const name of ['b', 'c']) {
			repo.write(`${name}.txt`, `${name}\n`);
			repo.commit(name);
		}
		const folder = temporaryFolder('shallow');
		made.push(folder);
		execFileSync('git', ['clone', '--quiet', '--depth=2', `file://${repo.root}`, folder.path]);
		const found = await all(folder.path);
		assert.deepEqual(
			found.map(({ subject, cut_off, changes }) => [subject, cut_off, changes.length]),
			[
				['b', true, 0],
				['c', false, 1],
			],
		);
	});

	it('of a partial clone are told without its missing texts', async () => {
		const repo = repository({ 'a.txt': lines(1, 20), 'b.txt': lines(100, 120) });
		repo.git('config', 'uploadpack.allowFilter', 'true');
		repo.git('mv', 'a.txt', 'c.txt');
		repo.git('mv', 'b.txt', 'd.txt');
		repo.write('d.txt', lines(100, 121));
		repo.commit('moved');
		const folder = temporaryFolder('partial');
		made.push(folder);
		execFileSync('git', ['clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${repo.root}`, folder.path]);
		// Only the one that is the same to the letter is seen to be moved.
		assert.deepEqual(short((await all(folder.path)).at(-1)), ['added d.txt', 'deleted b.txt', 'renamed c.txt a.txt']);
		const missing = execFileSync('git', ['rev-list', '--objects', '--all', '--missing=print'], { cwd: folder.path, encoding: 'utf8' });
		assert.equal(missing.match(/^\?/gm)?.length, 3);
	});

	it('of a repository with SHA-256 have long names', async function () {
		const folder = temporaryFolder('sha256');
		made.push(folder);
		try {
			execFileSync('git', ['init', '--quiet', '--object-format=sha256', folder.path], { stdio: 'ignore' });
		} catch {
			this.skip();
		}
		mkdirSync(join(folder.path, 'x'));
		execFileSync('sh', ['-c', 'echo a > x/a && git add . && git -c user.name=A -c user.email=a@example.org commit -qm start'], { cwd: folder.path });
		const [start] = await all(folder.path);
		assert.equal(start?.sha.length, 64);
		assert.equal(start.changes[0]?.new_blob.length, 64);
		assert.equal(start.changes[0].old_blob, '');
	});

	it('come one by one, and a stop in the middle leaves no process', async () => {
		const repo = repository();
		const stream = Array.from({ length: 2000 }, (_each, at) => {
			const text = `text ${at}\n`;
			return `commit refs/heads/main\ncommitter A <a@example.org> ${1_700_000_000 + at} +0000\ndata ${`c${at}`.length}\nc${at}\nM 100644 inline ${at % 50}.txt\ndata ${text.length}\n${text}\n`;
		});
		execFileSync('git', ['fast-import', '--quiet'], { cwd: repo.root, input: stream.join('') });
		let count = 0;
		for await (const { subject, changes } of commits(repo.root)) {
			assert.equal(subject, `c${count}`);
			assert.equal(changes.length, 1);
			count++;
		}
		assert.equal(count, 2000);
		const stop = new AbortController();
		let seen = 0;
		await assert.rejects(async () => {
			for await (const commit of commits(repo.root, { signal: stop.signal })) {
				assert.equal(commit.subject, `c${seen}`);
				if (++seen === 100) stop.abort();
			}
		}, Cancelled);
		assert.ok(seen >= 100 && seen < 2000, `${seen} after the stop`);
		for await (const { subject } of commits(repo.root)) if (subject === 'c10') break;
		await assert.rejects(all(repo.root, { signal: AbortSignal.abort() }), Cancelled);
		assert.equal(childrenNamed('git'), 0);
	});
});

/** Processes that this one started and that still run. */
function childrenNamed(name: string): number {
	const listed = execFileSync('ps', ['-o', 'comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
	return listed.split('\n').filter((line) => line.trim() === name).length;
}
