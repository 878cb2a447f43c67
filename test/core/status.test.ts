import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Outcome, PlanStatus, Review, TurnFacts, factsOfStatus, planStatus } from '../../src/core/status';

/** Every combination, spelt out: exported over a person's word, that over what became of the code, that over analysis. */
const expected: readonly [exported: boolean, review: string, outcome: string, analyzed: boolean, status: PlanStatus][] = [
	[false, 'new', 'unknown', false, 'captured'],
	[false, 'new', 'unknown', true, 'analyzed'],
	[false, 'new', 'implemented', false, 'rewarded_implemented'],
	[false, 'new', 'implemented', true, 'rewarded_implemented'],
	[false, 'new', 'not_implemented', false, 'ignored_not_implemented'],
	[false, 'new', 'not_implemented', true, 'ignored_not_implemented'],
	[false, 'promoted', 'unknown', false, 'promoted_to_learning'],
	[false, 'promoted', 'unknown', true, 'promoted_to_learning'],
	[false, 'promoted', 'implemented', false, 'promoted_to_learning'],
	[false, 'promoted', 'implemented', true, 'promoted_to_learning'],
	[false, 'promoted', 'not_implemented', false, 'promoted_to_learning'],
	[false, 'promoted', 'not_implemented', true, 'promoted_to_learning'],
	[false, 'ignored', 'unknown', false, 'ignored_not_implemented'],
	[false, 'ignored', 'unknown', true, 'ignored_not_implemented'],
	[false, 'ignored', 'implemented', false, 'ignored_not_implemented'],
	[false, 'ignored', 'implemented', true, 'ignored_not_implemented'],
	[false, 'ignored', 'not_implemented', false, 'ignored_not_implemented'],
	[false, 'ignored', 'not_implemented', true, 'ignored_not_implemented'],
];

describe('status', () => {
	it('follows from the facts by one table', () => {
		for (const [exported, review, outcome, analyzed, status] of expected)
			assert.equal(planStatus(TurnFacts.parse({ exported, review, outcome, analyzed })), status, JSON.stringify({ exported, review, outcome, analyzed }));
	});

	it('says that a turn was exported, whatever else is known', () => {
		for (const review of Review.options)
			for (const outcome of Outcome.options)
				for (const analyzed of [true, false]) assert.equal(planStatus(TurnFacts.parse({ exported: true, review, outcome, analyzed })), 'exported_for_reward');
	});

	it('keeps what a person decided when an analysis comes later', () => {
		const decided = fc.record({ review: fc.constantFrom('promoted' as const, 'ignored' as const), learning_id: fc.option(fc.uuid(), { nil: undefined }) });
		const analysis = fc.record({ outcome: fc.constantFrom(...Outcome.options), analyzed: fc.boolean() });
		fc.assert(
			fc.property(decided, analysis, (person, later) => {
				assert.equal(planStatus(TurnFacts.parse({ ...person, ...later })), planStatus(TurnFacts.parse(person)));
			}),
		);
	});

	it('comes back from the facts that are read out of it', () => {
		for (const status of PlanStatus.options) assert.equal(planStatus(factsOfStatus(status)), status);
	});

	it('is read in the words of chroma-mcp-server too, and unknown words mean nothing is known', () => {
		assert.deepEqual(factsOfStatus('promoted'), { review: 'promoted', outcome: 'unknown', analyzed: true, exported: false });
		assert.deepEqual(factsOfStatus('ignored'), { review: 'ignored', outcome: 'unknown', analyzed: true, exported: false });
		assert.deepEqual(factsOfStatus('half-baked'), TurnFacts.parse({}));
	});
});
