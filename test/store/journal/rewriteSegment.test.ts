import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalRecord } from '../../../src/core/journalRecord';
import { BlobStore } from '../../../src/store/journal/blobStore';
import { FileJournal } from '../../../src/store/journal/fileJournal';
import { projectRoot } from '../../support/dist';
import { temporaryFolder } from '../../support/temporaryFolder';

const recordOf = (id: string, revision: number, text: string): JournalRecord => ({
	...{ id, revision, kind: 'thought', at: '2026-01-01T00:00:00.000Z', writer: 'w' },
	body: { text },
});

describe('rewriting of segments', function () {
	this.timeout(60_000);
	const home = temporaryFolder('rewrite');
	after(() => home.remove());

	function journalIn(name: string) {
		const [folder, blobs] = [join(home.path, name, 'journal'), join(home.path, name, 'blobs')];
		mkdirSync(folder, { recursive: true });
		const open = (writer: string) => new FileJournal(folder, writer, new BlobStore(blobs));
		return { folder, blobs, open };
	}

	async function readAll(journal: FileJournal): Promise<JournalRecord[]> {
		const records: JournalRecord[] = [];
		for await (const page of journal.read(new Map())) {
			assert.equal(page.damaged, 0);
			records.push(...page.records);
		}
		return records;
	}

	it('takes records and their large texts out, leaves others and their order, and can be repeated', async () => {
		const { folder, blobs, open } = journalIn('plain');
		const journal = open('a');
		const large = (word: string) => `${word} `.repeat(2000);
		await journal.append([recordOf('1', 1, large('zebrafinch')), recordOf('2', 1, large('wombat')), recordOf('3', 1, 'okapi')]);
		journal.close();
		const [segment = ''] = journal.closedSegments();
		assert.ok((await journal.rewrite(segment, (record) => record?.id !== '1' && record?.id !== '3')) > 0);
		assert.equal(await journal.sweep(), 1);
		assert.deepEqual(await readAll(journal), [recordOf('2', 1, large('wombat'))]);
		const bytes = readdirSync(join(home.path, 'plain'), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
			.join('');
		assert.ok(!bytes.includes('zebrafinch') && !bytes.includes('okapi'));
		assert.equal(await journal.rewrite(segment, () => true), 0);
		await journal.rewrite(segment, () => false);
		assert.deepEqual(readdirSync(folder), []);
		assert.equal(await journal.sweep(), 1);
		assert.deepEqual(
			readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
			[],
		);
	});

	it('keeps a large text that is put again while unused ones are looked for', () => {
		const { blobs } = journalIn('again');
		const store = new BlobStore(blobs);
		const text = 'x'.repeat(5000);
		const small = store.shrink(text);
		const watch = store.watchUnused();
		store.shrink(text);
		assert.equal(watch.remove(), 0);
		assert.equal(store.expand(small), text);
	});

	it('loses nothing that is to stay, whenever it is killed', async () => {
		const { folder, blobs, open } = journalIn('killed');
		for (let part = 0; part < 6; part++) {
			const journal = open(`w${part}`);
			for (const revision of [1, 2])
				await journal.append(Array.from({ length: 400 }, (_, id) => recordOf(`${part}-${id}`, revision, `text ${revision} `.repeat(id % 40 === 0 ? 900 : 20))));
			journal.close();
		}
		let ended = false;
		let killed = 0;
		for (let round = 0; round < 12 && !ended; round++) {
			const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/rewriteChild.ts'), folder, blobs], {
				cwd: projectRoot,
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			ended = await new Promise<boolean>((resolve) => {
				let text = '';
				child.stdout.setEncoding('utf8').on('data', (piece: string) => {
					text += piece;
					if (piece.includes('begin')) setTimeout(() => child.kill('SIGKILL'), 10 * 2 ** round);
				});
				child.once('close', () => resolve(text.includes('end')));
			});
			if (!ended) killed++;
			const stays = (await readAll(open('reader'))).filter((record) => record.revision === 2);
			assert.equal(stays.length, 6 * 400);
			assert.ok(stays.every(({ body }) => typeof body === 'object' && body !== null && 'text' in body && String(body.text).startsWith('text 2 ')));
		}
		assert.ok(ended && killed > 0, `${killed} were killed`);
		assert.ok((await readAll(open('reader'))).every((record) => record.revision === 2));
		assert.ok(readdirSync(folder).every((name) => name.endsWith('.jsonl')));
	});
});
