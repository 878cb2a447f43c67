import assert from 'node:assert/strict';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import { findings } from '../support/findings';
import type { GitRepository } from '../support/gitRepository';

describe('stats', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'a.ts': 'export const a = 1;\n' });
	});
	afterEach(() => app.close());

	async function capture(more: Parameters<typeof turnOf>[1], folder: { root: string } = repo): Promise<string> {
		await app.capture(folder.root, turnOf(folder, more));
		const { turns } = await app.call('listTurns', { everywhere: true, limit: 1000 });
		return turns.find(({ prompt_summary }) => prompt_summary === more?.prompt)?.id ?? '';
	}

	const found = (turnId: string, value: string, what: unknown) =>
		app.app.ledger.append([{ kind: 'status', id: `${turnId}:outcome`, body: { turn_id: turnId, facet: 'outcome', value, findings: what } }]);

	it('tells captured turns from analysed ones, and those of here from all', async () => {
		const other = app.repository();
		await found(await capture({ prompt: 'one', model: 'gpt-5' }), 'implemented', findings());
		await found(await capture({ prompt: 'two', model: 'gpt-5' }), 'not_implemented', findings({ reward: 0.1 }));
		await capture({ prompt: 'three' });
		await found(await capture({ prompt: 'elsewhere' }, other), 'unknown', findings({ reward: undefined }));
		const here = await app.call('stats', { by: 'model' }, repo.root);
		assert.deepEqual([here.captured, here.unreadable, here.all.turns, here.all.implemented, here.all.not_implemented], [3, 0, 2, 1, 1]);
		assert.deepEqual(here.status, { rewarded_implemented: 1, ignored_not_implemented: 1, captured: 1 });
		assert.deepEqual(
			here.groups.map(({ name, turns }) => [name, turns]),
			[['gpt-5', 2]],
		);
		const everywhere = await app.call('stats', { everywhere: true, by: 'model' }, repo.root);
		assert.deepEqual([everywhere.captured, everywhere.all.turns, everywhere.all.too_early], [4, 3, 1]);
		assert.deepEqual(
			everywhere.groups.map(({ name, turns }) => [name, turns]),
			[
				['gpt-5', 2],
				['unknown', 1],
			],
		);
		assert.deepEqual((await app.call('stats', {}, repo.root)).groups, []);
	});

	it('counts a turn in every repository that it edited', async () => {
		const other = app.repository();
		await found(await capture({ prompt: 'two repositories', edits: [wholeEdit(`${other.root}/b.ts`, null, 'b();\n')] }), 'implemented', findings());
		assert.equal((await app.call('stats', {}, repo.root)).all.turns, 1);
		assert.equal((await app.call('stats', {}, other.root)).all.turns, 1);
	});

	it('looks at turns from a date on', async () => {
		await found(await capture({ prompt: 'old', started_at: '2026-01-10T00:00:00.000Z' }), 'implemented', findings());
		await found(await capture({ prompt: 'new', started_at: '2026-02-10T00:00:00.000Z' }), 'implemented', findings());
		const { captured, all } = await app.call('stats', { since: '2026-02-10T00:00:00.000Z' }, repo.root);
		assert.deepEqual([captured, all.turns], [1, 1]);
	});

	it('reads every page, and groups by what the turn says it changed', async () => {
		const turns = Array.from({ length: 405 }, (_, place) => turnOf(repo, { prompt: `turn ${place}`, turn_key: `many-${place}` }));
		await app.capture(repo.root, ...turns);
		const { turns: kept } = await app.call('listTurns', { limit: 1000 }, repo.root);
		for (const { id } of kept) await found(id, 'implemented', findings());
		const { captured, all, groups } = await app.call('stats', { by: 'modification' }, repo.root);
		assert.deepEqual([captured, all.turns, all.days.points[0]?.turns], [405, 405, 405]);
		assert.deepEqual(
			groups.map(({ turns: count }) => count),
			[405],
		);
	});

	it('counts findings that cannot be read, and stands them', async () => {
		const hostile: unknown[] = [null, 7, 'x', [], {}, { ...findings(), losses: [{ lines: 'many' }] }, { ...findings(), counts: null }];
		for (const [place, what] of hostile.entries()) await found(await capture({ prompt: `turn ${place}` }), 'implemented', what);
		await found(await capture({ prompt: 'good' }), 'strange', findings());
		const purged = await capture({ prompt: 'to be purged' });
		await found(purged, 'implemented', findings());
		await app.call('purge', { text: 'to be purged' }, repo.root);
		const { captured, unreadable, all } = await app.call('stats', {}, repo.root);
		assert.deepEqual([captured, unreadable, all.turns, all.implemented, all.undecided], [8, 7, 1, 0, 1]);
	});
});
