import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { windsurf } from '../../../src/capture/chat/windsurf';
import type { TurnObservation } from '../../../src/core/turn';
import { eventsOf } from '../hooks/calls';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const folder = join(fixtures, 'windsurf');
const name = readdirSync(folder).find((one) => one.endsWith('.jsonl')) ?? '';
const recorded = readFileSync(join(folder, name), 'utf8');
const lines = recorded.trimEnd().split('\n');
/** Times come from the file, which is another one at each reading. */
const untimed = (turns: readonly TurnObservation[]): unknown[] =>
	turns.map((turn) => ({ ...turn, started_at: '', tools: turn.tools.map((tool) => ({ ...tool, at: '' })) }));

describe('windsurf', () => {
	it('reads a session as it was written, with the files before and after', async () => {
		const { turns, unknown } = await readAll(windsurf, join(folder, name));
		assert.deepEqual(unknown, []);
		assertTurns(
			turns.map((turn) => ({ ...turn, edits: turn.edits.filter((edit) => edit.state === 'applied') })),
			expectedOf('windsurf'),
		);
		assert.deepEqual(
			turns.flatMap((turn) => turn.edits.map((edit) => [edit.kind, edit.fidelity, edit.whole, edit.state])),
			[
				['edit', 'recorded', true, 'applied'],
				['create', 'recorded', true, 'applied'],
				['edit', 'recorded', true, 'applied'],
				['edit', 'recorded', true, 'rejected'],
			],
		);
		for (const turn of turns) assert.deepEqual([turn.session_id, turn.cwd], [name.replace('.jsonl', ''), root]);
	});

	it('says that one side is missing where no step tells it', async () => {
		const step = { status: 'done', type: 'code_action', code_action: { path: 'file:///w/a', new_content: 'x' } };
		const { turns } = await readText(windsurf, 's.jsonl', [lines[0], JSON.stringify(step), ''].join('\n'));
		assert.deepEqual(
			turns[0]?.edits.map(({ before, after, fidelity }) => [before, after, fidelity]),
			[[null, 'x', 'partial']],
		);
	});

	it('survives raw control characters, newlines among them', async () => {
		const raw = recorded.replaceAll('\\n', '\n').replaceAll('# pass 1', '# pass\u0007 1\t');
		const [odd, whole] = [await readText(windsurf, 's.jsonl', raw), await readText(windsurf, 's.jsonl', recorded)];
		assert.deepEqual(odd.unknown, []);
		assert.equal(odd.turns[0]?.tools[3]?.output, '# pass\u0007 1\t');
		assert.deepEqual(
			odd.turns.map((turn) => [turn.prompt, turn.response, turn.edits]),
			whole.turns.map((turn) => [turn.prompt, turn.response, turn.edits]),
		);
	});

	it('keeps keys and calls while the file grows, and gives turns the time of the file in their order', async () => {
		await inFolder(async (place) => {
			cpSync(folder, place, { recursive: true });
			utimesSync(join(place, name), 1_000, 1_000);
			assert.deepEqual(
				(await readAll(windsurf, join(place, name))).turns.map((turn) => turn.started_at),
				['1970-01-01T00:16:39.999Z', '1970-01-01T00:16:40.000Z'],
			);
		});
		const whole = (await readText(windsurf, 's.jsonl', recorded)).turns;
		for (let count = 0; count < lines.length; count += 1) {
			const { turns } = await readText(windsurf, 's.jsonl', [...lines.slice(0, count), ''].join('\n'));
			assert.deepEqual(untimed(turns.slice(0, -1)), untimed(whole.slice(0, Math.max(turns.length - 1, 0))));
			for (const [place, turn] of turns.entries()) {
				assert.equal(turn.turn_key, whole[place]?.turn_key);
				for (const tool of turn.tools) assert.ok(whole[place]?.tools.some(({ id }) => id === tool.id));
			}
		}
	});

	it('finds transcripts with their folders', async () => {
		await inFolder(async (home) => {
			const place = join(home, '.windsurf/transcripts');
			mkdirSync(place, { recursive: true });
			cpSync(join(folder, name), join(place, name));
			for (const platform of ['linux', 'darwin', 'win32'] as const)
				assert.deepEqual(
					(await windsurf.find({ home, platform, env: {} })).map((ref) => [ref.session_id, ref.cwd]),
					[[name.replace('.jsonl', ''), root]],
				);
			assert.equal((await windsurf.find({ home: '/nowhere', platform: 'linux', env: { CODELEARN_WINDSURF_TRANSCRIPTS: place } })).length, 1);
		});
	});

	it('is asked to read by the hook at the end of an answer', () => {
		const base = { trajectory_id: 't', execution_id: 'e', timestamp: '2026-11-23T10:00:00Z', model_name: 'm' };
		const after = { ...base, agent_action_name: 'post_cascade_response_with_transcript', tool_info: { transcript_path: '/t.jsonl' } };
		const look = { type: 'look', assistant: 'windsurf', session_id: 't' };
		assert.deepEqual(eventsOf('windsurf', after), [{ ...look, transcript_path: '/t.jsonl' }]);
		assert.deepEqual(eventsOf('windsurf', base, undefined, 'post_cascade_response'), [look]);
		for (const agent_action_name of ['pre_user_prompt', 'post_write_code', 'post_run_command'])
			assert.deepEqual(eventsOf('windsurf', { ...base, agent_action_name, tool_info: { user_prompt: 'x', file_path: '/a' } }), []);
	});
});

describe('windsurf, damaged sessions', () => {
	it('is not harmed by garbage between the lines, and counts it', async () => {
		const garbage = ['not json', '{"type":"user_input"', '{"type":"unheard-of","payload":{"a":1}}', '\u0000\u0000', '{"type":7}', '[]', 'null', '42'];
		const mixed = [...lines.flatMap((line, place) => [line, garbage[place % garbage.length] ?? '']), ''].join('\n');
		const { turns, unknown } = await readText(windsurf, 's.jsonl', mixed);
		assert.equal(unknown.length, lines.length);
		assert.deepEqual(untimed(turns), untimed((await readText(windsurf, 's.jsonl', recorded)).turns));
	});

	it('never throws, whatever stands in the file', async () => {
		for (let part = 0; part <= 40; part += 1) await readText(windsurf, 's.jsonl', Buffer.from(recorded).subarray(0, Math.floor((recorded.length * part) / 40)));
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...lines)), { maxLength: 12 }), async (some) => {
				await readText(windsurf, 's.jsonl', some.join('\n'));
			}),
			{ numRuns: 100 },
		);
		const step = fc.record({ type: fc.constantFrom('user_input', 'code_action', 'run_command', 'planner_response'), body: fc.jsonValue() });
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
				const text = steps.map(({ type, body }) => `${JSON.stringify({ type, status: 'done', [type]: body })}\n`).join('');
				await readText(windsurf, 's.jsonl', `${lines[0] ?? ''}\n${text}`);
			}),
			{ numRuns: 100 },
		);
	});
});
