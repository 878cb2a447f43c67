import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cancelled } from '../../src/core/errors';
import { blame } from '../../src/platform/gitBlame';
import { GitRepository } from '../support/gitRepository';
import { gitHome } from '../support/gitHome';

describe('blame', () => {
	const made: { remove(): void }[] = [];
	let home: ReturnType<typeof gitHome>;
	const repository = (files?: Record<string, string>) => {
		const repo = new GitRepository(files);
		made.push(repo);
		return repo;
	};
	before(() => (home = gitHome()));
	afterEach(() => home.configure(''));
	after(() => {
		made.forEach((each) => each.remove());
		home.restore();
	});

	it('tells for each line of the file as it stands who wrote it', async () => {
		const repo = repository({ 'old name.txt': 'one and a long line\ntwo\nthree and a long line\n' });
		const start = repo.git('rev-parse', 'HEAD').trim();
		repo.git('mv', 'old name.txt', 'ü "new".txt');
		repo.write('ü "new".txt', 'one and a long line\ntwo and more\nthree and a long line\n');
		const second = repo.commit('second: more');
		repo.write('ü "new".txt', 'zero\none and a long line\n   two and  more\nthree and a long line\n');
		const found = await blame(repo.root, 'ü "new".txt');
		assert.deepEqual(
			found?.map(({ line, sha, original_path, original_line }) => [line, sha, original_path, original_line]),
			[
				[1, '', 'ü "new".txt', 1],
				[2, start, 'old name.txt', 1],
				// Set in anew, which is white space only.
				[3, second, 'ü "new".txt', 2],
				[4, start, 'old name.txt', 3],
			],
		);
		const time = new Date(Number(repo.git('log', '-1', '--format=%at', second)) * 1000).toISOString();
		assert.deepEqual(found[2], {
			...{ line: 3, sha: second, author: 'Test', author_time: time },
			...{ subject: 'second: more', original_path: 'ü "new".txt', original_line: 2 },
		});
		assert.deepEqual([found[0]?.author, found[0]?.author_time, found[0]?.subject], ['', '', '']);
		assert.deepEqual(await blame(repo.root, 'ü "new".txt', { lines: [3, 3] }), found.slice(2, 3));
		assert.deepEqual(await blame(repo.root, 'ü "new".txt', { lines: [2, 99] }), found.slice(1));
		assert.deepEqual(await blame(repo.root, 'ü "new".txt', { lines: [5, 6] }), []);
		await assert.rejects(blame(repo.root, 'ü "new".txt', { signal: AbortSignal.abort() }), Cancelled);
	});

	it('sees moves within the file', async () => {
		const block = (name: string) => Array.from({ length: 6 }, (_each, at) => `function ${name}${at}(parameter) { return parameter * ${at}; }\n`).join('');
		const repo = repository({ 'a.ts': block('first') + block('second') });
		const start = repo.git('rev-parse', 'HEAD').trim();
		repo.write('a.ts', block('second') + block('first'));
		repo.commit('the other way round');
		assert.deepEqual([...new Set((await blame(repo.root, 'a.ts'))?.map(({ sha }) => sha))], [start]);
	});

	it('takes line ends as they are', async () => {
		const repo = repository({ 'a.txt': 'one\ntwo\n' });
		const start = repo.git('rev-parse', 'HEAD').trim();
		repo.write('a.txt', 'one\r\ntwo\r\nthree\r\n');
		assert.deepEqual(
			(await blame(repo.root, 'a.txt'))?.map(({ sha }) => sha),
			[start, start, ''],
		);
	});

	it('has nothing to say of files that are not tracked, or not there', async () => {
		assert.equal(await blame(repository().root, 'a.txt'), undefined);
		const repo = repository({ 'a.txt': 'a\n', 'gone.txt': 'g\n', 'dir/b.txt': 'b\n' });
		repo.write('untracked.txt', 'u\n');
		rmSync(join(repo.root, 'gone.txt'));
		for (const path of ['untracked.txt', 'missing.txt', 'gone.txt', '../outside.txt', 'dir', '', '*.txt', '--help'])
			assert.equal(await blame(repo.root, path), undefined, path);
		repo.write('empty.txt', '');
		repo.write('binary', Buffer.from([0, 1, 10, 2, 10]));
		repo.commit('more');
		assert.deepEqual(await blame(repo.root, 'empty.txt'), []);
		assert.deepEqual(await blame(repo.root, 'empty.txt', { lines: [1, 1] }), []);
		assert.equal((await blame(repo.root, 'binary'))?.length, 2);
		repo.write('added.txt', 'new\n');
		repo.git('add', 'added.txt');
		assert.deepEqual(
			(await blame(repo.root, 'added.txt'))?.map(({ sha }) => sha),
			[''],
		);
	});

	it('is the same whatever is configured', async () => {
		const repo = repository({ 'ü.txt': 'one\ntwo\n' });
		const start = repo.git('rev-parse', 'HEAD').trim();
		repo.write('ü.txt', 'one\ntwo, too\n');
		const second = repo.commit('second');
		const configuration = '[blame]\nblankBoundary=true\nshowRoot=true\ndate=relative\nshowEmail=true\ncoloring=repeatedLines\n[core]\nquotePath=true\n';
		const shas = async () => (await blame(repo.root, 'ü.txt'))?.map(({ sha, original_path }) => `${sha} ${original_path}`);
		home.configure(configuration);
		const expected = [`${start} ü.txt`, `${second} ü.txt`];
		assert.deepEqual(await shas(), expected);
		home.configure(`${configuration}[blame]\nignoreRevsFile=.git-blame-ignore-revs`);
		assert.deepEqual(await shas(), expected);
		mkdirSync(join(repo.root, 'x'));
		writeFileSync(join(repo.root, '.git-blame-ignore-revs'), `${second}\n`);
		assert.deepEqual(await shas(), expected);
	});

	it('sets the filter of large files aside', async () => {
		const repo = repository({ 'a.bin': 'pointer\n', '.gitattributes': '*.bin filter=lfs\n' });
		home.configure('[filter "lfs"]\nclean=exit 1\nrequired=true');
		assert.equal((await blame(repo.root, 'a.bin'))?.[0]?.sha, repo.git('rev-parse', 'HEAD').trim());
	});
});
