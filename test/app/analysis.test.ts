import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import type { TurnObservationInput } from '../../src/core/turn';
import { AppHarness, snippetEdit, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const start = 'export const unit = 1;\n';
const added = `${start}
export function area(width: number, height: number): number {
	const rounded = Math.round(width * height * unit);
	if (Number.isNaN(rounded)) throw new TypeError('no area');
	return rounded;
}
`;

describe('analysis of turns', () => {
	let app: AppHarness;
	let repo: GitRepository;
	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/area.ts': start, 'README.md': '# Areas\n' });
	});
	afterEach(() => app.close());

	const file = () => join(repo.root, 'src/area.ts');
	const write = async (more: Partial<TurnObservationInput> = {}) => {
		repo.write('src/area.ts', added);
		await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(file(), start, added)], ...more }));
	};
	const analyze = async (folder = repo.root) => (await app.call('analyze', {}, folder)).results;
	const judged = async () => (await analyze()).map(({ status, where, survival }) => ({ status, where, survival }));

	it('says that it is too early while the code is not committed, and that it was implemented once it is', async () => {
		await write();
		assert.deepEqual(await judged(), [{ status: 'analyzed', where: 'working tree', survival: 1 }]);
		repo.commit('area');
		assert.deepEqual(await judged(), [{ status: 'rewarded_implemented', where: 'committed', survival: 1 }]);
	});

	it('takes code that stood in the working tree for a week for implemented', async () => {
		await write({ started_at: new Date(Date.now() - 8 * 86_400_000).toISOString() });
		assert.deepEqual(await judged(), [{ status: 'rewarded_implemented', where: 'working tree', survival: 1 }]);
		const [result] = (await app.call('analyze', {}, repo.root, { outcome: { keptShare: 0.5, waitDays: 30 } })).results;
		assert.equal(result?.status, 'analyzed', 'unless the setting says so');
	});

	it('waits for code in a stash and on another branch', async () => {
		await write();
		repo.git('stash');
		assert.deepEqual(await judged(), [{ status: 'analyzed', where: 'elsewhere', survival: 0 }]);
		repo.git('checkout', '-q', '-b', 'feature');
		repo.git('stash', 'pop');
		repo.commit('area');
		repo.git('checkout', '-q', 'main');
		assert.deepEqual(await judged(), [{ status: 'analyzed', where: 'elsewhere', survival: 0 }]);
		repo.git('merge', '-q', '--squash', 'feature');
		repo.commit('area, squashed');
		assert.deepEqual(await judged(), [{ status: 'rewarded_implemented', where: 'committed', survival: 1 }]);
	});

	it('sees a revert, with its commit, also when the branch still has the code', async () => {
		await write();
		const sha = repo.commit('area');
		repo.git('branch', 'old');
		repo.git('revert', '--no-edit', sha);
		const revert = repo.git('rev-parse', 'HEAD').trim();
		const [result] = await analyze();
		assert.deepEqual([result?.status, result?.where, result?.reward], ['ignored_not_implemented', 'gone', 0]);
		const { findings } = await app.call('fate', { id: result?.id ?? '' }, repo.root);
		assert.deepEqual(
			findings?.losses.map(({ by, commit_sha, lines }) => ({ by, commit_sha, lines })),
			[{ by: 'revert', commit_sha: revert, lines: 4 }],
		);
		assert.equal(findings.commit_sha, sha);
	});

	it('says so when uncommitted code was thrown away', async () => {
		await write();
		repo.git('checkout', '--', '.');
		assert.deepEqual(await judged(), [{ status: 'ignored_not_implemented', where: 'gone', survival: 0 }]);
	});

	it('finds the turn that rewrote another one', async () => {
		await write();
		repo.commit('area');
		const better = added.replace(
			"\tconst rounded = Math.round(width * height * unit);\n\tif (Number.isNaN(rounded)) throw new TypeError('no area');\n\treturn rounded;",
			'\treturn surfaceOf({ shape: "rectangle", sides: [width, height] }).value;',
		);
		repo.write('src/area.ts', better);
		await app.capture(repo.root, turnOf(repo, { prompt: 'Do it with the library.', edits: [wholeEdit(file(), added, better)] }));
		repo.commit('library');
		const results = await analyze();
		const { turns } = await app.call('listTurns', {}, repo.root);
		const second = turns.find(({ prompt_summary }) => prompt_summary.includes('library'));
		const first = results.find(({ id }) => id !== second?.id);
		assert.equal(first?.status, 'ignored_not_implemented');
		const { findings } = await app.call('fate', { id: first.id }, repo.root);
		assert.deepEqual(
			findings?.losses.map(({ by, turn_id, lines }) => ({ by, turn_id, lines })),
			[{ by: 'turn', turn_id: second?.id, lines: 3 }],
		);
	});

	it('judges a turn that only took lines out by whether they stayed out', async () => {
		repo.write('src/area.ts', added);
		repo.commit('area');
		repo.write('src/area.ts', start);
		await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(file(), added, start)] }));
		repo.commit('gone');
		assert.deepEqual(await judged(), [{ status: 'rewarded_implemented', where: 'committed', survival: 1 }]);
		repo.write('src/area.ts', added);
		repo.commit('back');
		assert.deepEqual(await judged(), [{ status: 'ignored_not_implemented', where: 'gone', survival: 0 }]);
	});

	it('counts edits that were refused, and has nothing to say of a turn that wrote nothing', async () => {
		await app.capture(repo.root, turnOf(repo, { prompt: 'refused', edits: [{ ...wholeEdit(file(), start, added), state: 'rejected' }] }));
		await app.capture(repo.root, turnOf(repo, { prompt: 'a question' }));
		const results = await analyze();
		assert.deepEqual(results.map(({ prompt_summary, status }) => `${prompt_summary} ${status}`).sort(), [
			'a question analyzed',
			'refused ignored_not_implemented',
		]);
	});

	it('finds nothing new in a second run, and never undoes what a person decided', async () => {
		await write();
		repo.commit('area');
		const first = await app.call('analyze', {}, repo.root);
		const id = first.results[0]?.id ?? '';
		await app.call('setReview', { id, review: 'ignored' }, repo.root);
		const bytes = app.journalBytes();
		const second = await app.call('analyze', {}, repo.root);
		assert.deepEqual([first.changed, second.changed, second.by_status], [1, 0, { ignored_not_implemented: 1 }]);
		assert.equal(app.journalBytes(), bytes, 'a run that found nothing new writes nothing');
		await app.restart();
		await app.call('rebuild', {}, repo.root);
		assert.equal((await app.call('analyze', {}, repo.root)).changed, 0, 'findings outlast the database that is folded from them');
	});

	it('writes survival and reward into the row of the turn', async () => {
		await write();
		repo.commit('area');
		await analyze();
		await app.app.outbox.flush();
		const [row] = [...(await app.rows(repo.root, 'turns')).rows.values()];
		assert.deepEqual([row?.metadata['status'], row?.metadata['survival'], row?.metadata['reward']], ['rewarded_implemented', 1, 1]);
	});

	it('takes the words of the user and the tests into account', async () => {
		const at = Date.now() - 60_000;
		await write({ session_id: 'talk', started_at: new Date(at).toISOString() });
		repo.commit('area');
		await app.capture(
			repo.root,
			turnOf(repo, { session_id: 'talk', prompt: "That's wrong, it still fails.", started_at: new Date(at + 30_000).toISOString() }),
		);
		const [result] = (await analyze()).filter(({ survival }) => survival === 1);
		assert.ok(result?.reward !== undefined && result.reward < 1 && result.reward > 0.5, JSON.stringify(result));
		assert.equal(result.status, 'rewarded_implemented', 'the code is there all the same');
	});

	it('knows snippets too', async () => {
		const now = added.replace('width * height * unit', 'width * height * unit * 2');
		repo.write('src/area.ts', added);
		repo.commit('area');
		repo.write('src/area.ts', now);
		await app.capture(repo.root, turnOf(repo, { edits: [snippetEdit(file(), 'height * unit)', 'height * unit * 2)')] }));
		repo.commit('twice');
		assert.deepEqual(await judged(), [{ status: 'rewarded_implemented', where: 'committed', survival: 1 }]);
		const why = await app.call('why', { file: 'src/area.ts', line: 4 }, repo.root);
		assert.deepEqual([why.attribution, why.state], ['ai', 'extended']);
	});

	it('knows lines that were joined into one', async () => {
		const wrapped = `${start}\nexport const sides = [\n\tleftSide,\n\trightSide,\n\tupperSide,\n];\n`;
		repo.write('src/area.ts', wrapped);
		await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(file(), start, wrapped)] }));
		repo.write('src/area.ts', `${start}\nexport const sides = [leftSide, rightSide, upperSide];\n`);
		repo.commit('joined');
		const [result] = await analyze();
		const { files } = await app.call('fate', { id: result?.id ?? '' }, repo.root);
		assert.deepEqual([result?.survival, files[0]?.counts.reformatted], [0.97, 4]);
		const why = await app.call('why', { file: 'src/area.ts', line: 3 }, repo.root);
		assert.deepEqual([why.state, why.since?.reformatted, why.since?.deleted], ['reformatted', 4, 0]);
	});

	it('leaves what it has when it is stopped, and goes on at the next run', async () => {
		await write();
		repo.commit('area');
		const stop = new AbortController();
		stop.abort();
		await assert.rejects(app.call('analyze', {}, repo.root, {}, { signal: stop.signal }));
		assert.equal((await analyze()).length, 1);
	});

	it('refuses a folder that is no repository', async () => {
		await assert.rejects(app.call('analyze', {}, app.paths.root), /no git repository/);
	});
});
