import * as vscode from 'vscode';
import type { AppConnection } from '../app/connect';
import type { FolderApp, Host } from './host';

/** The workspace's folders as Apps. Apps are cheap and made anew; the connection behind them is one. */
export function workspaceFolders(connection: AppConnection): Pick<Host, 'folders' | 'current' | 'folderOf'> {
	const appOf = ({ name, uri }: vscode.WorkspaceFolder): FolderApp => ({ name, path: uri.fsPath, app: connection.for(uri.fsPath) });
	const none = (): FolderApp => ({ name: '', path: '', app: connection.for('') });
	const folders = (): FolderApp[] => {
		const open = vscode.workspace.workspaceFolders ?? [];
		return open.length === 0 ? [none()] : open.map(appOf);
	};
	const folderOf = (uri: vscode.Uri): FolderApp | undefined => {
		const folder = vscode.workspace.getWorkspaceFolder(uri);
		return folder === undefined ? undefined : appOf(folder);
	};
	return {
		folders,
		folderOf,
		current: () => {
			const active = vscode.window.activeTextEditor?.document.uri;
			return (active === undefined ? undefined : folderOf(active)) ?? folders()[0] ?? none();
		},
	};
}
