import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cancelled } from '../../src/core/errors';
import { AppHarness } from '../support/appHarness';
import { GitRepository } from '../support/gitRepository';

const basket = `export class Basket {
	private readonly items: number[] = [];

	add(price: number): void {
		if (price < 0) throw new Error('a price is never negative');
		this.items.push(price);
	}

	total(): number {
		let sum = 0;
		for (const price of this.items) sum += price;
		return sum;
	}
}
`;
const greet = `export function greet(name: string): string {
	const trimmed = name.trim();
	return \`Hello, \${trimmed}\`;
}
`;
const part = `export function part(list: string[]): string[] {
	const half = Math.floor(list.length / 2);
	return list.slice(0, half);
}
`;

describe('indexing code', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/basket.ts': basket, 'src/greet.ts': greet });
	});
	afterEach(() => app.close());

	/** Symbols with paths, as the rows of the store have them. */
	const symbols = async (folder = repo.root) =>
		[...(await app.rows(folder, 'code')).rows.values()].map(({ metadata }) => `${String(metadata['file_path'])}#${String(metadata['symbol'] ?? '')}`).sort();
	const everything = ['src/basket.ts#Basket', 'src/basket.ts#Basket.add', 'src/basket.ts#Basket.total', 'src/greet.ts#greet'];
	const row = async (symbol: string, folder = repo.root) => {
		const found = [...(await app.rows(folder, 'code')).rows.values()].filter(({ metadata }) => metadata['symbol'] === symbol);
		assert.equal(found.length, 1, `${found.length} rows of ${symbol}`);
		return found[0] ?? assert.fail();
	};
	/** What the index holds agrees with the store, and a search finds it. */
	const consistent = async (folder = repo.root) => {
		const place = await app.ports.repositories.at(folder);
		assert.ok(place);
		const index = app.app.stores.codeIndex(place.checkout_id, app.app.stores.of(app.context(folder)));
		const indexed = index.sql
			.all('select path, symbol, start_line from chunks')
			.map((chunk) => `${String(chunk['path'])}:${String(chunk['start_line'])}#${String(chunk['symbol'])}`);
		const stored = [...(await app.rows(folder, 'code')).rows.values()]
			.filter(({ metadata }) => metadata['checkout_id'] === place.checkout_id)
			.map(({ metadata }) => `${String(metadata['file_path'])}:${String(metadata['start_line'])}#${String(metadata['symbol'] ?? '')}`);
		assert.deepEqual(stored.sort(), indexed.sort());
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

	describe('when it is disturbed', () => {
		for (const method of ['upsert', 'updateMetadata', 'delete'] as const) {
			it(`is right after a failed ${method} and another call`, async () => {
				await app.index(repo);
				repo.write('src/basket.ts', `// moved down\n${basket.replace('total()', 'sumOfAll()')}`);
				unlinkSync(join(repo.root, 'src/greet.ts'));
				app.vectors.failOnce(method);
				await assert.rejects(app.index(repo, 'changed'), new RegExp(`${method} failed`));
				await app.restart();
				await app.index(repo, 'changed');
				assert.deepEqual(await symbols(), ['src/basket.ts#Basket', 'src/basket.ts#Basket.add', 'src/basket.ts#Basket.sumOfAll']);
				await consistent();
			});
		}

		it('indexes again what somebody dropped from the store, all or some of it', async () => {
			await app.index(repo);
			const { rows } = await app.rows(repo.root, 'code');
			rows.clear();
			await app.index(repo, 'changed');
			assert.deepEqual(await symbols(), everything);
			const [id] = [...rows].find(([, { metadata }]) => metadata['symbol'] === 'greet') ?? assert.fail();
			rows.delete(id);
			await app.index(repo, 'changed');
			assert.deepEqual(await symbols(), everything);
		});

		it('makes a lost word index again from the vectors that are there', async () => {
			repo.write('src/part.ts', part);
			await app.index(repo);
			const embedded = app.embedder.texts.length;
			await app.restart(() => rmSync(app.paths.code, { recursive: true }) ?? mkdirSync(app.paths.code));
			unlinkSync(join(repo.root, 'src/part.ts'));
			const report = await app.index(repo);
			assert.deepEqual([report.chunks, report.chunks_embedded, app.embedder.texts.length], [4, 0, embedded]);
			// The row of the file that went meanwhile is not left behind.
			assert.deepEqual(await symbols(), everything);
			await consistent();
		});

		it('goes on after a stop in the middle', async () => {
			const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`many/f${i}.ts`, greet.replaceAll('greet', `greet${i}`)]));
			for (const [path, text] of Object.entries(files)) repo.write(path, text);
			const stop = new AbortController();
			app.embedder.onText = () => app.embedder.texts.length > 280 && stop.abort();
			await assert.rejects(app.call('index', { mode: 'all' }, repo.root, {}, { signal: stop.signal }), Cancelled);
			app.embedder.onText = undefined;
			const done = (await symbols()).length;
			assert.ok(done >= 200 && done < 304, `${done} of 304`);
			const before = app.embedder.texts.length;
			const report = await app.index(repo, 'changed');
			assert.equal((await symbols()).length, 304);
			assert.equal(report.chunks_embedded, 304 - done);
			assert.equal(app.embedder.texts.length - before, 304 - done);
			await consistent();
		});

		it('lets a second call wait for the first', async () => {
			const reports = await Promise.all([app.index(repo), app.index(repo), app.index(repo, 'changed')]);
			assert.deepEqual(
				reports.map((report) => report.chunks_embedded),
				[4, 0, 0],
			);
			await consistent();
		});
	});

	describe('leaves out, and explains,', () => {
		const long = 'x'.repeat(1000);
		const cases: [reason: RegExp, path: string, text: string | Uint8Array][] = [
			[/may hold secrets/, '.env', 'A=1'],
			[/vendored/, 'vendor/lib.ts', part],
			[/build output/, 'dist/out.js', part],
			[/lock file/, 'package-lock.json', '{}'],
			[/generated/, 'app.min.js', part],
			[/generated/, 'minified.js', `${long};\n`.repeat(10)],
			[/generated/, 'marked.ts', `// Code generated by protoc. DO NOT EDIT.\n${part}`],
			[/binary/, 'photo.png', new Uint8Array([1, 2, 3])],
			[/binary/, 'data.txt', new Uint8Array([65, 0, 66])],
			[/larger than 2 MB/, 'large.txt', 'line\n'.repeat(500_000)],
			[/empty/, 'empty.ts', ''],
			[/empty/, 'blank.ts', '\n \n'],
		];
		for (const [reason, path, text] of cases) {
			it(path, async () => {
				repo.write(path, text);
				const report = await app.index(repo);
				assert.ok(report.skipped.some((skip) => reason.test(skip.reason) && skip.example === path));
				const explained = await app.call('explainIndex', { path }, repo.root);
				assert.equal(explained.indexed, false);
				assert.match(explained.reason, reason);
				assert.deepEqual(await symbols(), everything);
			});
		}

		it('links and what git ignores', async () => {
			symlinkSync('src/greet.ts', join(repo.root, 'link.ts'));
			repo.write('.gitignore', '*.tmp.ts\n');
			repo.write('a.tmp.ts', part);
			await app.index(repo);
			const reason = async (path: string) => (await app.call('explainIndex', { path }, repo.root)).reason;
			assert.equal(await reason('link.ts'), 'link');
			assert.match(await reason('a.tmp.ts'), /ignored by git: \.gitignore:1:\*\.tmp\.ts/);
			assert.equal(await reason('nowhere.ts'), 'gone');
			assert.match(await reason('../elsewhere.ts'), /outside the repository/);
			assert.match(await reason('src/greet.ts'), /^indexed as typescript at /);
		});

		it('a file that becomes one of these', async () => {
			await app.index(repo);
			repo.write('src/greet.ts', `// Code generated by protoc. DO NOT EDIT.\n${greet}`);
			await app.index(repo, 'changed');
			assert.deepEqual(await symbols(), everything.slice(0, 3));
			repo.write('src/greet.ts', greet);
			await app.index(repo, 'changed');
			assert.deepEqual(await symbols(), everything);
		});
	});
});
