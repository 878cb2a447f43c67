import assert from 'node:assert/strict';
import '../support/vscodeDouble';
import { watchChanges } from '../../src/views/trees/watchChanges';
import { fakeApp } from '../support/fakeApp';
import { silentLog } from '../support/silentLog';

describe('watching for changes', () => {
	it('asks nothing while no view is visible', async () => {
		const app = fakeApp();
		const watch = watchChanges(
			() => app,
			() => false,
			() => assert.fail('nothing may change'),
			silentLog,
		);
		watch.wake();
		await app.put({ prompt: 'one' });
		assert.deepEqual(app.calls, []);
		watch.dispose();
	});

	it('tells of each change while one is, and not of the state it found', async () => {
		const app = fakeApp();
		let told: () => void = () => undefined;
		const change = (): Promise<void> => new Promise((resolve) => (told = resolve));
		const watch = watchChanges(
			() => app,
			() => true,
			() => told(),
			silentLog,
		);
		for (const prompt of ['one', 'two']) {
			const next = change();
			watch.wake();
			// It must be waiting before something happens, else the change is part of what it finds.
			while (app.calls.length < (prompt === 'one' ? 2 : 3)) await new Promise((resolve) => setImmediate(resolve));
			await app.put({ prompt });
			await next;
		}
		watch.dispose();
	});
});
