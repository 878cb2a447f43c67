import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CaptureControl } from '../captureControl';
import { callCursor } from '../cursorApi';

/**
 * Brings Codelearn's hooks along into Cursor, touching no file of the user's, as long as capture is on in this window. Other editors
 * are left alone: VS Code finds its plugin by the manifest. Made from Cursor's documentation.
 */
export function registerCursorHooks(capture: CaptureControl, extensionPath: string): vscode.Disposable {
	const plugin = join(extensionPath, 'resources', 'cursor-plugin', process.platform === 'win32' ? 'windows' : 'posix');
	let registered = false;
	const set = (wanted: boolean): void => {
		if (wanted === registered) return;
		if (callCursor('plugins', wanted ? 'registerPath' : 'unregisterPath', plugin)) registered = wanted;
	};
	set(capture.isOn);
	return vscode.Disposable.from(
		capture.onDidChange(() => set(capture.isOn)),
		new vscode.Disposable(() => set(false)),
	);
}
