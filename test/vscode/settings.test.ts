import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { resetVscode, settings, vscodeDouble } from '../support/vscodeDouble';
import { editorSettings, secretKey, secretNames, Secrets, settingValue } from '../../src/vscode/settings';

describe('editor settings', () => {
	beforeEach(resetVscode);

	it('hold only what the user set, so that the environment can speak for the rest', () => {
		settings.set('codelearn.chroma.impl', 'http').set('codelearn.query.weights.turns', 2).set('codelearn.capture.enabled', false);
		assert.deepEqual(editorSettings(), { chromaImpl: 'http', weightTurns: 2, captureEnabled: false });
		assert.equal(settingValue('captureEnabled'), false);
		assert.equal(settingValue('indexOnSave'), true);
	});

	it('take secrets from the secret storage alone', async () => {
		assert.deepEqual([...secretNames].sort(), ['chromaHeaders', 'googleCredentials', 'hfToken', 'openaiApiKey']);
		const stored = new Map([[secretKey('openaiApiKey'), 'sk']]);
		const changed = new vscodeDouble.EventEmitter<unknown>();
		const storage = { get: (key: string) => Promise.resolve(stored.get(key)), onDidChange: changed.event } as unknown as SecretStorage;
		const secrets = new Secrets(storage);
		assert.deepEqual(secrets.current(), {});
		await secrets.ready;
		assert.deepEqual(secrets.current(), { openaiApiKey: 'sk' });
	});
});
