import assert from 'node:assert/strict';
import { isSecretPath } from '../../../src/capture/editor/secretPath';

describe('secret paths', () => {
	it('knows files that hold keys', () => {
		for (const path of ['/w/.env', '/w/.env.local', 'C:\\w\\server.pem', '/home/u/.ssh/config', '/w/id_ed25519', '/w/config/credentials.json', '/w/.npmrc']) {
			assert.equal(isSecretPath(path), true, path);
		}
	});
	it('leaves code alone', () => {
		for (const path of ['/w/src/env.ts', '/w/.env.example', '/w/keys.ts', '/w/secretPath.ts', '/w/monkey.py']) assert.equal(isSecretPath(path), false, path);
	});
});
