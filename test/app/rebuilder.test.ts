import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Output } from '../../src/core/api';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

type PeerRows = Record<string, { id: string; document: string; metadata: Record<string, string | number | boolean> }[]>;
const peer = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/peer/records.json'), 'utf8')) as PeerRows;

const before = 'export function sum(a: number, b: number) {\n\treturn a - b;\n}\n';
const after = 'export function sum(a: number, b: number) {\n\treturn a + b;\n}\n';

describe('rebuilding', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/sum.ts': after, 'src/other.ts': before.replace('sum', 'difference') });
		await app.index(repo);
		for (let i = 0; i < 3; i++)
			await app.capture(repo.root, turnOf(repo, { prompt: `Prompt ${i}`, edits: [wholeEdit(join(repo.root, 'src/sum.ts'), before, after)] }));
		const { turns } = await app.call('listTurns', {}, repo.root);
		await app.call('promote', { turn_id: turns[0]?.id ?? '' }, repo.root);
		await app.call('setReview', { id: turns[1]?.id ?? '', review: 'ignored' }, repo.root);
		repo.git('mv', 'src/sum.ts', 'src/total.ts');
		repo.commit('rename');
		await app.index(repo, 'changed');
	});
	afterEach(() => app.close());

	/** All that a person sees, and the rows but for the time of their indexing. */
	const everything = async () => {
		await app.app.outbox.flush();
		const { turns } = await app.call('listTurns', {}, repo.root);
		const { learnings } = await app.call('listLearnings', {}, repo.root);
		const { links } = await app.call('links', {}, repo.root);
		const rows = [];
		for (const name of ['code', 'turns', 'learnings'] as const)
			for (const [id, { document, metadata }] of (await app.rows(repo.root, name)).rows) {
				const fields = Object.entries(metadata).filter(([key, value]) => value !== '' && key !== 'last_indexed_utc' && key !== 'commit_sha');
				rows.push({ id, document, metadata: Object.fromEntries(fields.sort()) });
			}
		const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
		return JSON.stringify({ turns: turns.sort(byId), learnings, links: links.map((link) => JSON.stringify(link)).sort(), rows: rows.sort(byId) }, undefined, 1);
	};

	const losses: Record<string, () => void> = {
		'derived.db': () => ['', '-wal', '-shm'].forEach((suffix) => rmSync(`${app.paths.derived}${suffix}`, { force: true })),
		'the vectors': () => app.vectors.databases.clear(),
		'the code index': () => rmSync(app.paths.code, { recursive: true }),
	};
	const together = () => Object.values(losses).forEach((lose) => lose());
	for (const [what, lose] of [...Object.entries(losses), ['all of it', together] as const]) {
		it(`brings back ${what}`, async () => {
			const standing = await everything();
			await app.restart(lose);
			const report: Output<'rebuild'> = await app.call('rebuild', {}, repo.root);
			assert.deepEqual([report.turns, report.learnings, report.rows_adopted, report.damaged], [3, 1, 0, 0]);
			await app.index(repo);
			assert.equal(await everything(), standing);
		});
	}

	it('makes links again by indexing alone, when derived.db was lost', async () => {
		const standing = await everything();
		await app.restart(losses['derived.db']);
		await app.index(repo, 'changed');
		assert.equal(await everything(), standing);
	});

	it('adopts once what another tool wrote, secrets aside, and touches no other collection', async () => {
		const secret = ['gh', 'p_', 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0fGaB3d'].join('');
		const chat = peer['chat_history_v1'] ?? [];
		const learnings = peer['derived_learnings_v1'] ?? [];
		const vector = async (text: string) => (await app.embedder.embed([text]))[0] ?? assert.fail();
		const turns = await app.rows(repo.root, 'turns');
		for (const row of chat)
			await turns.upsert([{ ...row, metadata: { ...row.metadata, response_summary: `uses ${secret}` }, embedding: await vector(row.document) }]);
		for (const row of learnings) await (await app.rows(repo.root, 'learnings')).upsert([{ ...row, embedding: await vector(row.document) }]);
		const [database] = [...app.vectors.databases.keys()].filter((name) => name.startsWith('repo_'));
		const unknown = await app.vectors.collection(database ?? '', 'someone_elses');
		await unknown.upsert([{ id: 'x', document: 'theirs', metadata: { a: 1 }, embedding: await vector('x') }]);

		const first = await app.call('rebuild', {}, repo.root);
		assert.equal(first.rows_adopted, chat.length + learnings.length);
		assert.equal(first.turns, 3 + chat.length);
		const size = app.journalBytes();
		assert.equal((await app.call('rebuild', {}, repo.root)).rows_adopted, 0);
		assert.equal(app.journalBytes(), size);
		const { turns: listed } = await app.call('listTurns', { limit: 50 }, repo.root);
		const promoted = listed.find((turn) => turn.id === '28d0e18b-ce58-4f91-a146-3c06da7119cf');
		assert.deepEqual([promoted?.status, promoted?.tool_sequence], ['promoted_to_learning', 'read_file→edit_file→run_terminal_cmd']);
		assert.deepEqual(
			[...unknown.rows.values()].map((row) => row.document),
			['theirs'],
		);
		await app.stop();
		assert.ok(!app.bytes().includes(secret));
	});

	it('leaves the dead buried', async () => {
		const { turns } = await app.call('listTurns', {}, repo.root);
		const id = turns[2]?.id ?? '';
		await app.app.ledger.append([{ kind: 'tombstone', id: `turn:${id}`, body: { kind: 'turn', id, reason: 'test' } }]);
		const kept = [...(await app.rows(repo.root, 'turns')).rows].find(([row]) => row === id) ?? assert.fail();
		await app.app.outbox.flush();
		assert.ok(!(await app.rows(repo.root, 'turns')).rows.has(id));
		// A row that another program brings back is not adopted.
		(await app.rows(repo.root, 'turns')).rows.set(...kept);
		const report = await app.call('rebuild', {}, repo.root);
		assert.deepEqual([report.turns, report.rows_adopted], [2, 0]);
		assert.equal((await app.call('listTurns', {}, repo.root)).total, 2);
	});

	it('loses no decision that is made meanwhile', async () => {
		const { turns } = await app.call('listTurns', { review: 'new' }, repo.root);
		const id = turns[0]?.id ?? '';
		for (const review of ['ignored', 'new'] as const) await app.call('setReview', { id, review }, repo.root);
		const [, facts] = await Promise.all([app.call('rebuild', {}, repo.root), app.call('setReview', { id, review: 'ignored' }, repo.root)]);
		assert.equal(facts.review, 'ignored');
		await app.call('rebuild', {}, repo.root);
		assert.equal((await app.call('getTurn', { id }, repo.root)).facts.review, 'ignored');
	});
});
