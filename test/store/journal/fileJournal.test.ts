import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors';
import type { JournalRecord } from '../../../src/core/journalRecord';
import { BlobStore } from '../../../src/store/journal/blobStore';
import { FileJournal } from '../../../src/store/journal/fileJournal';
import { projectRoot } from '../../support/dist';
import { noteRecord, record } from '../../support/records';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('the journal', () => {
	const place = temporaryFolder('journal');
	let count = 0;
	after(() => place.remove());

	function fresh() {
		const folder = join(place.path, `journal${count}`);
		const blobs = join(place.path, `blobs${count++}`);
		mkdirSync(folder);
		return { folder, blobs, open: (writer: string) => new FileJournal(folder, writer, new BlobStore(blobs)) };
	}
	async function readAll(journal: FileJournal, positions = new Map<string, number>()) {
		const records: JournalRecord[] = [];
		let damaged = 0;
		for await (const page of journal.read(positions)) {
			records.push(...page.records);
			damaged += page.damaged;
			positions.set(page.segment, page.position);
		}
		return { records, damaged, positions };
	}
	const child = (...args: string[]) =>
		spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/journalChild.ts'), ...args], {
			cwd: projectRoot,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
	const ended = (process: ReturnType<typeof child>) =>
		new Promise<string>((resolve) => {
			let text = '';
			process.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
			process.once('close', () => resolve(text));
		});

	it('loses and tears nothing when several processes append at once', async () => {
		const { folder, blobs, open } = fresh();
		const writers = ['a', 'b', 'c', 'd', 'e', 'f'];
		await Promise.all(writers.map((writer) => ended(child(folder, blobs, writer, '300', '3'))));
		const { records, damaged } = await readAll(open('reader'));
		assert.equal(damaged, 0);
		assert.equal(records.length, 1800);
		const read = new Map(records.map((each) => [each.id, each]));
		for (const writer of writers)
			for (let number = 0; number < 300; number++) assert.deepEqual(read.get(`${writer}-${number}`), noteRecord(`${writer}-${number}`, writer, number));
	});

	it('keeps every acknowledged record of a writer that is killed', async () => {
		const { folder, blobs, open } = fresh();
		const writer = child(folder, blobs, 'victim', '1000000', '2');
		let seen = 0;
		writer.stdout.on('data', (piece: Buffer) => {
			seen += piece.toString().split('\n').length;
			if (seen > 500) writer.kill('SIGKILL');
		});
		const acknowledged = (await ended(writer)).split('\n').slice(0, -1);
		assert.ok(acknowledged.length >= 100, String(acknowledged.length));
		const { records } = await readAll(open('reader'));
		const read = new Set(records.map((each) => each.id));
		assert.deepEqual(
			acknowledged.filter((id) => !read.has(id)),
			[],
		);
	});

	it('skips a torn last line, reads the segments behind it, and the line itself once it is whole', async () => {
		const { folder, open } = fresh();
		for (const writer of ['a', 'b']) await open(writer).append([record('served', writer, {})]);
		const first = join(folder, readdirSync(folder).sort()[0] ?? '');
		const line = JSON.stringify(record('served', 'torn', {}));
		appendFileSync(first, line.slice(0, 20));
		const journal = open('reader');
		const { records, damaged, positions } = await readAll(journal);
		assert.deepEqual([records.map((each) => each.id).sort(), damaged], [['a', 'b'], 0]);
		appendFileSync(first, `${line.slice(20)}\n`);
		assert.deepEqual(
			(await readAll(journal, positions)).records.map((each) => each.id),
			['torn'],
		);
		assert.deepEqual((await readAll(journal, positions)).records, []);
	});

	it('counts lines that are no records, and reads those around them', async () => {
		const { folder, open } = fresh();
		const good = (id: string) => `${JSON.stringify(record('served', id, {}))}\n`;
		const later = JSON.stringify({ ...record('served', 'x', {}), kind: 'prophecy' });
		writeFileSync(
			join(folder, '20260101-x-000.jsonl'),
			Buffer.concat([Buffer.from(`${good('1')}garbage\n{"id":1}\n\n${later}\n`), Buffer.from([0, 255, 254, 10]), Buffer.from(good('2'))]),
		);
		writeFileSync(join(folder, 'notes.txt'), 'of somebody else');
		const { records, damaged } = await readAll(open('reader'));
		assert.deepEqual([records.map((each) => each.id), damaged], [['1', '2'], 4]);
	});

	it('keeps large texts once, beside it, and gives them back wherever they stood', async () => {
		const { folder, blobs, open } = fresh();
		const large = 'größer '.repeat(2000);
		const body = { before: large, list: [large, 'small', { after: large }], n: null, flag: true };
		const journal = open('a');
		await journal.append([record('served', '1', body), record('served', '2', large)]);
		assert.equal(readdirSync(blobs, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}$/.test(name)).length, 1);
		assert.ok(readFileSync(join(folder, readdirSync(folder)[0] ?? '')).length < 2000);
		const { records } = await readAll(journal);
		assert.deepEqual(
			records.map((each) => each.body),
			[body, large],
		);
		rmSync(blobs, { recursive: true });
		assert.deepEqual((await readAll(open('b'))).records[1]?.body, '');
	});

	it('keeps a body that looks like a mark of a large text from reading other files', async () => {
		const { open } = fresh();
		const journal = open('a');
		await journal.append([record('served', '1', { $blob: '../../../../etc/passwd' })]);
		assert.deepEqual((await readAll(journal)).records[0]?.body, '');
	});

	it('begins a new segment behind one that a failed write may have torn', async () => {
		const { folder, open } = fresh();
		const journal = open('a');
		await journal.append([record('served', '1', {})]);
		const circular: Record<string, unknown> = {};
		circular['self'] = circular;
		await assert.rejects(journal.append([record('served', 'x', circular)]), UserError);
		await journal.append([record('served', '2', {})]);
		assert.equal(readdirSync(folder).length, 2);
		assert.deepEqual((await readAll(journal)).records.map((each) => each.id).sort(), ['1', '2']);
	});

	it('says so when the disk is full, loses nothing, and goes on once there is space', async function () {
		const mount = join(place.path, 'small');
		mkdirSync(mount);
		try {
			execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', mount], { stdio: 'ignore' });
		} catch {
			// Only root may mount a file system that is small enough to be filled.
			this.skip();
		}
		mkdirSync(join(mount, 'journal'));
		const journal = new FileJournal(join(mount, 'journal'), 'a', new BlobStore(join(mount, 'blobs')));
		try {
			writeFileSync(join(mount, 'ballast'), Buffer.alloc(100_000));
			const kept: string[] = [];
			const failure = await fill(journal, kept);
			assert.match(failure.message, /journal in .*small\/journal cannot be written: ENOSPC.*Free space/);
			await assert.rejects(journal.append([record('served', 'large', 'x'.repeat(300_000))]), UserError);
			truncateSync(join(mount, 'ballast'), 0);
			await journal.append([record('served', 'after', {})]);
			const { records } = await readAll(journal);
			const read = new Set(records.map((each) => each.id));
			for (const id of [...kept, 'after']) assert.ok(read.has(id), id);
			const leftovers = readdirSync(mount, { recursive: true, encoding: 'utf8' }).filter((name) => /[0-9a-f]{64}\.\d+$/.test(name));
			assert.deepEqual(leftovers, []);
		} finally {
			journal.close();
			execFileSync('umount', [mount]);
		}
	});

	async function fill(journal: FileJournal, kept: string[]): Promise<UserError> {
		for (let number = 0; number < 1000; number++) {
			try {
				await journal.append([record('served', `n${number}`, 'y'.repeat(900))]);
				kept.push(`n${number}`);
			} catch (cause) {
				assert.ok(cause instanceof UserError);
				return cause;
			}
		}
		throw new Error('the disk was never full');
	}
});
