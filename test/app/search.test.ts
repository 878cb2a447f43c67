import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RetrieveWeights } from '../../src/core/settings';
import { openSqlite } from '../../src/store/sqlite/sqlite';
import { AppHarness, turnOf } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const files = {
	'src/headers.ts':
		'export function parseHeaders(text: string): Map<string, string> {\n\tconst lines = text.split(";");\n\treturn new Map(lines.map((line) => line.split(":") as [string, string]));\n}\n',
	'src/basket.ts':
		'export function totalOfBasket(prices: number[]): number {\n\tlet total = 0;\n\tfor (const price of prices) total += price;\n\treturn total;\n}\n',
	'test/headers.test.ts':
		'import { parseHeaders } from "../src/headers";\n\nit("parses headers", () => {\n\tconst parsed = parseHeaders("a:b;c:d");\n\tassert.equal(parsed.get("a"), "b");\n});\n',
};

describe('asking', () => {
	let app: AppHarness;
	let repo: GitRepository;

	before(async () => {
		app = await AppHarness.open();
		repo = app.repository(files);
		await app.index(repo);
		await app.call('promote', { description: 'Headers are split at semicolons, never at commas.', pattern: 'text.split(";")' }, repo.root);
		await app.call('promote', { description: 'Deploy on Tuesdays after the backup ran.' }, repo.root);
		await app.capture(repo.root, turnOf(repo, { prompt: 'How are headers parsed?', response: 'By parseHeaders.' }));
	});
	after(() => app.close());
	afterEach(() => (app.vectors.away = false));

	const ask = (text: string, weights: Partial<RetrieveWeights> = {}, more: { n?: number; turns?: boolean } = {}) =>
		app.call('query', { text, ...more }, repo.root, { weights: RetrieveWeights.parse(weights) });
	const kinds = async (...args: Parameters<typeof ask>) => [...new Set((await ask(...args)).results.map((hit) => hit.collection))].sort();

	it('finds source before tests, unless tests are asked for', async () => {
		const plain = (await ask('parse headers', { learnings: 0 })).results.map((hit) => hit.file_path);
		assert.ok(plain.indexOf('src/headers.ts') < plain.indexOf('test/headers.test.ts'), plain.join());
		const tests = (await ask('test that parses headers', { learnings: 0 })).results.map((hit) => hit.file_path);
		assert.equal(tests[0], 'test/headers.test.ts');
	});

	it('gives places, reasons and scores on one scale', async () => {
		const { results } = await ask('parse headers');
		const hit = results.find((one) => one.symbol === 'parseHeaders');
		assert.deepEqual([hit?.file_path, hit?.start_line, hit?.end_line], ['src/headers.ts', 1, 4]);
		assert.match(hit?.why ?? '', /words; meaning 0\.\d\d/);
		for (const { score } of results) assert.ok(score >= 0 && score <= 1);
		assert.deepEqual(
			results.map((one) => one.score),
			results.map((one) => one.score).sort((a, b) => b - a),
		);
	});

	it('shows a fitting learning and not an unfitting one', async () => {
		const { results } = await ask('at which sign are headers split');
		const learnings = results.filter((hit) => hit.collection === 'derived_learnings_v1');
		assert.deepEqual(
			learnings.map((hit) => hit.document),
			['Headers are split at semicolons, never at commas.\nPattern: text.split(";")'],
		);
		assert.ok(results.slice(0, 3).some((hit) => hit.collection === 'derived_learnings_v1'));
	});

	it('honours the weights: 0 leaves out', async () => {
		const text = 'how are headers parsed and split';
		assert.deepEqual(await kinds(text), ['codebase_v1', 'derived_learnings_v1']);
		assert.deepEqual(await kinds(text, { learnings: 0 }), ['codebase_v1']);
		assert.deepEqual(await kinds(text, { lexical: 0, vector: 0 }), ['derived_learnings_v1']);
		assert.deepEqual(await kinds(text, { turns: 1 }), ['chat_history_v1', 'codebase_v1', 'derived_learnings_v1']);
		assert.deepEqual(await kinds(text, {}, { turns: true }), ['chat_history_v1', 'codebase_v1', 'derived_learnings_v1']);
		for (const hit of (await ask(text, { lexical: 0, learnings: 0 })).results) assert.ok(!hit.why.includes('words'));
		for (const hit of (await ask(text, { vector: 0, learnings: 0 })).results) assert.ok(!hit.why.includes('meaning'));
		assert.ok(!(await ask('elephants', { vector: 0, learnings: 0 })).results.length);
	});

	it('gives as many as asked for', async () => {
		assert.equal((await ask('headers', {}, { n: 1 })).results.length, 1);
		assert.ok((await ask('headers', {}, { n: 200 })).results.length >= 3);
	});

	it('answers by words while the store is away, learnings too, and says so', async () => {
		app.vectors.away = true;
		const { results, notes } = await ask('parse headers split semicolons');
		assert.equal(results.find((hit) => hit.collection === 'codebase_v1')?.symbol, 'parseHeaders');
		assert.equal(results.filter((hit) => hit.collection === 'derived_learnings_v1').length, 1);
		assert.match(notes.join('\n'), /codebase_v1 was not searched by meaning: .*away/);
	});

	it('answers by words while no vector can be made', async () => {
		app.embedder.onText = () => {
			throw new Error('no model');
		};
		try {
			const { results, notes } = await ask('parse headers');
			assert.equal(results[0]?.symbol, 'parseHeaders');
			assert.match(notes.join(), /Searched by words only: no model/);
		} finally {
			app.embedder.onText = undefined;
		}
	});

	it('takes any question', async () => {
		for (const text of [
			'*',
			'"',
			'""',
			"'",
			'()',
			'a NEAR b',
			'NEAR/3',
			'-headers',
			'headers*',
			'AND OR NOT',
			'col:word',
			'^x',
			'{}',
			'\\',
			'%_',
			'the of a',
			' ',
			'日本語 検索',
			'🙂',
			'\0',
			'x'.repeat(20_000),
		])
			await ask(text);
		await fc.assert(
			fc.asyncProperty(fc.string({ minLength: 1, unit: 'grapheme' }), async (text) => {
				await ask(text);
			}),
			{ numRuns: 60 },
		);
		await assert.rejects(ask(''), /text/);
	});

	it('says what to do where nothing is indexed, and outside a repository', async () => {
		const other = app.repository({ 'a.ts': 'export const one = 1;\n' });
		const { results, notes } = await app.call('query', { text: 'one' }, other.root);
		assert.deepEqual([results, notes], [[], ['No code of this repository is indexed yet. Run `chroma-client index --all`.']]);
		assert.match((await app.call('query', { text: 'one' }, app.paths.root)).notes.join(), /no git repository/);
	});

	it('finds rows of another tool in a shared database, and none of them in an own one', async () => {
		const shared = await AppHarness.open({ store: { database: 'default_database' } });
		try {
			const own = shared.repository(files);
			await shared.index(own);
			const text = 'def validate_token(token):\n    return token.startswith("x")';
			const [embedding] = await shared.embedder.embed([text]);
			const metadata = {
				file_path: 'auth/tokens.py',
				start_line: 3,
				end_line: 4,
				chunk_id: 'auth/tokens.py:abc:0',
				commit_sha: 'abc',
				last_indexed_utc: 1_795_447_630.1,
			};
			const collection = await shared.rows(own.root, 'code');
			await collection.upsert([{ id: 'auth/tokens.py:abc:0', document: text, metadata, embedding: embedding ?? assert.fail() }]);
			const { results } = await shared.call('query', { text: 'validate token' }, own.root);
			assert.deepEqual([results[0]?.file_path, results[0]?.start_line, results[0]?.document], ['auth/tokens.py', 3, text]);
		} finally {
			await shared.close();
		}
	});

	describe('when the word index', () => {
		const codeFiles = () => readdirSync(app.paths.code).filter((name) => name.endsWith('.db'));
		const answersAgain = async () => {
			const { results, notes } = await ask('parse headers', { learnings: 0 });
			const found = results.find((hit) => hit.symbol === 'parseHeaders');
			assert.deepEqual([found?.file_path, found?.start_line, found?.document.split('\n').length], ['src/headers.ts', 1, 4]);
			assert.match(notes.join(), /searched by meaning only. Run `chroma-client index --all`/);
			const embedded = app.embedder.texts.length;
			await app.index(repo);
			assert.equal(app.embedder.texts.length, embedded);
			const after = await ask('parse headers', { learnings: 0 });
			assert.match(after.results[0]?.why ?? '', /words/);
			assert.deepEqual(after.notes, []);
		};

		const page = 4096;
		const damages: Record<string, (file: string) => void> = {
			'was deleted': (file) => rmSync(file),
			'is no database any more': (file) => writeFileSync(file, 'not a database '.repeat(1000)),
			'was cut short': (file) => truncateSync(file, 2 * page),
			'has damaged pages': (file) => writeFileSync(file, readFileSync(file).fill(0xff, 3 * page)),
		};
		for (const [what, damage] of Object.entries(damages)) {
			it(`${what}, still answers, and is whole again after indexing`, async () => {
				await app.restart(() => {
					for (const name of codeFiles()) {
						checkpoint(join(app.paths.code, name));
						damage(join(app.paths.code, name));
					}
				});
				await answersAgain();
			});
		}
	});
});

/** Brings the write-ahead log into the file, or it would heal the damage. */
function checkpoint(file: string) {
	const sql = openSqlite(file);
	sql.all('pragma wal_checkpoint(truncate)');
	sql.close();
	for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
