import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { claudeCode } from '../../../src/capture/chat/claudeCode';
import type { MergedTurn } from '../../../src/capture/turnAssembler';
import { mergeTurn } from '../../../src/capture/turnAssembler';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { sha256 } from '../../../src/platform/hash';
import { readAll } from '../chat/reading';
import { eventsOf, recordedCalls, turnsAmong } from './calls';

const fixtures = join(__dirname, '../../fixtures/claude-code');
const runs = ['fix-sum', 'two-turns', 'subagent', 'api-error', 'interactive-reject'];

/** Recorded hooks as observations. Each ran a moment after the line it tells of was stamped; only the first moments of a turn matter. */
function observed(run: string, transcript: readonly TurnObservation[]): { turn: TurnObservation; opens: boolean }[] {
	return recordedCalls(`claude-code/${run}`).flatMap((payload) => {
		const turn = transcript.find(({ turn_key }) => turn_key === payload['prompt_id']);
		const start = Date.parse(turn?.started_at ?? '2026-11-23T23:00:00Z');
		const call = turn?.tools.find(({ id }) => id === payload['tool_use_id'])?.at;
		return turnsAmong(eventsOf('claude-code', payload, new Date(call === undefined ? start + 12 : Date.parse(call) + 60)));
	});
}

function merged(observations: readonly TurnObservation[]): Map<string, MergedTurn> {
	const turns = new Map<string, MergedTurn>();
	for (const one of observations) turns.set(one.turn_key, mergeTurn(turns.get(one.turn_key), one));
	return turns;
}

const transcriptOf = async (run: string) => (await readAll(claudeCode, join(fixtures, run, 'session.jsonl'))).turns;

