import assert from 'node:assert/strict';
import { join } from 'node:path';
import { UserError } from '../../src/core/errors';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const before = 'export function sum(a: number, b: number) {\n\treturn a - b;\n}\n';
const after = 'export function sum(a: number, b: number) {\n\treturn a + b;\n}\n';

describe('promoting turns', () => {
	let app: AppHarness;
	let repo: GitRepository;
	let id: string;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/sum.ts': after });
		await app.index(repo);
		await app.capture(
			repo.root,
			turnOf(repo, {
				prompt: 'Fix the bug in `sum`: it subtracts',
				response: 'Fixed `sum` in src/sum.ts.',
				edits: [wholeEdit(join(repo.root, 'src/sum.ts'), before, after)],
			}),
		);
		id = (await app.call('listTurns', {}, repo.root)).turns[0]?.id ?? '';
	});
	afterEach(() => app.close());

	const promote = (more: Parameters<typeof app.call<'promote'>>[1] = {}) => app.call('promote', { turn_id: id, ...more }, repo.root);
	const turnRow = async () => (await app.rows(repo.root, 'turns')).rows.get(id)?.metadata ?? {};
	const facts = async () => (await app.call('getTurn', { id }, repo.root)).facts;

	it('takes from the turn what the person does not say', async () => {
		const learning = await promote();
		const { turn } = await app.call('getTurn', { id }, repo.root);
		assert.match(learning.description, /Fix the bug in `?sum/);
		assert.equal(learning.source_chat_id, id);
		assert.equal(learning.pattern, turn.diff_summary);
		assert.equal(learning.modification_type, 'bugfix');
		assert.deepEqual(learning.tags, ['bugfix']);
		assert.equal(learning.confidence, turn.confidence_score);
		assert.equal(learning.repo_id, await app.repoId(repo.root));
		const { documents } = await app.call('getDocuments', { collection: 'codebase_v1', ids: [learning.example_code_reference] }, repo.root);
		assert.equal(documents[0]?.metadata['symbol'], 'sum');
		assert.deepEqual(learning.cites, [documents[0].metadata['content_hash']]);
	});

	it('moves the turn on, in the review and in its row', async () => {
		assert.deepEqual([(await facts()).review, (await turnRow())['status']], ['new', 'captured']);
		const learning = await promote({ description: 'A sum adds.', tags: ['arithmetic', 'sum'], confidence: 0.9 });
		assert.deepEqual(await facts(), { review: 'promoted', outcome: 'unknown', analyzed: false, exported: false, learning_id: learning.learning_id });
		assert.deepEqual([(await turnRow())['status'], (await turnRow())['derived_learning_id']], ['promoted_to_learning', learning.learning_id]);
		const row = (await app.rows(repo.root, 'learnings')).rows.get(learning.learning_id);
		assert.deepEqual([row?.document, row?.metadata['tags'], row?.metadata['source_chat_id']], ['A sum adds.', 'arithmetic,sum', id]);
		assert.deepEqual((await app.call('listLearnings', {}, repo.root)).learnings, [learning]);
		assert.equal((await app.call('listTurns', { review: 'new' }, repo.root)).total, 0);
	});

	it('refuses a second promotion that says the same, names the first, and takes one that says something else', async () => {
		const first = await promote();
		await assert.rejects(promote(), (error) => error instanceof UserError && error.message.includes(first.learning_id));
		const second = await promote({ description: 'Write a test for arithmetic.' });
		assert.notEqual(second.learning_id, first.learning_id);
		assert.equal((await app.call('listLearnings', {}, repo.root)).learnings.length, 2);
		assert.equal((await facts()).learning_id, second.learning_id);
	});

	it('makes one learning of two promotions at once', async () => {
		const results = await Promise.allSettled([promote(), promote()]);
		assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
		assert.equal((await app.call('listLearnings', {}, repo.root)).learnings.length, 1);
	});

	it('ignores and takes back, and keeps the tie to the learning', async () => {
		await app.call('setReview', { id, review: 'ignored' }, repo.root);
		assert.equal((await turnRow())['status'], 'ignored_not_implemented');
		await app.call('setReview', { id, review: 'new' }, repo.root);
		assert.equal((await turnRow())['status'], 'captured');
		const { learning_id } = await promote();
		await app.call('setReview', { id, review: 'ignored' }, repo.root);
		await app.call('setReview', { id, review: 'new' }, repo.root);
		assert.deepEqual(await facts(), { review: 'new', outcome: 'unknown', analyzed: false, exported: false, learning_id });
		assert.equal((await promote()).learning_id, learning_id);
		assert.equal((await facts()).review, 'promoted');
		assert.equal((await app.call('listLearnings', {}, repo.root)).learnings.length, 1);
	});

	it('writes nothing when the review is what it was', async () => {
		const size = app.journalBytes();
		await app.call('setReview', { id, review: 'new' }, repo.root);
		assert.equal(app.journalBytes(), size);
	});

	it('makes a learning from nothing, with a description at least', async () => {
		const learning = await app.call('promote', { description: 'Prefer pure functions.' }, repo.root);
		assert.equal(learning.source_chat_id, undefined);
		assert.equal((await app.rows(repo.root, 'learnings')).rows.size, 1);
		await assert.rejects(app.call('promote', { description: ' ' }, repo.root), (error) => error instanceof UserError && error.exitCode === 2);
	});

	it('knows a turn by the beginning of its id, and says so when there is none', async () => {
		assert.equal((await app.call('getTurn', { id: id.slice(0, 10) }, repo.root)).turn.id, id);
		for (const unknown of ['t_00000000', '', '%', 'x'])
			await assert.rejects(
				app.call('getTurn', { id: unknown }, repo.root),
				(error) => error instanceof UserError && error.message.includes('There is no turn'),
			);
		await assert.rejects(app.call('promote', { turn_id: 't_00000000' }, repo.root), UserError);
		await assert.rejects(app.call('setReview', { id: 't_00000000', review: 'ignored' }, repo.root), UserError);
	});

	it('finds turns by their words, typed in part, whatever signs are among them', async () => {
		const total = async (text: string) => (await app.call('listTurns', { text }, repo.root)).total;
		assert.deepEqual([await total('subtr'), await total('sum.ts'), await total('elephant')], [1, 1, 0]);
		for (const text of ['"', '*', "'; drop table turns; --", 'a NEAR b', 'sum AND (', '-sum', '%']) await total(text);
		assert.equal(await total(''), 1);
	});
});
