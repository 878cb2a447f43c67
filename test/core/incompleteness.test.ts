import assert from 'node:assert/strict';
import type { JudgedTurn } from '../../src/core/incompleteness';
import { incompleteness } from '../../src/core/incompleteness';
import { factsOf, lacksOf } from '../../src/capture/chat/assistantFacts';

const whole: JudgedTurn = {
	prompt: 'Fix it',
	response: 'Done.',
	state: 'complete',
	model: 'm-1',
	cwd: '/shop',
	ended_at: '2026-01-01T10:00:00.000Z',
	tools: [{ ok: true }, { ok: false }],
	edits: [{ fidelity: 'recorded' }],
	channels: ['transcript'],
};

describe('incompleteness', () => {
	it('finds nothing missing in a whole turn, nor in one without tools and edits', () => {
		assert.deepEqual(incompleteness(whole), []);
		assert.deepEqual(incompleteness({ ...whole, tools: [], edits: [] }), []);
	});

	it('names each thing that is missing', () => {
		const missing: [Partial<JudgedTurn>, string][] = [
			[{ prompt: '  ' }, 'no prompt'],
			[{ response: '' }, 'no answer'],
			[{ model: undefined }, 'no model'],
			[{ cwd: undefined }, 'no folder'],
			[{ tools: [{ ok: true }, {}] }, 'tool calls without a result'],
			[{ edits: [{ fidelity: 'recorded' }, { fidelity: 'partial' }] }, 'edits with an unknown side'],
			[{ ended_at: undefined }, 'no time of its end'],
		];
		for (const [change, lack] of missing) assert.deepEqual(incompleteness({ ...whole, ...change }), [lack]);
		assert.deepEqual(incompleteness({ ...whole, state: 'open' }), ['not ended']);
	});

	it('does not miss what a turn that was cancelled or failed cannot have', () => {
		for (const state of ['cancelled', 'failed'] as const) {
			assert.deepEqual(incompleteness({ ...whole, state, response: '', model: undefined, ended_at: undefined, tools: [{}] }), []);
			assert.deepEqual(incompleteness({ ...whole, state, prompt: '' }), ['no prompt']);
		}
	});

	it('asks of a turn that was told by hand only what is told by hand', () => {
		const told: JudgedTurn = { prompt: 'p', response: 'r', channels: ['manual'] };
		assert.deepEqual(incompleteness(told), []);
		assert.deepEqual(incompleteness({ ...told, response: '' }), ['no answer']);
		assert.ok(incompleteness({ ...told, channels: ['manual', 'transcript'] }).includes('no model'));
	});

	it('leaves out what an assistant does not offer, and only that', () => {
		const turn = { ...whole, ended_at: undefined, model: undefined };
		assert.deepEqual(lacksOf('aider', turn), ['no model']);
		assert.deepEqual(lacksOf('claude-code', turn), ['no model', 'no time of its end']);
		assert.deepEqual(factsOf('constructor'), { label: 'constructor', notOffered: {} });
	});
});
