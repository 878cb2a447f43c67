import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';

/** The extension under test, active. */
export async function activeExtension(): Promise<ExtensionApi> {
	const extension = vscode.extensions.getExtension<ExtensionApi>('codelearn.codelearn');
	assert.ok(extension, 'the extension is found');
	const api = await extension.activate();
	await api.ready;
	return api;
}

export function workspaceFile(...parts: string[]): vscode.Uri {
	const folder = vscode.workspace.workspaceFolders?.[0];
	assert.ok(folder, 'a folder is open');
	return vscode.Uri.joinPath(folder.uri, ...parts);
}

/** Waits until `condition` gives something true, and returns that. */
export async function until<T>(what: string, condition: () => Promise<T | undefined | false> | T | undefined | false, milliseconds = 30_000): Promise<T> {
	for (const end = Date.now() + milliseconds; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
		const found = await condition();
		if (found !== undefined && found !== false) return found;
		assert.ok(Date.now() < end, `did not happen within ${milliseconds / 1000} s: ${what}`);
	}
}
