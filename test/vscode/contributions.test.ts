import assert from 'node:assert/strict';
import { vscodeDouble } from '../support/vscodeDouble';
import { startAll } from '../../src/vscode/register/contributions';
import { silentLog } from '../support/silentLog';

describe('contributions', () => {
	it('start and end although one of them throws', () => {
		const seen: string[] = [];
		const part = (name: string) => ({
			name,
			start: () => {
				seen.push(`start ${name}`);
				return new vscodeDouble.Disposable(() => seen.push(`end ${name}`));
			},
		});
		const broken = { name: 'broken', start: () => assert.fail('it does not start') };
		startAll([part('a'), broken, part('b')], silentLog).dispose();
		assert.deepEqual(seen, ['start a', 'start b', 'end b', 'end a']);
	});
});
