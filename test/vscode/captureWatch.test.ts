import assert from 'node:assert/strict';
import type { App, Input } from '../../src/core/api';
import type { AssistantCapture } from '../../src/core/captureStatus';
import { executed, registered, resetVscode, user } from '../support/vscodeDouble';
import { registerCommands } from '../../src/commands/commands';
import { watchCapture } from '../../src/vscode/captureWatch';
import { statusText } from '../../src/vscode/register/statusBar';
import { fakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';
import { memento } from '../support/memento';

const seeing: AssistantCapture = {
	assistant: 'codex',
	label: 'Codex',
	present: true,
	hooks: 'installed',
	state: 'ok',
	channels: {},
	turns: 1,
	running: 0,
	whole: { count: 1, of: 1, share: 1 },
	reasons: [],
	not_offered: [],
	versions: [],
	seen_live: true,
	unknown: [],
	hook_calls: { calls: 0, set_aside: 0 },
	failed_readings: 0,
};
const blind: AssistantCapture = { ...seeing, state: 'blind', blind: { since: '2026-03-10T09:00:00.000Z', why: 'nothing came' } };
const editor = { name: 'Code', version: '1.140.0' };

describe('capture watch', () => {
	beforeEach(resetVscode);

	/** A window that watches; `answer` may be changed. */
	function window(machine = memento()) {
		const asked: Input<'captureStatus'>[] = [];
		const answer = { assistants: [blind] };
		const captureStatus: App['captureStatus'] = (input) => {
			asked.push(input);
			return Promise.resolve({ at: new Date().toISOString(), set_aside: 0, ...answer });
		};
		const host = fakeHost(fakeApp({ captureStatus }));
		const watch = watchCapture(host, machine, editor);
		return { host, watch, asked, answer, machine };
	}

	it('asks nothing before capture is allowed, then tells the editor version', async () => {
		const { host, watch, asked } = window();
		await watch.look();
		assert.deepEqual(asked, []);
		await host.capture.allow();
		assert.deepEqual(asked, [{ editor }]);
		watch.dispose();
	});

	it('says once that capture has gone blind, also to the next window, and shows it as long as it is so', async () => {
		const first = window();
		await first.host.capture.allow();
		await first.watch.look();
		await first.watch.look();
		assert.deepEqual(user.messages, [{ level: 'warning', message: 'Codelearn: capture has gone blind for Codex, since 2026-03-10 09:00 UTC: nothing came.' }]);
		const shown = statusText(first.host.capture.state);
		assert.deepEqual(shown, { text: '$(eye-closed) Codelearn', tooltip: 'Codelearn: capture has gone blind for Codex', warns: true });
		const next = window(first.machine);
		await next.host.capture.allow();
		await next.watch.look();
		assert.equal(user.messages.length, 1);
		next.answer.assistants = [seeing];
		await next.watch.look();
		assert.equal(statusText(next.host.capture.state).warns, false);
		next.answer.assistants = [blind];
		await next.watch.look();
		assert.equal(user.messages.length, 2);
		for (const { watch } of [first, next]) watch.dispose();
	});

	it('opens the view by the button', async () => {
		const { host, watch } = window();
		registerCommands(host);
		user.answers.push('Show Capture');
		await host.capture.allow();
		await watch.look();
		await new Promise((resolve) => setImmediate(resolve));
		assert.deepEqual(executed.at(-1)?.command, 'codelearn.capture.show');
		await registered.get('codelearn.capture.show')?.();
		assert.equal(executed.at(-1)?.command, 'codelearn.capture.focus');
		watch.dispose();
	});

	it('is quiet when the server cannot be asked', async () => {
		const host = fakeHost(fakeApp({ captureStatus: () => Promise.reject(new Error('no server')) }));
		const watch = watchCapture(host, memento(), editor);
		await host.capture.allow();
		await watch.look();
		assert.deepEqual([user.messages, statusText(host.capture.state).warns], [[], false]);
		watch.dispose();
	});

	it('copies the status as JSON, of all or of the assistant whose row was used', async () => {
		const { host, asked, watch } = window();
		registerCommands(host);
		await registered.get('codelearn.capture.copy')?.();
		assert.deepEqual((JSON.parse(user.clipboard) as { assistants: unknown[] }).assistants, [blind]);
		await registered.get('codelearn.capture.copy')?.({ type: 'assistant', assistant: 'codex' });
		assert.deepEqual(asked, [{}, { assistant: 'codex' }]);
		watch.dispose();
	});
});
