import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { JournalRecord } from '../../src/core/journalRecord';
import { Stats } from '../../src/core/stats';
import { BlobStore } from '../../src/store/journal/blobStore';
import { FileJournal } from '../../src/store/journal/fileJournal';
import { CliHome } from '../support/cliHome';
import { findings } from '../support/findings';
import { record, turn } from '../support/records';

describe('chroma-client stats', function () {
	this.timeout(60_000);
	const home = new CliHome();
	let writers = 0;
	after(() => home.remove());

	/** Writes into the journal as another process does that ran before. */
	async function write(...records: JournalRecord[]): Promise<void> {
		await home.stop();
		const journal = new FileJournal(join(home.data, 'journal'), `test${writers++}`, new BlobStore(join(home.data, 'blobs')));
		await journal.append(records);
		journal.close();
	}

	it('says what to do where nothing was captured, and where nothing was analysed', async () => {
		const empty = await home.run(['stats']);
		assert.equal(empty.code, 1);
		assert.match(empty.stdout, /^No turn was captured here\. Try --everywhere, or read past chats in: chroma-client import\n$/);
		await write(record('turn', 't_0', turn('t_0')));
		const { code, stdout } = await home.run(['stats', '--everywhere']);
		assert.equal(code, 1);
		assert.match(stdout, /^1 turn captured, none analysed yet\. .*: chroma-client analyze-chat-history\n$/);
		const json = await home.run(['stats', '--everywhere', '--json']);
		assert.equal(json.code, 1);
		assert.equal(Stats.parse(JSON.parse(json.stdout)).captured, 1);
	});

	it('shows curves, intervals and groups, and says where there is too little to tell', async () => {
		const records = Array.from({ length: 12 }, (_, place) => {
			const [id, few] = [`t_${place + 1}`, place < 2];
			const lost = place % 3 === 0 ? 10 : 0;
			const body = findings({
				counts: { kept: 10 - lost, deleted: lost },
				losses: lost === 0 ? [] : [{ lines: lost, days: 5, commits: 3, by: 'human', commit_sha: '' }],
				days: place === 11 ? 200 : 45,
			});
			return [
				record('turn', id, turn(id, { assistant: few ? 'ai\u001b[31mder' : 'codex' })),
				record('status', `${id}:outcome`, { turn_id: id, facet: 'outcome', value: lost === 0 ? 'implemented' : 'not_implemented', findings: body }),
			];
		});
		await write(...records.flat());
		const { code, stdout } = await home.run(['stats', '--everywhere', '--by', 'assistant']);
		assert.equal(code, 0);
		assert.match(
			stdout,
			/^13 turns captured, 12 analysed: 8 implemented, 4 not implemented\.\nLines written: 120\. Now: 80 kept, 40 deleted\.\nTaken out: 40 by a person\.\nReward: /,
		);
		assert.match(
			stdout,
			/\n████▆+ +days 0 to 180, median life not reached: more than half is still there\nDays since +still there +95% interval +turns +lines\n1 +100% +74%–100% +12 +120\n7 +67% +\d+%–\d+% +8 +80\n/,
		);
		assert.match(
			stdout,
			/\n180 +~67% +\d+%–\d+% +1 +10\n~ fewer than 5 turns were watched that long\nThe last look came after 200 days at most; nothing is said beyond it\.\n/,
		);
		assert.doesNotMatch(stdout, /\n365 /);
		assert.match(stdout, /\ncodex +10 +7 +100 +1\.00 +70% \(\d+%–\d+%\)/);
		assert.match(stdout, /\nai\[31mder +2 +1 +20 +1\.00 +too few to tell\n/);
		const { groups, all } = Stats.parse(await home.json(['stats', '--everywhere', '--by', 'assistant', '--since', '2026-02-01']));
		assert.deepEqual(
			groups.map(({ name, too_few }) => [name, too_few]),
			[
				['codex', false],
				['ai\u001b[31mder', true],
			],
		);
		assert.equal(all.commits.points[0]?.lines, 120);
	});

	it('refuses what it cannot compare by, and what is no date', async () => {
		const by = await home.run(['stats', '--by', 'weather']);
		assert.deepEqual([by.code, by.stdout], [2, '']);
		assert.match(by.stderr, /"weather".*assistant, model, modification, language/);
		const since = await home.run(['stats', '--since', 'soon']);
		assert.equal(since.code, 2);
		assert.match(since.stderr, /"soon" is no date/);
		const later = await home.run(['stats', '--everywhere', '--since', '2030-01-01']);
		assert.equal(later.code, 1);
		assert.match(later.stdout, /No turn was captured here since 2030-01-01/);
	});
});