describe('claudeHook', () => {
	for (const run of runs)
		it(`gives with the transcript of ${run}, in any order, what the transcript gives alone`, async () => {
			const transcript = await transcriptOf(run);
			const keys = new Set(transcript.map((turn) => turn.turn_key));
			const hooks = observed(run, transcript);
			const alone = merged(transcript);
			const ofTyped = hooks.map(({ turn }) => turn).filter((turn) => keys.has(turn.turn_key));
			assert.deepEqual(new Set(ofTyped.map((turn) => turn.turn_key)), keys);
			fc.assert(
				fc.property(fc.shuffledSubarray([...ofTyped, ...transcript], { minLength: ofTyped.length + transcript.length }), (order) => {
					for (const [key, turn] of merged(order)) assert.deepEqual(turn, { ...alone.get(key), channels: ['hook', 'transcript'] });
				}),
				{ numRuns: 60 },
			);
		});

	it('opens the turns that a person typed, and those of sub-agents, and no others', async () => {
		for (const run of runs) {
			const transcript = await transcriptOf(run);
			const opened = observed(run, transcript).flatMap(({ turn, opens }) => (opens ? [turn.turn_key] : []));
			const agents = run === 'subagent' ? ['agent-a072ca8e6084bb44a'] : [];
			assert.deepEqual(opened.sort(), [...transcript.map((turn) => turn.turn_key), ...agents].sort(), run);
		}
	});

	it('tells a whole turn by itself: prompt, edits with both sides, answer, end', async () => {
		const transcript = await transcriptOf('fix-sum');
		const [expected] = transcript;
		const [turn] = merged(observed('fix-sum', transcript).map((one) => one.turn)).values();
		assert.ok(turn !== undefined && expected !== undefined);
		assert.deepEqual(turn.edits, expected.edits);
		assert.deepEqual(
			turn.tools.map(({ id, name, kind, args, ok }) => ({ id, name, kind, args, ok })),
			expected.tools.map(({ id, name, kind, args, ok }) => ({ id, name, kind, args, ok })),
		);
		assert.equal(turn.prompt, expected.prompt);
		assert.ok(expected.response.endsWith(turn.response) && turn.response !== '');
		assert.equal(turn.state, 'complete');
	});

	it("keeps a sub-agent's work in a turn of its own under the one that started it, with surer edits than its transcript has", async () => {
		const transcript = await transcriptOf('subagent');
		const inner = (await readAll(claudeCode, join(fixtures, 'subagent/session/subagents/agent-a072ca8e6084bb44a.jsonl'))).turns;
		const [wanted] = inner;
		const hooks = observed('subagent', transcript).map(({ turn }) => turn);
		const alone = merged(hooks).get('agent-a072ca8e6084bb44a');
		assert.ok(alone !== undefined && wanted !== undefined);
		assert.equal(alone.parent_turn_id, turnId(sha256, 'claude-code', wanted.session_id, transcript[0]?.turn_key ?? ''));
		assert.equal(alone.parent_turn_id, wanted.parent_turn_id);
		assert.equal(alone.prompt, wanted.prompt);
		assert.ok(alone.response !== '' && wanted.response.endsWith(alone.response));
		assert.deepEqual(
			alone.edits.map(({ fidelity, whole }) => [fidelity, whole]),
			[['recorded', true]],
		);
		const both = merged([...hooks, ...inner]).get('agent-a072ca8e6084bb44a');
		assert.deepEqual(both?.edits, alone.edits);
		assert.deepEqual(both.tools.map((tool) => tool.id).sort(), wanted.tools.map((tool) => tool.id).sort());
	});

	it('leaves a turn open while its sub-agent works on', () => {
		const states = recordedCalls('claude-code/subagent')
			.filter((payload) => payload['hook_event_name'] === 'Stop')
			.flatMap((payload) => turnsAmong(eventsOf('claude-code', payload)).map(({ turn }) => turn.state));
		assert.deepEqual(states, ['open', 'complete']);
	});

	it("asks for the transcript when something ended, also for a sub-agent's", () => {
		const looks = recordedCalls('claude-code/subagent').flatMap((payload) =>
			eventsOf('claude-code', payload).flatMap((event) => (event.type === 'look' ? [event.transcript_path?.split('/').at(-1)] : [])),
		);
		const main = 'a84022a3-fa2c-4b86-a75f-34b321228699.jsonl';
		assert.deepEqual(looks, [main, main, 'agent-a072ca8e6084bb44a.jsonl', main, main]);
	});

	const base = { session_id: 's', prompt_id: 'p', cwd: '/repo', hook_event_name: 'UserPromptSubmit' };
	for (const prompt of ['/compact', '<task-notification>\n<task-id>1</task-id>', '', '<command-name>/model</command-name>'])
		it(`opens no turn for ${JSON.stringify(prompt)}`, () => assert.deepEqual(eventsOf('claude-code', { ...base, prompt }), []));

	it('takes what the editor put before a prompt off it', () => {
		const [event] = turnsAmong(eventsOf('claude-code', { ...base, prompt: '<ide_opened_file>The user opened a.ts</ide_opened_file>Fix it.' }));
		assert.equal(event?.turn.prompt, 'Fix it.');
	});

	it('tells no turn where the version does not name it, but where to read', () => {
		const old = { ...base, prompt_id: undefined, hook_event_name: 'Stop', transcript_path: '/t.jsonl' };
		assert.deepEqual(eventsOf('claude-code', old), [{ type: 'look', assistant: 'claude-code', session_id: 's', transcript_path: '/t.jsonl' }]);
	});

	it('makes nothing of payloads of any shape', () => {
		fc.assert(fc.property(fc.anything(), (payload) => void eventsOf('claude-code', payload)));
		fc.assert(
			fc.property(fc.anything(), fc.anything(), fc.constantFrom('UserPromptSubmit', 'PostToolUse', 'Stop'), (a, b, hook_event_name) => {
				for (const event of eventsOf('claude-code', {
					...base,
					hook_event_name,
					prompt: a,
					tool_name: 'Edit',
					tool_use_id: 'x',
					tool_input: a,
					tool_response: b,
				}))
					turnsAmong([event]);
			}),
		);
	});
});
