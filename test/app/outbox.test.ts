import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';

describe('sending rows to the store', () => {
	it('waits while the store is away, and loses nothing', async () => {
		const app = await AppHarness.open();
		try {
			const text = 'export function one() {\n\treturn 1;\n}\n';
			const repo = app.repository({ 'a.ts': text });
			await app.index(repo);
			app.vectors.away = true;
			await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(join(repo.root, 'a.ts'), text.replace('1', '2'), text)] }));
			await app.call('promote', { description: 'One is one.' }, repo.root);
			assert.equal((await app.call('status', {}, repo.root)).outbox, 2);
			assert.equal((await app.call('listTurns', {}, repo.root)).total, 1);
			await app.restart();
			assert.equal((await app.call('status', {}, repo.root)).outbox, 2);
			app.vectors.away = false;
			assert.equal(await app.app.outbox.flush(), 2);
			assert.deepEqual([(await app.rows(repo.root, 'turns')).rows.size, (await app.rows(repo.root, 'learnings')).rows.size], [1, 1]);
			assert.equal(await app.app.outbox.flush(), 0);
			// The links that could not be written are made when the code is next looked at, or a turn comes.
			await app.capture(repo.root, turnOf(repo));
			await app.index(repo, 'changed');
			const [turnId] = [...(await app.rows(repo.root, 'turns')).rows].find(([, { metadata }]) => metadata['files'] === 'a.ts') ?? assert.fail();
			const [chunk] = (await app.rows(repo.root, 'code')).rows.values();
			assert.equal(chunk?.metadata['related_chat_ids'], turnId);
		} finally {
			await app.close();
		}
	});

	for (const shareTurns of [false, true]) {
		it(`a shared server gets learnings, and turns ${shareTurns ? 'since' : 'only if'} the user says so`, async () => {
			const app = await AppHarness.open({ store: { impl: 'http', shareTurns } });
			try {
				const repo = app.repository({ 'a.ts': 'export const one = 1;\n' });
				await app.capture(repo.root, turnOf(repo));
				const { turns } = await app.call('listTurns', {}, repo.root);
				await app.call('promote', { turn_id: turns[0]?.id ?? '' }, repo.root);
				const collections = app.vectors.databases.get('default_database');
				assert.equal(collections?.get('derived_learnings_v1')?.rows.size, 1);
				assert.equal(collections.get('chat_history_v1')?.rows.size, shareTurns ? 1 : undefined);
				assert.equal((await app.call('status', {}, repo.root)).outbox, 0);
				const { results, notes } = await app.call('query', { text: 'sum of the basket', turns: true }, repo.root);
				assert.ok(results.length > 0, notes.join());
			} finally {
				await app.close();
			}
		});
	}

	it('sends turns of a repository that is first seen after their import', async () => {
		const app = await AppHarness.open();
		try {
			const [here, there] = [app.repository({ 'a.ts': 'export const one = 1;\n' }), app.repository({ 'b.ts': 'export const two = 2;\n' })];
			await app.capture(here.root, turnOf(there));
			assert.equal((await app.rows(there.root, 'turns')).rows.size, 0);
			await app.call('query', { text: 'anything' }, there.root);
			await app.app.outbox.flush();
			assert.equal((await app.rows(there.root, 'turns')).rows.size, 1);
		} finally {
			await app.close();
		}
	});
});
