import assert from 'node:assert/strict';
import { activeExtension } from './editor';

/** What activate() may take of the editor's time on a busy machine; a quiet one needs a tenth. */
const budgetMs = 250;

describe('activation', () => {
	it('does not hold up the editor', async () => {
		const { activationMs } = await activeExtension();
		assert.ok(activationMs < budgetMs, `took ${activationMs.toFixed(1)} ms`);
	});

	it('captures nothing before consent', async () => {
		const { capture } = await activeExtension();
		assert.deepEqual([capture.state.kind, capture.isOn], ['waiting', false]);
	});
});
