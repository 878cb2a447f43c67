import assert from 'node:assert/strict';
import { rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Cancelled } from '../../src/core/errors';
import { AppHarness } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';
import { assertConsistent, basket, everything, greet, part, storedSymbols } from '../support/indexedCode';

describe('an indexing that is disturbed', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/basket.ts': basket, 'src/greet.ts': greet });
	});
	afterEach(() => app.close());

	const symbols = () => storedSymbols(app, repo.root);
	const consistent = () => assertConsistent(app, repo.root);

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
		await app.restart(() => rmSync(app.paths.code, { recursive: true }));
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
		assert.deepEqual(reports.map((report) => report.chunks_embedded).sort(), [0, 0, 4]);
		await consistent();
	});
});
