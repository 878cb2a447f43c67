import assert from 'node:assert/strict';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { activeExtension } from './editor';

describe('activation', () => {
	it('starts nothing before the first view or command', async () => {
		const { activationMs } = await activeExtension();
		const home = process.env['CODELEARN_HOME'] ?? '';
		assert.notEqual(home, '');
		assert.equal(existsSync(join(home, 'state', 'daemon.json')), false);
		const figures = process.env['CODELEARN_FIGURES'];
		if (figures !== undefined) appendFileSync(figures, `${activationMs}\n`);
	});

	it('captures nothing before consent', async () => {
		const { capture } = await activeExtension();
		assert.deepEqual([capture.state.kind, capture.isOn], ['waiting', false]);
	});
});
