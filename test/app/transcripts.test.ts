import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bookmarks } from '../../src/app/bookmarks';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import { longer } from '../capture/chat/longer';
import { AppHarness } from '../support/appHarness';
import { silentLog } from '../support/silentLog';
import { until } from '../support/waiting';

const recorded = readFileSync(join(__dirname, '../fixtures/claude-code/two-turns/session.jsonl'), 'utf8');
const text = longer(recorded, 20);
const lines = text.trimEnd().split('\n');

describe('Transcripts', function () {
	this.timeout(60_000);
	let harness: AppHarness;
	beforeEach(async () => {
		harness = await AppHarness.open();
		mkdirSync(dirname(file()), { recursive: true });
	});
	afterEach(() => harness.close());

	const file = () => join(harness.outside('home'), '.claude/projects/-home-dev-demo/s.jsonl');
	const write = (part: string) => writeFileSync(file(), part);
	const replaced = () => {
		writeFileSync(`${file()}.new`, `${text}\n`);
		renameSync(`${file()}.new`, file());
	};
	const importAll = () => harness.call('importTranscripts', { everywhere: true });
	const bookmarks = () => join(harness.paths.state, 'bookmarks');
	const bookmark = () => join(bookmarks(), String(readdirSync(bookmarks(), { recursive: true }).find((name) => String(name).endsWith('.json'))));

	it('finds all transcripts in a folder that is given, tells each turn once, and refuses a folder without any', async () => {
		const folder = join(__dirname, '../fixtures/claude-code');
		const { turns, transcripts } = await harness.call('readTranscripts', { paths: [folder] });
		assert.equal(transcripts, 9);
		assert.equal(new Set(turns.map((turn) => turn.turn_key)).size, turns.length);
		assert.equal(turns.filter((turn) => turn.parent_turn_id !== undefined).length, 1);
		assert.ok(turns.flatMap((turn) => turn.edits).every((edit) => edit.file_path.startsWith('/home/dev/demo/')));
		const report = await harness.call('importTranscripts', { paths: [folder] });
		assert.deepEqual([report.transcripts, report.turns_new], [9, turns.length]);
		await assert.rejects(harness.call('importTranscripts', { paths: [harness.outside('home')] }), /No transcript that is known lies in/);
	});

	it('reads a file that has grown from its last turns on, also after a restart', async () => {
		write(`${lines.slice(0, 1000).join('\n')}\n`);
		const first = await importAll();
		assert.ok(first.turns_new > 25);
		assert.equal((await importAll()).transcripts, 0);
		await harness.restart();
		assert.equal((await importAll()).transcripts, 0);
		appendFileSync(file(), `${lines.slice(1000).join('\n')}\n`);
		const second = await importAll();
		assert.equal(first.turns_new + second.turns_new, 40);
		assert.ok(second.turns_seen <= second.turns_new + 2, `${second.turns_seen} turns were read`);
	});

	it('waits for the rest of a half-written line', async () => {
		const cut = text.lastIndexOf('"type":"user"');
		write(text.slice(0, cut));
		await importAll();
		appendFileSync(file(), text.slice(cut));
		await importAll();
		const { turns } = await harness.call('listTurns', { everywhere: true, limit: 100 });
		const alone = await AppHarness.open();
		try {
			mkdirSync(alone.outside('all'));
			writeFileSync(join(alone.outside('all'), 's.jsonl'), text);
			await alone.call('importTranscripts', { paths: [join(alone.outside('all'), 's.jsonl')] });
			assert.deepEqual(
				turns.map(({ id, response_summary }) => [id, response_summary]).sort(),
				(await alone.call('listTurns', { everywhere: true, limit: 100 })).turns.map(({ id, response_summary }) => [id, response_summary]).sort(),
			);
		} finally {
			await alone.close();
		}
	});

	for (const [what, change] of [
		['shorter', () => write(`${lines.slice(0, 400).join('\n')}\n`)],
		['another file', replaced],
		['another at its beginning', () => write(text.replace('queue-operation', 'queue-operatiom') + '\n')],
		['another before the mark', () => write(`${longer(recorded, 19)}${longer(recorded, 21).slice(-text.length / 10)}`)],
	] as const)
		it(`reads a file from its start that is ${what}`, async () => {
			write(text);
			await importAll();
			change();
			const again = await importAll();
			assert.ok(again.turns_seen > 10, `${again.turns_seen} turns were read`);
			assert.deepEqual(again.errors, []);
		});

	it('reads a file from its start when its bookmark is damaged or says what no source understands', async () => {
		write(text);
		await importAll();
		const good = readFileSync(bookmark(), 'utf8');
		for (const bad of ['', '{', '[]', good.slice(0, -20), good.replace(/"head":"[^"]*"/, '"head":"x"'), foreignCarry(good)]) {
			await harness.restart(() => writeFileSync(bookmark(), bad));
			const again = await importAll();
			assert.equal(again.turns_seen, 40);
			assert.equal(again.turns_unchanged, 40);
		}
	});

	it('reads a file once more when its source has learned to see more', async () => {
		write(text);
		await importAll();
		const [ref] = (await harness.call('findTranscripts', { everywhere: true })).transcripts;
		assert.ok(ref?.cwd !== undefined);
		const found = { ...ref, cwd: ref.cwd };
		const isRead = (readerVersion: number) => new Bookmarks(bookmarks(), [{ name: 'claude-code', readerVersion }], silentLog).isRead(found);
		assert.deepEqual([isRead(1), isRead(2)], [true, false]);
	});

	it('can be stopped inside a file and goes on there', async () => {
		const long = longer(recorded, 90);
		write(long);
		const abort = new AbortController();
		const onProgress = ({ step }: { step: string }) => {
			if (/\((1\d\d|[4-9]\d) new/.test(step)) abort.abort();
		};
		await assert.rejects(harness.call('importTranscripts', { everywhere: true }, '', {}, { signal: abort.signal, onProgress }), { name: 'Cancelled' });
		const before = (await harness.call('listTurns', { everywhere: true, limit: 500 })).turns.length;
		assert.ok(before > 0 && before < 180, `${before} turns before the stop`);
		const rest = await importAll();
		assert.ok(rest.turns_seen < 180, `${rest.turns_seen} turns were read again`);
		assert.equal(before + rest.turns_new, 180);
		assert.ok(statSync(bookmark()).size < 20_000);
	});

	it('brings in by itself what is written for a folder in which capture is on', async () => {
		await harness.restart(() => {
			write(`${lines.slice(0, 500).join('\n')}\n`);
			keepCaptureChoice('/home/dev/demo', 'on', harness.paths);
		});
		const count = async (least: number) => {
			const { length } = (await harness.call('listTurns', { everywhere: true, limit: 100 })).turns;
			return length >= least ? length : undefined;
		};
		const first = await until('the transcript is read', () => count(1));
		await new Promise((resolve) => setTimeout(resolve, 2000));
		appendFileSync(file(), `${lines.slice(500).join('\n')}\n`);
		assert.ok(first < 40);
		await until('what was added is read', () => count(40), 40_000);
	});

	it('leaves alone what is written where capture is not on', async () => {
		await harness.restart(() => {
			write(text);
			keepCaptureChoice('/home/dev/demo', 'off', harness.paths);
			keepCaptureChoice('/home/dev/other', 'on', harness.paths);
		});
		await new Promise((resolve) => setTimeout(resolve, 1500));
		assert.deepEqual((await harness.call('listTurns', { everywhere: true })).turns, []);
	});
});

/** The bookmark of a file that was not read to its end, with a mark of another program's. */
function foreignCarry(bookmark: string): string {
	const value = JSON.parse(bookmark) as { read?: unknown; mark: object };
	return JSON.stringify({ ...value, read: undefined, mark: { ...value.mark, carry: { turns: 'many' } } });
}
