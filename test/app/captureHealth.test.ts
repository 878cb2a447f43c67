import assert from 'node:assert/strict';
import type { CaptureEvent, TranscriptRef } from '../../src/capture/captureSource';
import { CaptureHealth } from '../../src/app/captureHealth';
import { AppHarness, turnOf } from '../support/appHarness';

describe('capture health', () => {
	let harness: AppHarness;
	let health: CaptureHealth;
	beforeEach(async () => {
		harness = await AppHarness.open();
		health = new CaptureHealth(harness.ports);
	});
	afterEach(async () => {
		health.close();
		await harness.close();
	});

	const turn = (response: string): CaptureEvent => ({
		type: 'turn',
		turn: turnOf(undefined, { turn_key: 'one', model: 'm', cwd: '/x', ended_at: '2026-01-01T00:00:00.000Z', response }),
	});
	const unknown = (what: string): CaptureEvent => ({ type: 'unknown', source: 'codex', what });

	/** One reading of a transcript of so many bytes. */
	async function reading(bytes: number, events: readonly (CaptureEvent | Error)[], resumed = false) {
		const ref: TranscriptRef = { path: '/t.jsonl', source: 'codex', session_id: 's', bytes, modified: '2026-01-01T00:00:00.000Z' };
		// eslint-disable-next-line @typescript-eslint/require-await -- as sources give them
		async function* told(): AsyncGenerator<CaptureEvent> {
			for (const event of events) {
				if (event instanceof Error) throw event;
				yield event;
			}
		}
		const passed: CaptureEvent[] = [];
		for await (const event of health.watched(ref, told(), { resumed })) passed.push(event);
		return passed;
	}
	const file = () => health.about('codex').files['/t.jsonl'];

	it('passes on every event and keeps what they came to, over a restart', async () => {
		const events = [turn('a'), unknown('line:x'), unknown('line:x'), unknown('constructor')];
		assert.deepEqual(await reading(500, events), events);
		health.close();
		health = new CaptureHealth(harness.ports);
		const { turns, ended, whole, unknown: kinds } = file() ?? {};
		assert.deepEqual([turns, ended, whole], [1, 1, 1]);
		assert.deepEqual(kinds, { 'line:x': 2, constructor: 1 });
	});

	it('replaces what a whole reading gave before, and adds what a resumed one gives', async () => {
		await reading(500, [turn('a'), unknown('line:x')]);
		await reading(600, [turn('a'), unknown('line:x'), unknown('line:x')]);
		assert.deepEqual([file()?.turns, file()?.unknown], [1, { 'line:x': 2 }]);
		await reading(700, [turn('b'), unknown('line:x'), unknown('line:y')], true);
		assert.deepEqual([file()?.turns, file()?.whole, file()?.unknown], [2, 2, { 'line:x': 3, 'line:y': 1 }]);
	});

	it('counts the bytes by which a file grew without telling anything new', async () => {
		await reading(1000, [turn('a')]);
		assert.equal(file()?.fruitless, 0);
		await reading(1500, [turn('a')]);
		await reading(2500, [turn('a')]);
		assert.equal(file()?.fruitless, 1500);
		await reading(2600, [turn('ab')]);
		assert.equal(file()?.fruitless, 0, 'the answer has grown');
		await reading(4000, [turn('ab')], true);
		assert.equal(file()?.fruitless, 1400);
	});

	it('counts a reading that failed, leaves what was known, and lets the failure through', async () => {
		await reading(1000, [turn('a')]);
		await assert.rejects(reading(2000, [turn('b'), new Error('damaged')]), /damaged/);
		assert.deepEqual([health.about('codex').failed, file()?.bytes], [1, 1000]);
	});

	it('keeps kinds within bounds', async () => {
		await reading(
			1000,
			Array.from({ length: 90 }, (_, place) => unknown(`kind ${place} ${'x'.repeat(200)}`)),
		);
		const kinds = file()?.unknown ?? {};
		assert.deepEqual([Object.keys(kinds).length, kinds['other kinds']], [41, 50]);
		assert.ok(Object.keys(kinds).every((kind) => kind.length <= 80));
	});
});
