import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import { turnId } from '../../src/core/ids';
import { sha256 } from '../../src/platform/hash';
import { AppHarness } from '../support/appHarness';
import { installedScript, runHook } from '../support/hookScript';
import { until } from '../support/waiting';
import { entryOf, recordedCalls } from '../capture/hooks/calls';

const fixture = join(__dirname, '../fixtures/claude-code');

describe('Spool', () => {
	let harness: AppHarness;
	beforeEach(async () => {
		harness = await AppHarness.open();
	});
	afterEach(() => harness.close());

	const names = () => readdirSync(harness.paths.spool).filter((name) => name.endsWith('.json'));
	const empty = () => until('the spool is read', () => (names().length === 0 ? true : undefined));
	const turns = async () => (await harness.call('listTurns', { everywhere: true })).turns;

	/** Lays a recorded run into the spool, by real time, as its hooks would. */
	function leave(run: string, transcript?: string, from = 0, to?: number) {
		for (const [place, payload] of recordedCalls(`claude-code/${run}`).slice(from, to).entries()) {
			const at = new Date(Date.parse('2026-11-23T20:00:00Z') + (from + place) * 100);
			const entry = entryOf('claude-code', { ...payload, ...(transcript === undefined ? {} : { transcript_path: transcript }) }, at);
			writeFileSync(join(harness.paths.spool, `${entry.at}-1-${place}.json`), JSON.stringify(entry));
		}
	}

	/** A transcript in a place of its own, so that its growth can be played. */
	function transcriptFile(run: string, lines?: number): string {
		const file = join(harness.outside('projects'), `${run}.jsonl`);
		mkdirSync(harness.outside('projects'), { recursive: true });
		const all = readFileSync(join(fixture, run, 'session.jsonl'), 'utf8').split('\n');
		writeFileSync(file, all.slice(0, lines).join('\n'));
		return file;
	}

	async function onlyTurn() {
		const [turn, ...others] = await turns();
		assert.ok(turn !== undefined);
		assert.deepEqual(others, []);
		return (await harness.call('getTurn', { id: turn.id })).turn;
	}

	it('makes of hooks and transcript the one turn that the transcript gives', async () => {
		leave('fix-sum', transcriptFile('fix-sum'));
		await empty();
		const both = await onlyTurn();
		assert.deepEqual(both.channels, ['hook', 'transcript']);
		const alone = await AppHarness.open();
		try {
			await alone.call('importTranscripts', { paths: [transcriptFile('fix-sum')] });
			const [only] = (await alone.call('listTurns', { everywhere: true })).turns;
			const { turn } = await alone.call('getTurn', { id: only?.id ?? '' });
			assert.deepEqual({ ...both, channels: [] }, { ...turn, channels: [] });
		} finally {
			await alone.close();
		}
	});

	for (const [assistant, event, session_id, file] of [
		['gemini-cli', 'AfterAgent', 'beb73a78-e79a-40b0-83b9-d7822a36b8d4', 'gemini/subagent/chats/session-2026-11-23T19-29-beb73a78.jsonl'],
		['qwen-code', 'Stop', 'e187df39-6ad4-4ca4-8372-282755ae8885', 'qwen/subagent/chats/e187df39-6ad4-4ca4-8372-282755ae8885.jsonl'],
	] as const)
		it(`reads the sub-agents of a session of ${assistant} too, whose files no hook names`, async () => {
			const transcript_path = join(__dirname, '../fixtures', file);
			const entry = entryOf(assistant, { hook_event_name: event, session_id, transcript_path });
			writeFileSync(join(harness.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry));
			await empty();
			const all = await Promise.all((await turns()).map(async ({ id }) => (await harness.call('getTurn', { id })).turn));
			const parent = all.find((turn) => turn.parent_turn_id === undefined);
			assert.deepEqual(
				all.filter((turn) => turn !== parent).map((turn) => [turn.session_id, turn.parent_turn_id, turn.edits.length]),
				[[session_id, parent?.id, 1]],
			);
		});

	it("reads what Windsurf's hook names, though its payload holds raw control characters", async () => {
		const transcript = join(__dirname, '../fixtures/windsurf/5f0c7d54-1111-4222-8333-944444444444.jsonl');
		const payload = {
			agent_action_name: 'post_cascade_response_with_transcript',
			trajectory_id: '5f0c7d54-1111-4222-8333-944444444444',
			tool_info: { transcript_path: transcript, response: 'two lines\nwith a\ttab' },
		};
		const entry = entryOf('windsurf', payload);
		writeFileSync(join(harness.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry).replace('\\n', '\n').replace('\\t', '\t'));
		await empty();
		assert.equal((await turns()).length, 2);
	});

	it('keeps a turn while it runs, before there is any transcript', async () => {
		leave('fix-sum', '/nowhere/s.jsonl', 0, 6);
		await empty();
		const turn = await onlyTurn();
		assert.equal(turn.state, 'open');
		assert.deepEqual(
			turn.edits.map((edit) => [edit.file_path, edit.whole]),
			[['/home/dev/demo/src/sum.js', true]],
		);
	});

	it('looks again for an answer that reaches the transcript after the hook', async () => {
		const file = transcriptFile('fix-sum', 12);
		leave('fix-sum', file);
		await empty();
		const first = await onlyTurn();
		transcriptFile('fix-sum');
		await until('the rest is read', async () => ((await onlyTurn()).response.length > first.response.length ? true : undefined), 10_000);
		assert.match((await onlyTurn()).response, /^I will read the file first\.[\s\S]*the tests pass\.$/);
	});

	it('adds nothing to turns that nobody typed', async () => {
		leave('subagent', '/nowhere/s.jsonl');
		await empty();
		const prompts = (await turns()).map((turn) => turn.prompt_summary).sort();
		assert.equal(prompts.length, 2);
		assert.match(prompts[0] ?? '', /^SUBTASK/);
		assert.match(prompts[1] ?? '', /^sum\(/);
	});

	it('reads what was left while nothing ran, and what a real hook leaves now', async () => {
		await harness.restart(() => leave('two-turns', '/nowhere/s.jsonl'));
		assert.deepEqual(names(), []);
		assert.equal((await turns()).length, 2);
		if (process.platform === 'win32') return;
		const script = installedScript(harness.outside('bin'), harness.paths.spool, false);
		const [, prompt] = recordedCalls('claude-code/api-error');
		assert.deepEqual(await runHook(script, ['claude-code'], JSON.stringify(prompt)), { code: 0, stdout: '', stderr: '' });
		await empty();
		assert.equal((await turns()).length, 3);
	});

	it('loses and doubles nothing when the journal fails between reading and flush', async () => {
		const { journal } = harness.ports;
		const append = journal.append.bind(journal);
		let failures = 0;
		journal.append = (records) => {
			if (failures++ < 3) return Promise.reject(new Error('no space left on device'));
			return append(records);
		};
		leave('fix-sum', '/nowhere/s.jsonl', 0, 2);
		await until('a failure', () => (failures > 0 ? true : undefined));
		assert.notDeepEqual(names(), []);
		leave('fix-sum', '/nowhere/s.jsonl', 2);
		await empty();
		const turn = await onlyTurn();
		assert.equal(turn.tools.length, 4);
		assert.equal(turn.edits.length, 2);
	});

	it('changes nothing when a stop before the deletion makes it read the same files again', async () => {
		leave('fix-sum', '/nowhere/s.jsonl');
		await harness.restart();
		await empty();
		const id = (await onlyTurn()).id;
		const before = harness.ports.derived.record('turn', id)?.revision;
		await harness.restart(() => leave('fix-sum', '/nowhere/s.jsonl'));
		await empty();
		assert.equal(harness.ports.derived.record('turn', id)?.revision, before);
	});

	it('takes a burst of a thousand files', async function () {
		this.timeout(60_000);
		await harness.restart(() => {
			for (let n = 0; n < 1000; n++) {
				const payload = {
					hook_event_name: 'UserPromptSubmit',
					session_id: `s${n % 20}`,
					prompt_id: `p${n % 250}`,
					prompt: `Do the task ${n % 250}.`,
					cwd: '/w',
				};
				writeFileSync(join(harness.paths.spool, `${1_795_453_198_848_816_426n + BigInt(n)}-1-1.json`), JSON.stringify(entryOf('claude-code', payload)));
			}
		});
		await until('all are read', () => (names().length === 0 ? true : undefined), 50_000);
		assert.equal((await harness.call('listTurns', { everywhere: true, limit: 2000 })).total, 500);
	});

	it('loses nothing that hooks write while it reads', async function () {
		if (process.platform === 'win32') return this.skip();
		const script = installedScript(harness.outside('bin'), harness.paths.spool, false);
		const prompts = Array.from({ length: 40 }, (_, n) => ({
			hook_event_name: 'UserPromptSubmit',
			session_id: 's',
			prompt_id: `p${n}`,
			prompt: `Do task ${n}.`,
			cwd: '/w',
		}));
		const running = [...prompts];
		const work = async () => {
			for (let next = running.pop(); next !== undefined; next = running.pop()) await runHook(script, ['claude-code'], JSON.stringify(next));
		};
		await Promise.all([work(), work(), work()]);
		await empty();
		assert.equal((await turns()).length, 40);
	});

	it('keeps to what was decided in the editor: nothing where capture is off, its own hooks only where it is on', async () => {
		const storage = harness.outside('storage');
		mkdirSync(join(storage, 'chatSessions'), { recursive: true });
		const sessions = join(__dirname, '../fixtures/vscode-chat/User/workspaceStorage');
		const file = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).find((name) => /chatSessions.*\.jsonl$/.test(name)) ?? '';
		const session = basename(file, '.jsonl');
		cpSync(join(sessions, file), join(storage, 'chatSessions', basename(file)));
		const leaveStop = () => {
			const transcript_path = join(storage, 'GitHub.copilot-chat/transcripts', `${session}.jsonl`);
			const entry = entryOf('vscode-copilot', { hook_event_name: 'Stop', session_id: session, transcript_path, cwd: '/home/dev/demo/src' });
			writeFileSync(join(harness.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry));
		};
		leaveStop();
		await empty();
		assert.deepEqual(await turns(), []);
		keepCaptureChoice('/home/dev/demo', 'off', harness.paths);
		leave('fix-sum', '/nowhere/s.jsonl');
		leaveStop();
		await empty();
		assert.deepEqual(await turns(), []);
		keepCaptureChoice('/home/dev/demo', 'on', harness.paths);
		leaveStop();
		await empty();
		assert.ok((await turns()).length > 0);
		assert.ok((await turns()).every(({ assistant }) => assistant === 'vscode-copilot'));
	});

	it('sets aside what is no call of a hook, keeps it a week, and says so without its text', async () => {
		const aside = join(harness.paths.spool, 'aside');
		writeFileSync(join(harness.paths.spool, '1-1-1.json'), '{"assistant":"claude-code", secret words');
		writeFileSync(join(harness.paths.spool, '2-1-1.json'), '{"some":"thing"}');
		leave('fix-sum', '/nowhere/s.jsonl', 0, 2);
		await empty();
		assert.deepEqual(readdirSync(aside), ['1-1-1.json', '2-1-1.json']);
		assert.equal((await turns()).length, 1);
		assert.ok(harness.logged.some((line) => line.includes('1-1-1.json')) && !harness.logged.some((line) => line.includes('secret')));
		const old = new Date(Date.now() - 8 * 86_400_000);
		utimesSync(join(aside, '1-1-1.json'), old, old);
		writeFileSync(join(harness.paths.spool, '.1-1-1'), 'half');
		utimesSync(join(harness.paths.spool, '.1-1-1'), old, old);
		await harness.restart();
		assert.deepEqual(readdirSync(aside), ['2-1-1.json']);
		assert.ok(!existsSync(join(harness.paths.spool, '.1-1-1')));
	});

	it('takes secrets out before anything is kept', async () => {
		const key = `sk-ant-api03-${'aB3dE5fG7h'.repeat(9)}abc-AAAA`.slice(0, 108);
		const payload = {
			hook_event_name: 'UserPromptSubmit',
			session_id: 's',
			prompt_id: 'p',
			prompt: `Use ${['AKIA', 'QRSTUVWX23456777'].join('')} and ${key}.`,
			cwd: '/w',
		};
		const entry = entryOf('claude-code', payload);
		writeFileSync(join(harness.paths.spool, `${entry.at}-1-1.json`), JSON.stringify(entry));
		await empty();
		const id = turnId(sha256, 'claude-code', 's', 'p');
		assert.ok((await harness.call('getTurn', { id })).turn.redactions > 0);
		assert.ok(!harness.bytes().includes('AKIAQRSTUVWX23456777'));
	});
});
