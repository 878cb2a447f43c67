import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import type { AssistantCapture } from '../../src/core/captureStatus';
import { entryOf } from '../capture/hooks/calls';
import { AppHarness, turnOf } from '../support/appHarness';
import { until } from '../support/waiting';

const fixtures = join(__dirname, '../fixtures');
const recorded = readFileSync(join(fixtures, 'claude-code/fix-sum/session.jsonl'), 'utf8');
const session = /"sessionId":"([^"]+)"/.exec(recorded)?.[1] ?? '';
const promptId = /"promptId":"([^"]+)"/.exec(recorded)?.[1] ?? '';
const day = /"timestamp":"(\d{4}-\d\d-\d\d)T/.exec(recorded)?.[1] ?? '';

/** Days after the recording. */
function daysLater(days: number): string {
	return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

describe('capture meter', () => {
	let harness: AppHarness;
	beforeEach(async () => {
		harness = await AppHarness.open();
		tenDaysLater();
	});
	afterEach(() => harness.close());

	function tenDaysLater(): void {
		Object.assign(harness.ports, { clock: { now: () => new Date(`${daysLater(10)}T12:00:00.000Z`) } });
	}

	/** A session of Claude Code of another day, as if its format had changed. */
	function transcript(days: number, change: (text: string) => string = (text) => text): string {
		const folder = join(harness.outside('home'), '.claude/projects/-home-dev-demo');
		mkdirSync(folder, { recursive: true });
		const file = join(folder, `session-${days}.jsonl`);
		const text = recorded
			.replaceAll(session, `session-${days}`)
			.replaceAll(promptId, `prompt-${days}`)
			.replaceAll(`${day}T`, `${daysLater(days)}T`);
		writeFileSync(file, change(text));
		utimesSync(file, new Date(`${daysLater(days)}T23:00:00Z`), new Date(`${daysLater(days)}T23:00:00Z`));
		return file;
	}

	const read = (...paths: string[]) => harness.call('importTranscripts', { paths });
	async function about(assistant: string): Promise<AssistantCapture> {
		const [found, ...others] = (await harness.call('captureStatus', { assistant })).assistants;
		assert.deepEqual(others, []);
		assert.ok(found !== undefined);
		return found;
	}
	const renamed = (text: string) => text.replaceAll('"type":"user"', '"type":"human"').replaceAll('"type":"assistant"', '"type":"agent"');
	const warnings = () => harness.logged.filter((line) => line.includes('gone blind'));

	it('names every assistant that can be captured, also where nothing is there', async () => {
		const { assistants, set_aside } = await harness.call('captureStatus', {});
		assert.equal(set_aside, 0);
		assert.ok(assistants.length >= 9);
		for (const { state, present, turns } of assistants) assert.deepEqual([state, present, turns], ['unused', false, 0]);
		const hooksOf = Object.fromEntries(assistants.map(({ assistant, hooks }) => [assistant, hooks]));
		assert.deepEqual([hooksOf['claude-code'], hooksOf['vscode-copilot'], hooksOf['aider']], ['not installed', 'brought along', 'none offered']);
		assert.equal(assistants.find(({ assistant }) => assistant === 'cursor')?.seen_live, false);
	});

	it('counts turns, channels, versions and what is whole', async () => {
		await read(transcript(1));
		await harness.capture('', turnOf(undefined, { model: 'm', cwd: '/x', ended_at: new Date().toISOString(), channel: 'hook', source_version: '9.9.9' }));
		await harness.capture('', turnOf(undefined, { tools: [{ name: 'Read' }], cwd: '/x', ended_at: new Date().toISOString() }));
		const status = await about('claude-code');
		assert.deepEqual(status.channels, { hook: 1, transcript: 2 });
		assert.deepEqual([status.turns, status.whole.count, status.whole.of], [3, 2, 3]);
		assert.deepEqual(status.reasons, [
			{ reason: 'no model', count: 1 },
			{ reason: 'tool calls without a result', count: 1 },
		]);
		assert.deepEqual(new Set(status.versions.map(({ version }) => version)), new Set(['9.9.9', '2.1.330']));
		assert.equal(status.state, 'partly');
	});

	it('leaves turns that still run out of the judgement, and notices later that they never ended', async () => {
		Object.assign(harness.ports, { clock: { now: () => new Date() } });
		await harness.capture('', turnOf(undefined, { state: 'open', response: '' }));
		const running = await about('claude-code');
		assert.deepEqual([running.turns, running.running, running.whole.of], [1, 1, 0]);
		Object.assign(harness.ports, { clock: { now: () => new Date(Date.now() + 86_400_000) } });
		assert.ok((await about('claude-code')).reasons.some(({ reason }) => reason === 'not ended'));
	});

	it('judges a turn again that has changed, and forgets none after a rebuild', async () => {
		const turn = turnOf(undefined, { cwd: '/x', ended_at: new Date().toISOString(), turn_key: 'again' });
		await harness.capture('', turn);
		assert.equal((await about('claude-code')).whole.count, 0);
		await harness.capture('', { ...turn, model: 'm' });
		assert.equal((await about('claude-code')).whole.count, 1);
		await harness.call('rebuild', {});
		assert.deepEqual((await about('claude-code')).whole, { count: 1, of: 1, share: 1 });
	});

	it('says that capture has gone blind when an assistant renames its records, once in the log, also after a restart, until it works again', async () => {
		await read(transcript(1));
		assert.equal((await about('claude-code')).state, 'ok');
		await read(transcript(2, renamed));
		const status = await about('claude-code');
		assert.equal(status.state, 'blind');
		assert.deepEqual([status.turns, status.blind?.since], [1, `${daysLater(2)}T23:00:00.000Z`]);
		assert.match(status.blind?.why ?? '', /^1 transcript with \d+ records of unknown kinds gave no turn$/);
		assert.deepEqual(status.unknown.map(({ kind }) => kind).sort(), ['line:agent', 'line:human']);
		assert.equal(warnings().length, 1);
		await harness.restart();
		tenDaysLater();
		assert.deepEqual(await about('claude-code'), status);
		assert.equal(warnings().length, 1);
		await read(transcript(3));
		const mended = await about('claude-code');
		assert.deepEqual([mended.state, mended.blind], ['partly', undefined]);
		await read(transcript(4, renamed));
		assert.equal((await about('claude-code')).state, 'blind');
		assert.equal(warnings().length, 2);
		await read(transcript(5));
		Object.assign(harness.ports, { clock: { now: () => new Date(`${daysLater(40)}T12:00:00.000Z`) } });
		const later = await about('claude-code');
		assert.deepEqual([later.state, later.unknown.length], ['ok', 2], 'what is long past is told, and worries nobody');
	});

	it('notices that a part of every record was renamed, which leaves no record unknown', async () => {
		await read(transcript(1));
		for (const days of [2, 3])
			await read(transcript(days, (text) => text.replaceAll('"model":', '"engine":').replaceAll('"version":"2.1.330"', '"version":"3.0.0"')));
		const { state, blind, unknown } = await about('claude-code');
		assert.deepEqual([state, unknown], ['blind', []]);
		assert.equal(blind?.why, 'none of the last 2 turns is whole since version 3.0.0 (no model)');
		assert.equal(blind.since.slice(0, 10), daysLater(2));
	});

	it('counts unknown records without crying wolf while turns stay whole', async () => {
		const everySecond = (text: string) =>
			text
				.trimEnd()
				.split('\n')
				.flatMap((line, place) => (place % 2 === 0 ? [line] : [line, '{"type":"mood","value":1}']))
				.join('\n');
		const file = transcript(1, everySecond);
		await read(file);
		const { state, whole, unknown } = await about('claude-code');
		assert.deepEqual([state, whole.share], ['partly', 1]);
		assert.deepEqual(
			unknown.map(({ kind }) => kind),
			['line:mood'],
		);
		await read(file);
		assert.deepEqual((await about('claude-code')).unknown, unknown, 'a file that is read again is not counted twice');
	});

	it('notices hooks that tell of prompts, when no turn comes of them', async () => {
		const tell = (place: number, payload: object) => {
			const entry = entryOf(
				'gemini-cli',
				{ session_id: 's', cwd: '/home/dev/demo', hook_event_name: 'BeforeAgent', ...payload },
				`${daysLater(1)}T10:0${place}:00Z`,
			);
			writeFileSync(join(harness.paths.spool, `${entry.at}-1-${place}.json`), JSON.stringify(entry));
		};
		tell(0, { prompt: '/clear' });
		for (const place of [1, 2, 3]) tell(place, { prompt: 'Fix the sum.' });
		const status = await until('the calls are read', async () => ((await about('gemini-cli')).hook_calls.calls === 4 ? about('gemini-cli') : undefined));
		assert.deepEqual(
			[status.state, status.blind],
			['blind', { since: `${daysLater(1)}T10:01:00.000Z`, why: 'its hooks told of 3 prompts, and no turn came of them' }],
		);
	});

	it('notices hooks whose calls are not understood, and takes no harm of odd names', async () => {
		for (const place of [1, 2, 3, 4, 5]) {
			for (const assistant of ['claude-code', 'constructor', '__proto__']) {
				const entry = entryOf(assistant, { event: 'PromptGiven', session: 's' }, `${daysLater(1)}T10:0${place}:00Z`);
				writeFileSync(join(harness.paths.spool, `${entry.at}-1-${assistant}.json`), JSON.stringify(entry));
			}
		}
		writeFileSync(join(harness.paths.spool, '1-1-1.json'), 'no JSON');
		const status = await until('the calls are read', async () => ((await about('claude-code')).hook_calls.calls === 5 ? about('claude-code') : undefined));
		assert.equal(status.blind?.why, 'its hooks were called 5 times, and nothing in the calls was understood');
		assert.equal((await harness.call('captureStatus', {})).set_aside, 1);
	});

	it('notes a new version of the editor, over a restart, and then needs less to be worried', async () => {
		keepCaptureChoice('/home/dev/demo', 'on', harness.paths);
		for (const version of ['1.139.1', '1.140.0', '1.139.1']) await harness.call('captureStatus', { editor: { name: 'Visual Studio Code', version } });
		await harness.restart();
		Object.assign(harness.ports, { clock: { now: () => new Date(`${daysLater(10)}T20:00:00.000Z`) } });
		for (const hour of ['13', '14']) {
			const payload = { session_id: 's', cwd: '/home/dev/demo', hook_event_name: 'UserPromptSubmit', prompt: 'Fix it.' };
			const entry = entryOf('vscode-copilot', payload, `${daysLater(10)}T${hour}:00:00Z`);
			writeFileSync(join(harness.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry));
		}
		const { blind } = await until('both calls are read', async () => {
			const status = await about('vscode-copilot');
			return status.hook_calls.calls === 2 ? status : undefined;
		});
		assert.equal(blind?.why, `its hooks told of 2 prompts, and no turn came of them; Visual Studio Code 1.140.0 is new since ${daysLater(10)}`);
	});
});
