import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { cline } from '../../../src/capture/chat/cline';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { sha256 } from '../../../src/platform/hash';
import { eventsOf, recordedCalls } from '../hooks/calls';
import { inFolder, readAll, readText, type Reading } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const sessionOf = (run: string): string => readdirSync(join(fixtures, 'cline', run), { withFileTypes: true }).find((entry) => entry.isDirectory())?.name ?? '';
const recording = (run: string): string => join(fixtures, 'cline', run, sessionOf(run), `${sessionOf(run)}.messages.json`);
const recorded = readFileSync(recording('two-turns'), 'utf8');
const runs = ['fix-sum', 'two-turns', 'api-error', 'resumed'];

describe('cline', () => {
	for (const run of runs) {
		it(`reads the recorded session ${run} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(cline, recording(run));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`cline/${run}`));
			for (const turn of turns)
				assert.deepEqual([turn.session_id, turn.cwd, turn.model, turn.source_version, turn.branch], [sessionOf(run), root, 'scripted-model', '3.0.65', 'main']);
		});

		// The resumed one was recorded without hooks.
		if (run === 'resumed') continue;
		it(`is asked to read the session of ${run} by the hook at its end`, () => {
			const looks = recordedCalls(`cline/${run}`).flatMap((payload) => eventsOf('cline', payload));
			assert.deepEqual(looks, [{ type: 'look', assistant: 'cline', session_id: sessionOf(run) }]);
		});
	}

	it('finds sessions where its variables lead, with their folders', async () => {
		await inFolder(async (home) => {
			for (const [folder, session] of [
				['.cline/data/sessions', 'a'],
				['dir/data/sessions', 'b'],
				['data/sessions', 'c'],
				['s', 'd'],
			] as const) {
				mkdirSync(join(home, folder, session), { recursive: true });
				writeFileSync(join(home, folder, session, `${session}.messages.json`), '{"messages":[]}');
				writeFileSync(join(home, folder, session, `${session}.json`), `{"cwd":"/w/${session}"}`);
			}
			for (const [env, session] of [
				[{}, 'a'],
				[{ CLINE_DIR: join(home, 'dir') }, 'b'],
				[{ CLINE_DATA_DIR: join(home, 'data') }, 'c'],
				[{ CLINE_SESSION_DATA_DIR: join(home, 's') }, 'd'],
			] as const)
				for (const platform of ['linux', 'darwin', 'win32'] as const)
					assert.deepEqual(
						(await cline.find({ home, platform, env })).map((ref) => [ref.session_id, ref.cwd]),
						[[session, `/w/${session}`]],
					);
		});
	});
});

const user = (id: string, content: unknown, more: object = {}): object => ({ id, role: 'user', ts: 1_000, content, ...more });
const says = (id: string, content: unknown[], more: object = {}): object => ({ id, role: 'assistant', ts: 2_000, content, ...more });
const call = (id: string, name: string, input: unknown): object => ({ type: 'tool_use', id, name, input });
const result = (id: string, content: unknown, more: object = {}): object => ({ type: 'tool_result', tool_use_id: id, content, ...more });
const done = (words: string, success = true): string => JSON.stringify({ query: 'q', result: words, success });
const readMessages = (...messages: unknown[]): Promise<Reading> =>
	readText(cline, 's.messages.json', JSON.stringify({ version: 1, updated_at: '', sessionId: 's', messages }));
const editsOf = (turn: TurnObservation | undefined): unknown[] =>
	(turn?.edits ?? []).map(({ file_path, kind, before, after, fidelity, state }) => [file_path, kind, before, after, fidelity, state]);

describe('cline, messages of every kind', () => {
	it('takes prompts out of their wrapping, and nothing that the program says for a prompt', async () => {
		const { turns } = await readMessages(
			user('1', [
				{ type: 'text', text: '<mode_notice>switched</mode_notice>\n<user_input mode="plan">Plan it</user_input>' },
				{ type: 'image', data: '' },
				{ type: 'file', path: 'a.ts', content: 'secret of a' },
			]),
			says('2', [{ type: 'text', text: 'Planned' }]),
			user('3', '<user_command slash="init">init please</user_command>'),
			user('4', 'compacted', { metadata: { displayRole: 'system' } }),
			user('5', 'plain'),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.state]),
			[
				['1', 'Plan it\n[image]', 'complete'],
				['3', 'init please', 'cancelled'],
				['5', 'plain', 'open'],
			],
		);
	});

	it('reads the edits of every tool, made, failed and refused', async () => {
		const { turns } = await readMessages(
			user('1', 'Edit'),
			says('2', [
				call('a', 'editor', { path: '/w/a', old_text: 'x', new_text: 'y' }),
				call('b', 'editor', { path: '/w/b', new_text: 'new' }),
				call('c', 'editor', { path: '/w/c', new_text: 'over' }),
				call('d', 'editor', { path: '/w/d', new_text: 'in', insert_line: 3 }),
				call('e', 'editor', { path: '/w/e', old_text: 'no', new_text: 'never' }),
				call('f', 'editor', { path: '/w/f', old_text: '1', new_text: '2' }),
				call('g', 'apply_patch', { input: '*** Begin Patch\n*** Add File: /w/g\n+hi\n*** End Patch' }),
				call('h', 'editor', { path: '/w/h', old_text: 'waits', new_text: 'still' }),
			]),
			user('3', [
				result('a', done('Edited /w/a')),
				result('b', done('File created successfully at: /w/b')),
				result('c', done('Edited /w/c')),
				result('d', done('Inserted')),
				result('e', done('', false)),
				result('f', 'This tool call was rejected by the user and not executed.', { is_error: true }),
				result('g', [{ query: 'patch', result: 'ok', success: true }]),
			]),
		);
		assert.deepEqual(editsOf(turns[0]), [
			['/w/a', 'edit', 'x', 'y', 'arguments', 'applied'],
			['/w/b', 'create', null, 'new', 'arguments', 'applied'],
			['/w/c', 'edit', null, 'over', 'partial', 'applied'],
			['/w/d', 'edit', '', 'in', 'arguments', 'applied'],
			['/w/f', 'edit', '1', '2', 'arguments', 'rejected'],
			['/w/g', 'create', null, 'hi\n', 'arguments', 'applied'],
		]);
		assert.deepEqual(
			turns[0]?.tools.map((tool) => tool.ok),
			[true, true, true, true, false, false, true, undefined],
		);
		assert.equal(turns[0].state, 'open');
	});

	it('counts what it does not know', async () => {
		const { unknown } = await readMessages(user('1', 'Hi'), 7, { role: 'oracle' }, says('2', [{ type: 'hologram' }]));
		assert.deepEqual(unknown, ['message', 'role:oracle', 'part:hologram']);
	});

	it("tells what a fork took over as its origin's, and a sub-agent's work under the turn that asked for it", async () => {
		await inFolder(async (folder) => {
			const lay = (session: string, name: string, value: unknown): string => {
				mkdirSync(join(folder, session), { recursive: true });
				const path = join(folder, session, name);
				writeFileSync(path, JSON.stringify(value));
				return path;
			};
			const at = (time: number, id: string): object => ({ id, role: 'user', ts: time, content: id });
			const forked = (from: string, time: number): object => ({
				cwd: '/w',
				metadata: { fork: { forkedFromSessionId: from, forkedAt: new Date(time).toISOString() } },
			});
			lay('first', 'first.json', { cwd: '/w' });
			lay('second', 'second.json', forked('first', 2_000));
			lay('third', 'third.json', forked('second', 4_000));
			const third = lay('third', 'third.messages.json', { messages: [at(1_000, 'one'), at(3_000, 'two'), at(5_000, 'three')] });
			const agent = lay('third', 'agent_7.messages.json', { messages: [at(6_000, 'look around')] });
			assert.deepEqual(
				(await readAll(cline, third)).turns.map((turn) => [turn.turn_key, turn.session_id]),
				[
					['one', 'first'],
					['two', 'second'],
					['three', 'third'],
				],
			);
			const [inner] = (await readAll(cline, agent)).turns;
			assert.deepEqual(
				[inner?.turn_key, inner?.session_id, inner?.parent_turn_id],
				['agent-agent_7-look around', 'third', turnId(sha256, 'cline', 'third', 'three')],
			);
		});
	});
});

describe('cline, damaged sessions', () => {
	it('reports a cut file as unknown, since it is rewritten whole', async () => {
		for (let part = 0; part < 20; part += 1) {
			const { turns, unknown } = await readText(cline, 's.messages.json', recorded.slice(0, Math.floor((recorded.length * part) / 20)));
			assert.deepEqual([turns, unknown], [[], ['session']]);
		}
	});

	it('reads the same turns while the file grows', async () => {
		const whole = JSON.parse(recorded) as { messages: unknown[] };
		const all = (await readMessages(...whole.messages)).turns;
		for (let count = 1; count <= whole.messages.length; count += 1) {
			const { turns } = await readMessages(...whole.messages.slice(0, count));
			assert.deepEqual(
				turns.map((turn) => [turn.turn_key, turn.prompt, turn.started_at]),
				all.slice(0, turns.length).map((turn) => [turn.turn_key, turn.prompt, turn.started_at]),
			);
		}
	});

	it('never throws, whatever stands in the file', async () => {
		const { messages } = JSON.parse(recorded) as { messages: unknown[] };
		const odd: unknown[] = [null, 42, 'text', [], {}, [null, 1, []], JSON.parse('{"__proto__":{"role":"user"}}'), 'x'.repeat(300_000)];
		const spots = [...recorded.matchAll(/"[A-Za-z_]+":/g)].length;
		for (let round = 0; round < 150; round += 1) {
			let count = 0;
			const target = (round * 11) % spots;
			const state: unknown = JSON.parse(recorded, (key, value: unknown) => (key !== '' && (count += 1) === target ? odd[round % odd.length] : value));
			await readText(cline, 's.messages.json', JSON.stringify(state));
		}
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom(...messages)), { maxLength: 8 }), async (some) => {
				await readMessages(...some);
			}),
			{ numRuns: 100 },
		);
	});
});
