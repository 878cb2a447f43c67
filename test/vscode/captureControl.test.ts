import assert from 'node:assert/strict';
import { resetVscode, user } from '../support/vscodeDouble';
import { CaptureControl, type CaptureState } from '../../src/vscode/captureControl';
import { askConsent } from '../../src/vscode/consent';
import { statusText } from '../../src/vscode/register/statusBar';
import { memento } from '../support/memento';

describe('capture control', () => {
	beforeEach(resetVscode);

	it('captures nothing before consent, and asks once on a machine', async () => {
		const machine = memento();
		const first = new CaptureControl(machine, memento(), () => true);
		assert.deepEqual([first.state.kind, first.isOn], ['waiting', false]);
		user.answers.push('Allow');
		await askConsent(first);
		assert.equal(first.isOn, true);
		const elsewhere = new CaptureControl(machine, memento(), () => true);
		await askConsent(elsewhere);
		assert.equal(elsewhere.isOn, true);
		assert.equal(user.messages.length, 1);
	});

	it('asks again after "Not now", and never again here after "Never for this workspace"', async () => {
		const workspace = memento();
		const capture = new CaptureControl(memento(), workspace, () => true);
		user.answers.push('Not now');
		await askConsent(capture);
		assert.equal(capture.state.kind, 'waiting');
		user.answers.push('Never for this workspace');
		await askConsent(capture);
		await askConsent(new CaptureControl(memento(), workspace, () => true));
		assert.equal(user.messages.length, 2);
		assert.deepEqual(capture.state, { kind: 'off', why: 'never here' });
	});

	it('obeys the setting whatever was agreed to', async () => {
		let enabled = true;
		const capture = new CaptureControl(memento(), memento(), () => enabled);
		await capture.allow();
		enabled = false;
		assert.deepEqual([capture.isOn, capture.state], [false, { kind: 'off', why: 'switched off' }]);
	});

	it('goes on capturing after a failure, and forgets it once something worked', async () => {
		const capture = new CaptureControl(memento(), memento(), () => true);
		await capture.allow();
		const seen: string[] = [];
		capture.onDidChange(({ kind }) => seen.push(kind));
		capture.failed('the server is gone');
		assert.equal(capture.isOn, true);
		capture.counted('edits', 2);
		assert.deepEqual(seen, ['error', 'on']);
		assert.deepEqual(capture.state, { kind: 'on', turns: 0, edits: 2, missed: 0 });
	});

	it('has a text for every state', () => {
		const states: CaptureState[] = [
			{ kind: 'waiting' },
			{ kind: 'off', why: 'never here' },
			{ kind: 'paused' },
			{ kind: 'error', message: 'the server is gone' },
			{ kind: 'on', turns: 2, edits: 3, missed: 1 },
		];
		assert.deepEqual(
			states.map((state) => statusText(state).tooltip),
			[
				'Codelearn: waiting for consent, nothing is captured',
				'Codelearn: capture is off (never here)',
				'Codelearn: capture is paused',
				'Codelearn: the server is gone',
				'Codelearn: on, 2 turns and 3 edits captured in this window, 1 changes missed',
			],
		);
	});
});
