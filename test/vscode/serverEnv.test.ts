import assert from 'node:assert/strict';
import type { Uri } from 'vscode';
import { vscodeDouble } from '../support/vscodeDouble';
import { serverEnv } from '../../src/vscode/serverEnv';

const at = (path: string): string => serverEnv(vscodeDouble.Uri.file(path) as unknown as Uri)['CODELEARN_VSCODE_USER_DIR'] ?? '';

describe('environment of the server', () => {
	it("names the editor's user folder", () => {
		assert.equal(at('/home/u/.config/Code/User/globalStorage/codelearn.codelearn'), '/home/u/.config/Code/User');
	});
	it('names it from within a profile too', () => {
		assert.equal(at('/home/u/.config/Code/User/profiles/-6a1b/globalStorage/codelearn.codelearn'), '/home/u/.config/Code/User');
	});
});
