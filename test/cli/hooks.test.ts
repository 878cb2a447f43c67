import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QueryHit } from '../../src/core/query';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';
import { until } from '../support/waiting';

describe('chroma-client hooks', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const made: GitRepository[] = [];
	const repository = (files: Record<string, string> = { 'a.ts': 'export const a = 1;\n' }) => {
		const repo = new GitRepository(files, home.env);
		made.push(repo);
		return repo;
	};
	after(async () => {
		await home.remove();
		for (const repo of made) repo.remove();
	});
	const run = async (cwd: string, ...args: string[]) => {
		const { code, stderr, stdout } = await home.run(['hooks', ...args], { cwd });
		assert.equal(code, 0, stderr);
		return stdout;
	};
	const found = (cwd: string, text: string, symbol: string) =>
		until(
			`${symbol} is indexed behind the commit`,
			async () => (await home.json<{ results: QueryHit[] }>(['query', text], { cwd })).results.find((hit) => hit.symbol === symbol),
			30_000,
		);
	const source = (name: string) => `export function ${name}(value: number) {\n\tconst doubled = value * 2;\n\treturn doubled + 1;\n}\n`;

	it('come and go without a trace', async () => {
		const repo = repository();
		const hook = join(repo.root, '.git/hooks/post-commit');
		assert.match(await run(repo.root, 'status'), /Not installed/);
		assert.match(await run(repo.root, 'install'), /Installed in .*post-commit/);
		assert.ok((statSync(hook).mode & 0o111) !== 0);
		assert.match(await run(repo.root, 'status'), /Installed in/);
		assert.match(await run(repo.root, 'install'), /Already installed/);
		assert.match(await run(repo.root, 'uninstall'), /Taken out/);
		assert.ok(!existsSync(hook));
		assert.match(await run(repo.root, 'uninstall'), /was not installed/);
		assert.equal(repo.git('status', '--porcelain'), '');
	});

	it('leave a hook that is there as it was, and run although it ends early', async () => {
		const repo = repository();
		const hook = join(repo.root, '.git/hooks/post-commit');
		const own = '#!/bin/sh\n# mine\necho ran > "$(git rev-parse --git-dir)/ran"\nexit 0\n';
		writeFileSync(hook, own, { mode: 0o755 });
		await run(repo.root, 'install');
		repo.write('b.ts', source('behindTheExit'));
		repo.commit('with both');
		assert.ok(existsSync(join(repo.root, '.git/ran')));
		await found(repo.root, 'behind the exit', 'behindTheExit');
		await run(repo.root, 'uninstall');
		assert.equal(readFileSync(hook, 'utf8'), own);
		assert.ok((statSync(hook).mode & 0o111) !== 0);
	});

	it('refuse a hook in another language, and say what to add to it', async () => {
		const repo = repository();
		const hook = join(repo.root, '.git/hooks/post-commit');
		writeFileSync(hook, '#!/usr/bin/env python3\nprint("hi")\n', { mode: 0o755 });
		const { code, stderr } = await home.run(['hooks', 'install'], { cwd: repo.root });
		assert.equal(code, 1);
		assert.match(stderr, /is no shell script \("#!\/usr\/bin\/env python3"\)\. Add this line .*index --changed/);
		assert.equal(readFileSync(hook, 'utf8'), '#!/usr/bin/env python3\nprint("hi")\n');
	});

	it('index behind a commit, which does not wait for them', async () => {
		const repo = repository();
		await run(repo.root, 'install');
		await home.run(['server', 'stop']);
		repo.write('b.ts', source('newFunction'));
		repo.git('add', '--all');
		const begin = Date.now();
		repo.git('commit', '--quiet', '--message', 'new');
		// Starting Node alone, let alone the server, takes longer than a commit may.
		const took = Date.now() - begin;
		assert.ok(took < 1500, `${took} ms`);
		await found(repo.root, 'new function', 'newFunction');
	});

	it('work in a worktree, on its own files', async () => {
		const repo = repository();
		await run(repo.root, 'install');
		const tree = `${repo.root}-tree`;
		repo.git('worktree', 'add', '--quiet', tree, '-b', 'side');
		try {
			writeFileSync(join(tree, 'side.ts'), source('sideFunction'));
			repo.git('-C', tree, 'add', '--all');
			repo.git('-C', tree, 'commit', '--quiet', '--message', 'side');
			await found(tree, 'side function', 'sideFunction');
			assert.match(await run(tree, 'status'), /Installed in/);
		} finally {
			rmSync(tree, { recursive: true, force: true });
		}
	});

	it('follow core.hooksPath', async () => {
		const repo = repository();
		repo.git('config', 'core.hooksPath', '.myhooks');
		await run(repo.root, 'install');
		assert.ok(existsSync(join(repo.root, '.myhooks/post-commit')));
		await run(repo.root, 'uninstall');
		assert.ok(!existsSync(join(repo.root, '.myhooks/post-commit')));
	});

	it('never fail a commit, even when nothing of us is left', async () => {
		const repo = repository();
		await run(repo.root, 'install');
		const launcher = join(home.data, 'bin/chroma-client');
		const text = readFileSync(launcher, 'utf8');
		rmSync(launcher);
		repo.write('c.ts', source('unseen'));
		repo.commit('without us');
		writeFileSync(launcher, '#!/bin/sh\nexit 1\n');
		chmodSync(launcher, 0o755);
		repo.commit('failing');
		writeFileSync(launcher, text);
	});
});
