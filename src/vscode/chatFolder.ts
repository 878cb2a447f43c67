import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../core/ports';
import { messageOf } from '../core/errors';
import type { CaptureControl } from './captureControl';

/**
 * Writes down which folder this window's chats belong to, beside them, in the form of the editor's own `workspace.json`. A window in a
 * browser has none, and whoever reads the chats could not tell the folder. Not before capture is on; nothing for a window of several folders.
 */
export function keepChatFolder(storage: Pick<vscode.Uri, 'fsPath'> | undefined, capture: CaptureControl, log: Log): vscode.Disposable {
	const keep = (): void => {
		const [folder, ...others] = vscode.workspace.workspaceFolders ?? [];
		if (storage === undefined || folder === undefined || others.length > 0 || !capture.isOn) return;
		const file = path.join(storage.fsPath, 'workspace.json');
		if (existsSync(file) || existsSync(path.join(path.dirname(storage.fsPath), 'workspace.json'))) return;
		try {
			mkdirSync(storage.fsPath, { recursive: true });
			writeFileSync(file, JSON.stringify({ folder: folder.uri.toString() }));
		} catch (cause) {
			log.warn(`the folder of this window's chats could not be kept: ${messageOf(cause)}`);
		}
	};
	keep();
	return capture.onDidChange(keep);
}
