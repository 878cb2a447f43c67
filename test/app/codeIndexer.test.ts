import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppHarness } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';
import { assertConsistent, basket, everything, greet, part, storedSymbols } from '../support/indexedCode';

describe('indexing code', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/basket.ts': basket, 'src/greet.ts': greet });
	});
	afterEach(() => app.close());

	const symbols = (folder = repo.root) => storedSymbols(app, folder);
	const consistent = (folder = repo.root) => assertConsistent(app, folder);
	const row = async (symbol: string, folder = repo.root) => {
		const found = [...(await app.rows(folder, 'code')).rows.values()].filter(({ metadata }) => metadata['symbol'] === symbol);
		assert.equal(found.length, 1, `${found.length} rows of ${symbol}`);
		return found[0] ?? assert.fail();
	};
	it('indexes all, then nothing twice', async () => {
		const first = await app.index(repo);
		assert.deepEqual([first.files_indexed, first.chunks, first.chunks_embedded], [2, 4, 4]);
		assert.deepEqual(await symbols(), everything);
		const embedded = app.embedder.texts.length;
		for (const mode of ['all', 'changed'] as const) {
			const again = await app.index(repo, mode);
			assert.deepEqual([again.files_indexed, again.chunks_embedded], [0, 0]);
			assert.deepEqual(again.notes, ['Everything is up to date.']);
		}
		assert.equal(app.embedder.texts.length, embedded);
	});

	it('tells lines without embedding anew when code only moved down', async () => {
		await app.index(repo);
		const embedded = app.embedder.texts.length;
		repo.write('src/greet.ts', `\n\n\n${greet}`);
		const report = await app.index(repo, 'changed');
		assert.deepEqual([report.files_indexed, report.chunks_embedded], [1, 0]);
		assert.equal(app.embedder.texts.length, embedded);
		assert.equal((await row('greet')).metadata['start_line'], 4);
		await consistent();
	});

	it('stores the new text when only signs changed that do not reach the model', async () => {
		await app.index(repo);
		const embedded = app.embedder.texts.length;
		repo.write('src/greet.ts', greet.replace('Hello, ', 'Hello - '));
		await app.index(repo, 'changed');
		assert.match((await row('greet')).document, /Hello - /);
		assert.equal(app.embedder.texts.length, embedded);
	});

	it('embeds what was edited alone, and drops what was deleted', async () => {
		await app.index(repo);
		const embedded = app.embedder.texts.length;
		repo.write('src/basket.ts', basket.replace('sum += price', 'sum += Math.round(price)'));
		unlinkSync(join(repo.root, 'src/greet.ts'));
		const report = await app.index(repo, 'changed');
		assert.deepEqual([report.chunks_embedded, report.files_removed], [1, 1]);
		assert.equal(app.embedder.texts.length, embedded + 1);
		assert.match((await row('Basket.total')).document, /Math\.round/);
		assert.deepEqual(await symbols(), everything.slice(0, 3));
		await consistent();
	});

	it('indexes given paths and says why it refuses others', async () => {
		await app.index(repo);
		repo.write('src/part.ts', part);
		repo.write('.gitignore', 'secret/\n');
		repo.write('secret/a.ts', part);
		mkdirSync(join(repo.root, 'lib/inner'), { recursive: true });
		execFileSync('git', ['init', '--quiet'], { cwd: join(repo.root, 'lib/inner') });
		repo.write('lib/inner/own.ts', part);
		const report = await app.indexPaths(repo, 'src/part.ts', 'secret/a.ts', 'nowhere.ts', '/etc/hostname', 'lib/inner/own.ts');
		assert.equal(report.files_indexed, 1);
		assert.deepEqual(report.skipped.map((skip) => `${skip.example}: ${skip.reason}`).sort(), [
			'/etc/hostname: outside the repository',
			'lib/inner/own.ts: another repository',
			'nowhere.ts: does not exist',
			'secret/a.ts: ignored by git',
		]);
		assert.deepEqual(await symbols(), [...everything, 'src/part.ts#part']);
	});

	it('drops the files of a folder that is gone when it is named', async () => {
		await app.index(repo);
		rmSync(join(repo.root, 'src'), { recursive: true });
		const report = await app.indexPaths(repo, 'src');
		assert.equal(report.files_removed, 2);
		assert.deepEqual(await symbols(), []);
	});

	it('follows a rename, committed or not', async () => {
		await app.index(repo);
		renameSync(join(repo.root, 'src/greet.ts'), join(repo.root, 'src/hello.ts'));
		await app.index(repo, 'changed');
		assert.deepEqual(await symbols(), [...everything.slice(0, 3), 'src/hello.ts#greet']);
		repo.git('mv', 'src/basket.ts', 'src/cart.ts');
		repo.commit('rename');
		await app.index(repo, 'changed');
		assert.deepEqual(await symbols(), ['src/cart.ts#Basket', 'src/cart.ts#Basket.add', 'src/cart.ts#Basket.total', 'src/hello.ts#greet']);
		await consistent();
	});

	it('comes back with a dirty file that git took back', async () => {
		await app.index(repo);
		repo.write('src/greet.ts', part);
		await app.index(repo, 'changed');
		assert.ok((await symbols()).includes('src/greet.ts#part'));
		repo.git('checkout', '--quiet', '--', 'src/greet.ts');
		await app.index(repo, 'changed');
		assert.deepEqual(await symbols(), everything);
	});

	it('comes back with a dirty file that was indexed on save alone', async () => {
		await app.index(repo);
		repo.write('src/greet.ts', part);
		unlinkSync(join(repo.root, 'src/basket.ts'));
		await app.indexPaths(repo, 'src/greet.ts', 'src/basket.ts');
		assert.deepEqual(await symbols(), ['src/greet.ts#part']);
		repo.git('checkout', '--quiet', '--', '.');
		await app.index(repo, 'changed');
		assert.deepEqual(await symbols(), everything);
		await consistent();
	});

	it('compares all when the commit it knew is gone', async () => {
		repo.write('src/part.ts', part);
		repo.commit('second');
		await app.index(repo);
		repo.git('reset', '--quiet', '--hard', 'HEAD~1');
		repo.git('reflog', 'expire', '--expire=now', '--all');
		repo.git('gc', '--quiet', '--prune=now');
		repo.write('src/greet.ts', greet.replace('trim()', 'trimEnd()'));
		await app.index(repo, 'changed');
		assert.deepEqual(await symbols(), everything);
		assert.match((await row('greet')).document, /trimEnd/);
	});

	it('indexes a repository without a commit, and says so', async () => {
		const young = app.repository();
		young.write('a.ts', greet);
		const report = await app.index(young);
		assert.equal(report.chunks, 1);
		assert.match(report.notes.join(), /no commit yet/);
		young.commit('first');
		assert.equal((await app.index(young, 'changed')).files_indexed, 0);
	});

	it('refuses a folder that is no repository, and one that is not there', async () => {
		mkdirSync(app.outside('plain'));
		await assert.rejects(app.index(app.outside('plain')), /not inside a git repository.*git init/);
		await assert.rejects(app.index(app.outside('missing')), /does not exist/);
	});

	describe('several checkouts', () => {
		it('stand beside each other, each with its own lines', async () => {
			await app.index(repo);
			const tree = app.outside('tree');
			repo.git('worktree', 'add', '--quiet', '-b', 'other', tree);
			writeFileSync(join(tree, 'src/greet.ts'), `// another branch\n\n\n${greet}`);
			const embedded = app.embedder.texts.length;
			await app.index(tree);
			assert.ok(app.embedder.texts.length - embedded <= 1, 'vectors of the first checkout were not used');
			assert.equal(await app.repoId(tree), await app.repoId(repo.root));
			for (const folder of [repo.root, tree]) await consistent(folder);
			const line = async (folder: string) => {
				const { results } = await app.call('query', { text: 'greet a trimmed name' }, folder);
				assert.equal(results.filter((hit) => hit.symbol === 'greet').length, 1);
				return results.find((hit) => hit.symbol === 'greet')?.start_line;
			};
			assert.deepEqual([await line(repo.root), await line(tree)], [1, 4]);
			// What goes from one stays in the other.
			unlinkSync(join(tree, 'src/greet.ts'));
			await app.index(tree, 'changed');
			assert.equal(await line(repo.root), 1);
			for (const folder of [repo.root, tree]) await consistent(folder);
		});

		it('of a clone too', async () => {
			await app.index(repo);
			const clone = app.outside('clone');
			repo.git('clone', '--quiet', repo.root, clone);
			writeFileSync(join(clone, 'src/greet.ts'), `\n${greet}`);
			await app.index(clone);
			assert.equal(await app.repoId(clone), await app.repoId(repo.root));
			for (const folder of [repo.root, clone]) await consistent(folder);
		});
	});

	it('leaves a nested repository and a submodule to themselves', async () => {
		const inner = app.repository({ 'inner.ts': part });
		repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner.root, 'sub');
		mkdirSync(join(repo.root, 'nested'));
		execFileSync('git', ['init', '--quiet'], { cwd: join(repo.root, 'nested') });
		repo.write('nested/own.ts', part);
		const report = await app.index(repo);
		assert.deepEqual(
			(await symbols()).filter((symbol) => symbol.includes('part')),
			[],
		);
		assert.equal(report.skipped.find((skip) => skip.reason === 'another repository')?.count, 2);
		for (const path of ['nested/own.ts', 'sub/inner.ts']) assert.match((await app.call('explainIndex', { path }, repo.root)).reason, /another repository/);
		const nested = join(repo.root, 'nested');
		assert.equal((await app.index(nested)).chunks, 1);
		assert.notEqual(await app.repoId(nested), await app.repoId(repo.root));
	});
});
