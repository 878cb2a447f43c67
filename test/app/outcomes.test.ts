import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import type { FateName } from '../support/outcomeHistories';
import { fates, play, tasks } from '../support/outcomeHistories';

describe('what became of the code of turns', () => {
	let app: AppHarness;
	beforeEach(async () => (app = await AppHarness.open()));
	afterEach(() => app.close());

	it('says the right status of 60 histories, and rewards them in the order of what stayed', async function () {
		this.timeout(180_000);
		const rewards = new Map<FateName, number[]>(fates.map((fate) => [fate, []]));
		for (const task of tasks)
			for (const fate of fates) {
				const repo = app.repository({ [task.path]: task.before });
				repo.write(task.path, task.after);
				await app.capture(repo.root, turnOf(repo, { edits: [wholeEdit(join(repo.root, task.path), task.before, task.after)] }));
				play(repo, task, fate);
				const report = await app.call('analyze', {}, repo.root);
				const [result] = report.results;
				const expected = fate === 'rewritten' || fate === 'reverted' ? 'ignored_not_implemented' : 'rewarded_implemented';
				assert.equal(result?.status, expected, `${task.path}, ${fate}: ${JSON.stringify(result)}`);
				rewards.get(fate)?.push(result.reward ?? -1);
			}
		for (const [place, better] of fates.entries())
			for (const worse of fates.slice(place + 1)) {
				const [low, high] = [Math.min(...(rewards.get(better) ?? [])), Math.max(...(rewards.get(worse) ?? []))];
				const orEqual = better === 'reformatted' && worse === 'moved';
				assert.ok(orEqual ? low >= high : low > high, `${better} (${low} at least) is not above ${worse} (${high} at most)`);
			}
	});
});
