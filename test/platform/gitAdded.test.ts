import assert from 'node:assert/strict';
import { addedLines, commitNamed, commitsOfRange } from '../../src/platform/gitAdded';
import { blame } from '../../src/platform/gitBlame';
import { GitRepository } from '../support/gitRepository';

describe('lines that a commit added', () => {
	const repo = new GitRepository({ 'a.txt': 'one\ntwo\nthree\n', 'to move.txt': 'alpha\nbeta\ngamma\ndelta\n', 'gone.txt': 'x\n' });
	after(() => repo.remove());

	it('are those of the first commit too', async () => {
		assert.deepEqual((await addedLines(repo.root, 'HEAD')).get('a.txt'), [{ from: 1, to: 3 }]);
	});

	it('are found whatever they look like, and whatever the file is called', async () => {
		repo.write('a.txt', 'zero\none\n++ b/other.txt\n@@ -1 +1 @@\n-- a/x\ntwo\nthree, without an end');
		repo.write('quo"te\tü.txt', 'new\n');
		repo.write('data.bin', new Uint8Array([0, 1, 2]));
		repo.git('mv', 'to move.txt', 'moved here.txt');
		repo.write('moved here.txt', 'alpha\nbeta\ngamma\ndelta\nepsilon\n');
		repo.git('rm', '--quiet', 'gone.txt');
		const commit = repo.commit('all kinds');
		assert.deepEqual(Object.fromEntries(await addedLines(repo.root, commit)), {
			'a.txt': [
				{ from: 1, to: 1 },
				{ from: 3, to: 5 },
				{ from: 7, to: 7 },
			],
			'moved here.txt': [{ from: 5, to: 5 }],
			'quo"te\tü.txt': [{ from: 1, to: 1 }],
		});
		const blamed = (await blame(repo.root, 'a.txt'))?.filter(({ sha }) => sha === commit).map(({ line }) => line);
		assert.deepEqual(blamed, [1, 3, 4, 5, 7]);
	});

	it('are none of a merge', async () => {
		repo.git('switch', '--quiet', '--create', 'side', 'HEAD~1');
		repo.write('side.txt', 'side\n');
		const side = repo.commit('side');
		repo.git('switch', '--quiet', 'main');
		repo.git('merge', '--quiet', '--no-edit', 'side');
		assert.equal((await addedLines(repo.root, 'HEAD')).size, 0);
		assert.deepEqual(
			(await commitsOfRange(repo.root, 'HEAD~1..HEAD'))?.map(({ sha, committer }) => [sha, committer]),
			[[side, 'Test <test@example.org>']],
		);
	});

	it('of names that git does not know are not looked for', async () => {
		assert.deepEqual([await commitNamed(repo.root, 'nothing'), await commitsOfRange(repo.root, 'nothing..HEAD')], [undefined, undefined]);
		await assert.rejects(async () => commitNamed(repo.root, '--output=x'), /Not a name of a commit/);
	});
});
