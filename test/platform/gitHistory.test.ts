import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tips, tree, treeDifference } from '../../src/platform/gitHistory';
import { GitRepository } from '../support/gitRepository';
import { gitHome } from '../support/gitHome';
import { temporaryFolder } from '../support/temporaryFolder';

describe('history of git', () => {
	const made: { remove(): void }[] = [];
	let home: ReturnType<typeof gitHome>;
	const repository = (files?: Record<string, string>) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	const sha = (repo: GitRepository, name: string) => repo.git('rev-parse', name).trim();
	before(() => (home = gitHome()));
	afterEach(() => home.configure(''));
	after(() => {
		made.forEach((each) => each.remove());
		home.restore();
	});

	it('has branches, stashes with all their parts, and other worktrees as places of code', async () => {
		home.configure('[color]\nui=always\n[log]\nshowSignature=true\n[stash]\nshowPatch=true');
		const repo = repository({ 'a.txt': 'a\n' });
		const start = sha(repo, 'HEAD');
		repo.git('branch', 'feature/one');
		repo.git('update-ref', 'refs/remotes/origin/main', start);
		repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
		repo.write('a.txt', 'older\n');
		repo.git('stash');
		repo.write('a.txt', 'staged\n');
		repo.git('add', 'a.txt');
		repo.write('a.txt', 'unstaged\n');
		repo.write('new.txt', 'untracked\n');
		repo.git('stash', '--include-untracked');
		const aside = temporaryFolder('worktree');
		made.push(aside);
		const folder = join(aside.path, 'tree of mine');
		repo.git('worktree', 'add', '--quiet', '--detach', folder);
		const found = await tips(repo.root);
		assert.deepEqual(
			found.map(({ name, kind }) => `${kind}: ${name}`),
			[
				'branch: feature/one',
				'branch: main',
				'remote branch: origin/main',
				'stash: stash@{0}',
				'stash index: stash@{0}',
				'stash untracked: stash@{0}',
				'stash: stash@{1}',
				'stash index: stash@{1}',
				`worktree: ${folder}`,
			],
		);
		const of = (kind: string) => repo.git('show', `${found.find((tip) => tip.kind === kind)?.sha ?? ''}:${kind === 'stash untracked' ? 'new' : 'a'}.txt`);
		assert.deepEqual(['stash', 'stash index', 'stash untracked'].map(of), ['unstaged\n', 'staged\n', 'untracked\n']);
		assert.equal(found.at(-1)?.sha, start);
		// Seen from the other worktree, the main one is the other.
		assert.deepEqual(
			(await tips(folder)).filter(({ kind }) => kind === 'worktree').map(({ name }) => name),
			[repo.root],
		);
	});

	it('has no place of code in an empty repository', async () => {
		const repo = repository();
		assert.deepEqual(await tips(repo.root), []);
		await assert.rejects(tree(repo.root, 'HEAD'), /HEAD/);
	});

	it('gives the files of a commit, but for links and submodules', async () => {
		const names = ['a b.txt', 'ü.txt', 'new\nline', '"q"', 'src/deep/er/file.ts'];
		const repo = repository(Object.fromEntries(names.map((name) => [name, name])));
		const module = repository({ 'a.txt': 'a' });
		symlinkSync('ü.txt', join(repo.root, 'link'));
		repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', module.root, 'module');
		repo.git('update-index', '--chmod=+x', 'a b.txt');
		repo.git('commit', '--quiet', '-m', 'odd ones');
		const files = await tree(repo.root, 'HEAD');
		assert.deepEqual([...files.keys()].sort(), ['.gitmodules', ...names].sort());
		assert.equal(files.get('new\nline'), sha(repo, 'HEAD:new\nline'));
		assert.deepEqual(await tree(join(repo.root, 'src'), 'HEAD'), files);
	});

	it('tells two trees apart', async () => {
		const repo = repository({ 'same.txt': 's', 'moved.txt': 'm', 'changed.txt': '1', 'dir/file': 'f' });
		const before = sha(repo, 'HEAD^{tree}');
		repo.git('mv', 'moved.txt', 'to\nthere.txt');
		repo.git('rm', '--quiet', 'dir/file');
		repo.write('changed.txt', '2');
		writeFileSync(join(repo.root, 'dir'), 'now a file');
		const after = repo.commit('after');
		home.configure('[diff]\nrenames=copies\norderFile=/nonexistent\nrelative=true');
		const changes = await treeDifference(repo.root, before, after);
		assert.deepEqual(changes.map(({ path, status }) => `${status} ${path}`).sort(), [
			'added dir',
			'added to\nthere.txt',
			'deleted dir/file',
			'deleted moved.txt',
			'modified changed.txt',
		]);
		const changed = changes.find(({ path }) => path === 'changed.txt');
		assert.deepEqual([changed?.old_blob, changed?.new_blob], [sha(repo, 'HEAD~1:changed.txt'), sha(repo, 'HEAD:changed.txt')]);
		assert.deepEqual(await treeDifference(repo.root, after, after), []);
		await assert.rejects(treeDifference(repo.root, after, 'f'.repeat(40)), /f{40}/);
	});
});
