import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createDataFolders, dataPaths } from '../../src/platform/dataPaths';
import { Git } from '../../src/platform/git';
import { Repositories, withinTree } from '../../src/platform/repositories';
import { GitRepository } from '../support/gitRepository';
import { temporaryFolder } from '../support/temporaryFolder';

describe('repositories', () => {
	const place = temporaryFolder('repositories');
	const paths = dataPaths({ CODELEARN_HOME: join(place.path, 'data') });
	const made: { remove(): void }[] = [place];
	/** A new one each time: the places are remembered on disk, and a cache would hide what is read from there. */
	const at = (folder: string) => new Repositories(paths, new Git()).at(folder);
	const repository = (files: Record<string, string> = { 'a.ts': String(Math.random()) }) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	before(() => createDataFolders(paths));
	after(() => made.forEach((each) => each.remove()));

	it('keep their id when a remote is added, the folder moves, or history is rewritten', async () => {
		const repo = repository();
		const first = await at(repo.root);
		assert.match(first?.repo_id ?? '', /^r_[0-9a-f]{16}$/);
		repo.git('remote', 'add', 'origin', 'https://example.org/one.git');
		assert.equal((await at(repo.root))?.repo_id, first?.repo_id);
		repo.git('commit', '--quiet', '--amend', '--message', 'another root');
		assert.equal((await at(repo.root))?.repo_id, first?.repo_id);
		const moved = `${repo.root}-moved`;
		renameSync(repo.root, moved);
		made.push({ remove: () => rmSync(moved, { recursive: true }) });
		assert.equal((await at(moved))?.repo_id, first?.repo_id);
	});

	it('share an id among clones and worktrees, each with a checkout of its own', async () => {
		const repo = repository();
		const first = await at(repo.root);
		const [clone, shallow, worktree] = ['clone', 'shallow', 'worktree'].map((name) => join(place.path, name));
		execFileSync('git', ['clone', '--quiet', repo.root, clone ?? '']);
		execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${repo.root}`, shallow ?? '']);
		repo.git('worktree', 'add', '--quiet', worktree ?? '', '-b', 'other');
		for (const folder of [clone, shallow, worktree]) {
			const other = await at(folder ?? '');
			assert.equal(other?.repo_id, first?.repo_id, folder);
			assert.notEqual(other?.checkout_id, first?.checkout_id);
			assert.equal(other?.main, false);
		}
		assert.equal(first?.main, true);
	});

	it('are told apart when two projects began from one template', async () => {
		const one = repository();
		one.git('remote', 'add', 'origin', 'https://example.org/first.git');
		const copy = join(place.path, 'copy');
		cpSync(one.root, copy, { recursive: true });
		execFileSync('git', ['remote', 'set-url', 'origin', 'https://example.org/second.git'], { cwd: copy });
		assert.notEqual((await at(one.root))?.repo_id, (await at(copy))?.repo_id);
	});

	it('are told apart when a new one stands where another was', async () => {
		const repo = repository();
		const first = await at(repo.root);
		rmSync(join(repo.root, '.git'), { recursive: true });
		repo.git('init', '--quiet');
		repo.write('b.ts', 'quite another');
		repo.commit('anew');
		assert.notEqual((await at(repo.root))?.repo_id, first?.repo_id);
	});

	it('are found for a file by the nearest folder that exists', async () => {
		const repo = repository();
		const all = new Repositories(paths, new Git());
		const id = (await all.at(repo.root))?.repo_id;
		assert.equal((await all.ofFile(join(repo.root, 'gone/for/good.ts')))?.repo_id, id);
		assert.equal(await all.ofFile(join(place.path, 'x.ts')), undefined);
		assert.equal(all.rootOf(id ?? ''), repo.root);
	});
});

describe('a path within a tree', () => {
	it('is relative, with slashes, and undefined outside', () => {
		assert.equal(withinTree('/r', '/r/src/a.ts'), 'src/a.ts');
		assert.equal(withinTree('/r', '/r/..a.ts'), '..a.ts');
		for (const outside of ['/r', '/', '/rest/a.ts', '/r/../x']) assert.equal(withinTree('/r', outside), undefined, outside);
	});
});
