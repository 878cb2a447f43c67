import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { collectionNames, decodeList } from '../../src/core/record';
import type { VectorRow } from '../../src/core/ports';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import { ensureDist } from '../support/dist';
import type { GitRepository } from '../support/gitRepository';

const former =
	'export function totalOfBasket(prices: number[]): number {\n\tlet total = 0;\n\tfor (const price of prices) total -= price;\n\treturn total;\n}\n';
const later = former.replace('-=', '+=');

/** A question, the learning that answers it, and its neighbours in one project that do not. */
const pairs: readonly (readonly [question: string, learning: string])[] = [
	['how should errors from the payment provider be retried?', 'Retry payment requests with exponential backoff and an idempotency key, at most five times.'],
	['where do we validate user input for forms', 'Validate form input with the shared schema at the edge, never inside components.'],
	['add a database migration for a new column', 'Every migration must be reversible: write a down step and test it on a copy of the data.'],
	['write a test for code that depends on the current time', 'Inject a clock instead of calling Date.now, so that tests can fix the time.'],
	['log a failing request', 'Never log request bodies; log the request id and the status code only.'],
	['cache results of the search endpoint', 'Cache entries carry the tenant id in their key, since one tenant must never see results of another.'],
	['make the list scroll faster when it has thousands of rows', 'Long lists are virtualised: render the visible rows alone.'],
	['parse dates from the import file', 'Imported dates are in the time zone of the customer; convert them to UTC while parsing.'],
];

describe('with the real Chroma and the real model', () => {
	let app: AppHarness;
	let repo: GitRepository;

	before(async function () {
		this.timeout(180_000);
		ensureDist();
		app = await AppHarness.open({ real: true });
		const helpers = Object.fromEntries(
			['invoice', 'shipping', 'profile', 'report', 'session', 'upload', 'currency', 'avatar', 'voucher', 'stock', 'mailing', 'holiday'].map((name) => [
				`src/${name}.ts`,
				`/** Loads one ${name} by its number. */\nexport async function load${name}(id: number) {\n\tconst response = await fetch(\`/api/${name}/\${id}\`);\n\treturn response.json();\n}\n`,
			]),
		);
		repo = app.repository({ 'src/basket.ts': later, ...helpers });
		await app.index(repo);
		for (const [, description] of pairs) await app.call('promote', { description }, repo.root);
	});
	after(async function () {
		this.timeout(30_000);
		await app.close();
	});

	const rowsOf = async (name: 'code' | 'turns' | 'learnings'): Promise<VectorRow[]> => {
		const handle = app.app.stores.of(app.context(repo.root));
		const rows: VectorRow[] = [];
		for await (const page of (await handle.collection(await app.repoId(repo.root), collectionNames[name])).pages()) rows.push(...page);
		return rows;
	};

	for (const [question, learning] of pairs) {
		it(`answers "${question}" with the fitting learning among the first three`, async () => {
			const { results, notes } = await app.call('query', { text: question }, repo.root);
			assert.deepEqual(notes, []);
			const place = results.findIndex((hit) => hit.document === learning);
			assert.ok(place >= 0 && place < 3, `at ${place}: ${results.map((hit) => `${hit.score} ${hit.why} ${hit.document.slice(0, 40)}`).join('\n')}`);
		});
	}

	it('shows no learning that does not fit', async () => {
		for (const question of ['load the avatar of a profile', 'sum of the prices in the basket', 'voucher json by number', 'fetch holiday from the api'])
			assert.deepEqual(
				(await app.call('query', { text: question }, repo.root)).results.filter((hit) => hit.collection !== 'codebase_v1').map((hit) => hit.document),
				[],
				question,
			);
	});

	it('shows of the learnings those that fit the question', async () => {
		let others = 0;
		for (const [question, learning] of pairs) {
			const { results } = await app.call('query', { text: question }, repo.root);
			others += results.filter((hit) => hit.collection === 'derived_learnings_v1' && hit.document !== learning).length;
		}
		assert.ok(others <= pairs.length / 2, `${others} learnings that do not fit`);
	});

	it('finds the code too', async () => {
		const { results } = await app.call('query', { text: 'add up what the items in the cart cost' }, repo.root);
		assert.equal(results[0]?.file_path, 'src/basket.ts');
	});

	it('links a turn and its chunk in the rows of both', async () => {
		await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(join(repo.root, 'src/basket.ts'), former, later)] }));
		const [turn] = await rowsOf('turns');
		const chunk = (await rowsOf('code')).find((row) => row.metadata['file_path'] === 'src/basket.ts');
		assert.ok(turn && chunk);
		assert.deepEqual(decodeList(String(turn.metadata['related_code_chunks'])), [chunk.id]);
		assert.deepEqual(decodeList(String(chunk.metadata['related_chat_ids'])), [turn.id]);
	});

	it('makes the word index again from the vectors of the store', async () => {
		const chunks = (await rowsOf('code')).length;
		await app.restart(() => rmSync(app.paths.code, { recursive: true }));
		const { results, notes } = await app.call('query', { text: 'add up what the items in the cart cost' }, repo.root);
		assert.equal(results[0]?.file_path, 'src/basket.ts');
		assert.match(notes.join(), /index --all/);
		const report = await app.index(repo);
		assert.deepEqual([report.chunks, report.chunks_embedded], [chunks, 0]);
		assert.equal((await rowsOf('code')).length, chunks);
	});

	it('is whole again after the directory of the vectors was lost', async function () {
		this.timeout(60_000);
		const [code, turns, learnings] = [await rowsOf('code'), await rowsOf('turns'), await rowsOf('learnings')];
		await app.restart(() => rmSync(app.paths.chroma, { recursive: true }));
		await app.call('rebuild', {}, repo.root);
		await app.index(repo, 'changed');
		const ids = (rows: readonly VectorRow[]) => rows.map((row) => row.id).sort();
		assert.deepEqual([ids(await rowsOf('code')), ids(await rowsOf('turns')), ids(await rowsOf('learnings'))], [ids(code), ids(turns), ids(learnings)]);
	});
});
