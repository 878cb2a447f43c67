import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeTurn, type MergedTurn } from '../../src/capture/turnAssembler';
import { TurnObservation, type TurnObservationInput } from '../../src/core/turn';
import { observation } from './observations';

const seen = (part: Partial<TurnObservationInput>): TurnObservation =>
	TurnObservation.parse({ assistant: 'a', session_id: 's', turn_key: 'k', channel: 'hook', started_at: '2026-01-01T00:00:00.000Z', prompt: 'p', ...part });
const merged = (observations: readonly TurnObservation[]): MergedTurn | undefined =>
	observations.reduce<MergedTurn | undefined>((turn, next) => mergeTurn(turn, next), undefined);

describe('mergeTurn', () => {
	it('gives the same turn whatever the order and however often a part is seen', () => {
		fc.assert(
			fc.property(fc.array(observation, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (observations, picks) => {
				const expected = merged(observations);
				const shuffled = observations.map((value, place) => ({ value, key: picks[place] ?? 0 })).sort((a, b) => a.key - b.key);
				assert.deepEqual(merged(shuffled.map(({ value }) => value)), expected, 'another order');
				assert.deepEqual(merged([...observations, ...observations]), expected, 'seen twice');
			}),
			{ numRuns: 500 },
		);
	});

	it('changes nothing when a stored turn is merged with what it was made of', () => {
		fc.assert(
			fc.property(observation, observation, (a, b) => {
				const both = mergeTurn(mergeTurn(undefined, a), b);
				assert.deepEqual(mergeTurn(both, a), both);
				assert.deepEqual(mergeTurn(both, b), both);
			}),
		);
	});

	it('extends an open turn by its answer, calls and end', () => {
		const start = seen({ state: 'open', tools: [{ id: 'x', name: 'Read', args: { path: 'a' }, at: '2026-01-01T00:00:01.000Z' }] });
		const end = seen({
			channel: 'transcript',
			response: 'Done.',
			model: 'm',
			ended_at: '2026-01-01T00:00:09.000Z',
			tools: [
				{ id: 'x', name: 'Read', kind: 'read', args: { path: 'a' }, ok: true, output: 'text', at: '2026-01-01T00:00:01.000Z' },
				{ id: 'y', name: 'Edit', kind: 'edit', ok: true, at: '2026-01-01T00:00:02.000Z' },
			],
		});
		const turn = merged([end, start]);
		assert.equal(turn?.state, 'complete');
		assert.equal(turn.response, 'Done.');
		assert.deepEqual(turn.channels, ['hook', 'transcript']);
		assert.deepEqual(
			turn.tools.map((tool) => [tool.id, tool.kind, tool.ok, tool.output]),
			[
				['x', 'read', true, 'text'],
				['y', 'edit', true, undefined],
			],
		);
		assert.equal(turn.ended_at, '2026-01-01T00:00:09.000Z');
	});

	it('keeps the order in which a source reported calls without times', () => {
		const names = ['Write', 'Bash', 'Agent', 'Read'];
		const turn = merged([seen({ tools: names.map((name) => ({ name })) })]);
		assert.deepEqual(
			turn?.tools.map((tool) => tool.name),
			names,
		);
	});

	it('takes calls without an id for those with one, as often as they are the same', () => {
		const call = { name: 'Bash', args: { command: 'ls' } };
		const turn = merged([
			seen({ tools: [call, call, call] }),
			seen({
				channel: 'transcript',
				tools: [
					{ id: '1', ...call },
					{ id: '2', ...call },
				],
			}),
		]);
		assert.deepEqual(turn?.tools.map((tool) => tool.id).sort(), ['', '1', '2']);
	});

	it('lets the record of a call stand for the snippets that hooks and editor saw of it', () => {
		const base = { file_path: '/r/a.ts', tool_id: 't' };
		const turn = merged([
			seen({
				edits: [
					{ ...base, before: 'x', after: 'y', whole: false, fidelity: 'arguments' },
					{ ...base, before: 'v', after: 'w', whole: false, fidelity: 'arguments' },
				],
			}),
			seen({ channel: 'editor', edits: [{ file_path: '/r/a.ts', before: 'x v', after: 'y w', whole: true, fidelity: 'document' }] }),
			seen({ channel: 'transcript', edits: [{ ...base, before: 'x v', after: 'y w', whole: true, fidelity: 'recorded' }] }),
		]);
		assert.deepEqual(turn?.edits, [{ ...base, kind: 'edit', before: 'x v', after: 'y w', whole: true, fidelity: 'recorded', state: 'applied' }]);
	});

	it('keeps an edit of no tool in a file that no tool touched', () => {
		const turn = merged([
			seen({ edits: [{ file_path: '/r/a.ts', tool_id: 't', before: '1', after: '2', whole: true, fidelity: 'recorded' }] }),
			seen({ channel: 'editor', edits: [{ file_path: '/r/b.ts', before: '1', after: '2', whole: true, fidelity: 'document' }] }),
		]);
		assert.deepEqual(
			turn?.edits.map((edit) => edit.file_path),
			['/r/a.ts', '/r/b.ts'],
		);
	});
});
