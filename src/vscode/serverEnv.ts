import path from 'node:path';
import type { Uri } from 'vscode';

/**
 * What a server that this window starts must know: where this editor keeps its chats. An installation may keep them anywhere
 * (portable, remote, another product), so the place is derived from the extension's own storage, `<User>/globalStorage/<extension>`.
 */
export function serverEnv(globalStorage: Uri): Record<string, string> {
	const folder = path.dirname(path.dirname(globalStorage.fsPath));
	const profiles = path.dirname(folder);
	const user = path.basename(profiles) === 'profiles' ? path.dirname(profiles) : folder;
	return { CODELEARN_VSCODE_USER_DIR: user };
}
