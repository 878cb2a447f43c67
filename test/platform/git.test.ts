import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/core/errors';
import { Git, normalRemote } from '../../src/platform/git';
import { GitRepository } from '../support/gitRepository';
import { temporaryFolder } from '../support/temporaryFolder';

describe('git', () => {
	const git = new Git();
	const made: { remove(): void }[] = [];
	const repository = (files?: Record<string, string>) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	after(() => made.forEach((each) => each.remove()));

	it('knows a working tree from its root, from within, and through a link', async () => {
		const repo = repository({ 'src/a.ts': 'a' });
		const head = repo.git('rev-parse', 'HEAD').trim();
		repo.git('remote', 'add', 'origin', 'git@github.com:Team/Name.git');
		for (const folder of [repo.root, join(repo.root, 'src')]) {
			const tree = await git.workingTree(folder);
			assert.deepEqual(tree, { root: repo.root, commonDir: join(repo.root, '.git'), head, rootCommit: head, remotes: ['github.com/team/name'] });
		}
		const aside = temporaryFolder('link');
		made.push(aside);
		symlinkSync(repo.root, join(aside.path, 'link'));
		assert.equal((await git.workingTree(join(aside.path, 'link')))?.root, realpathSync(repo.root));
	});

	it('knows a repository without a commit, and that a folder lies in none', async () => {
		assert.deepEqual((await git.workingTree(repository().root))?.head, '');
		const none = temporaryFolder('none');
		made.push(none);
		assert.equal(await git.workingTree(none.path), undefined);
		await assert.rejects(git.workingTree(join(none.path, 'missing')), UserError);
	});

	it('says that it was not found instead of calling every folder a stranger', async () => {
		const path = process.env['PATH'];
		process.env['PATH'] = '/nonexistent';
		try {
			await assert.rejects(new Git().workingTree('/'), /git was not found/);
		} finally {
			process.env['PATH'] = path;
		}
	});

	it('gives a worktree its own root and the common git directory', async () => {
		const repo = repository({ 'a.ts': 'a' });
		const aside = temporaryFolder('worktree');
		made.push(aside);
		repo.git('worktree', 'add', '--quiet', join(aside.path, 'tree'), '-b', 'other');
		const tree = await git.workingTree(join(aside.path, 'tree'));
		assert.equal(tree?.root, join(aside.path, 'tree'));
		assert.equal(tree.commonDir, join(repo.root, '.git'));
		assert.equal(await git.hooksFolder(tree.root), join(repo.root, '.git/hooks'));
	});

	it('ignores the variables that git sets for its hooks', async () => {
		const [repo, other] = [repository({ 'a.ts': 'a' }), repository({ 'b.ts': 'b' })];
		process.env['GIT_DIR'] = join(other.root, '.git');
		process.env['GIT_INDEX_FILE'] = join(other.root, '.git/index');
		try {
			assert.equal((await git.workingTree(repo.root))?.root, repo.root);
			assert.deepEqual(await git.files(repo.root), ['a.ts']);
		} finally {
			delete process.env['GIT_DIR'];
			delete process.env['GIT_INDEX_FILE'];
		}
	});

	it('lists tracked and new files but not ignored ones, whatever their names', async () => {
		const repo = repository({ '.gitignore': 'out/\n*.log\n', 'ein Pfad/größe.ts': 'a', 'b"c.ts': 'b' });
		repo.write('out/x.ts', 'x');
		repo.write('y.log', 'y');
		repo.write('neu.ts', 'n');
		assert.deepEqual((await git.files(repo.root)).sort(), ['.gitignore', 'b"c.ts', 'ein Pfad/größe.ts', 'neu.ts']);
		assert.match(await git.ignoreRule(repo.root, 'out/x.ts'), /^\.gitignore:1:out\//);
		assert.equal(await git.ignoreRule(repo.root, 'neu.ts'), '');
	});

	it('tells changed, new, gone and renamed files since a commit', async () => {
		const text = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
		const repo = repository({ 'same.ts': 's', 'edited.ts': '1', 'gone.ts': 'g', 'old name.ts': text });
		const start = repo.git('rev-parse', 'HEAD').trim();
		repo.write('edited.ts', '2');
		repo.git('mv', 'old name.ts', 'new name.ts');
		repo.git('rm', '--quiet', 'gone.ts');
		repo.commit('changes');
		repo.write('fresh.ts', 'f');
		const changes = await git.changedSince(repo.root, start);
		assert.deepEqual(changes.map((change) => `${change.gone ? '-' : '+'}${change.path}${change.from === undefined ? '' : `<${change.from}`}`).sort(), [
			'+edited.ts',
			'+fresh.ts',
			'+new name.ts<old name.ts',
			'-gone.ts',
			'-old name.ts',
		]);
		await assert.rejects(git.changedSince(repo.root, '1234567890123456789012345678901234567890'));
	});

	it('follows core.hooksPath', async () => {
		const repo = repository({ 'a.ts': 'a' });
		mkdirSync(join(repo.root, 'myhooks'));
		repo.git('config', 'core.hooksPath', 'myhooks');
		assert.equal(await git.hooksFolder(repo.root), join(repo.root, 'myhooks'));
	});

	it('sees one place in the many ways to write a remote', () => {
		for (const url of [
			'git@github.com:Team/Name.git',
			'https://github.com/team/name',
			'https://user:token@github.com/Team/Name.git/',
			'ssh://git@github.com/team/name.git',
		])
			assert.equal(normalRemote(url), 'github.com/team/name', url);
		assert.equal(normalRemote('ssh://git@host:2222/team/name'), 'host:2222/team/name');
	});
});
