import * as vscode from 'vscode';
import type { App } from '../../core/api';
import { messageOf } from '../../core/errors';
import type { CapturePorts } from './capturePorts';

const restMs = 1000;
/** After more changed files than these (a checkout, say), asking git what changed is cheaper than naming them. */
const manyPaths = 200;
const noise = /[\\/](\.git|node_modules|\.hg|\.svn|dist|out|target|__pycache__|\.venv)([\\/]|$)/;

export interface IndexOnSavePorts extends Pick<CapturePorts, 'folderOf' | 'log'> {
	/** The setting, which may differ from folder to folder. */
	isEnabled(uri: vscode.Uri): boolean;
}

/**
 * Indexes files again after they changed, by the editor or on disk, in folders that were indexed before. Changes are gathered until
 * none came for a second.
 */
export function startIndexOnSave(ports: IndexOnSavePorts): vscode.Disposable {
	const changed = new Map<string, vscode.Uri>();
	let timer: NodeJS.Timeout | undefined;
	let indexing = Promise.resolve();
	const note = (uri: vscode.Uri): void => {
		if (noise.test(uri.path) || !ports.isEnabled(uri)) return;
		changed.set(uri.fsPath, uri);
		clearTimeout(timer);
		timer = setTimeout(() => {
			const uris = [...changed.values()];
			changed.clear();
			indexing = indexing.then(() => indexAgain(uris, ports));
		}, restMs);
	};
	// Reports what changes on disk, whoever wrote it; the editor's own exclusions (files.watcherExclude) hold.
	const watcher = vscode.workspace.createFileSystemWatcher('**/*');
	return vscode.Disposable.from(
		new vscode.Disposable(() => clearTimeout(timer)),
		watcher,
		watcher.onDidChange(note),
		watcher.onDidCreate(note),
		watcher.onDidDelete(note),
		vscode.workspace.onDidSaveTextDocument(({ uri }) => note(uri)),
	);
}

async function indexAgain(uris: readonly vscode.Uri[], { folderOf, log }: IndexOnSavePorts): Promise<void> {
	for (const [path, group] of groupedByFolder(uris, folderOf)) {
		try {
			const { files } = await group.app.indexState({});
			if (files === 0) continue;
			const { files_indexed, files_removed } = await group.app.index(
				group.paths.length > manyPaths ? { mode: 'changed' } : { mode: 'paths', paths: group.paths },
			);
			log.debug(`after changes in ${path}: ${files_indexed} files indexed, ${files_removed} removed`);
		} catch (cause) {
			log.warn(`files of ${path} were not indexed again: ${messageOf(cause)}`);
		}
	}
}

function groupedByFolder(uris: readonly vscode.Uri[], folderOf: CapturePorts['folderOf']): Map<string, { app: App; paths: string[] }> {
	const groups = new Map<string, { app: App; paths: string[] }>();
	for (const uri of uris) {
		const folder = folderOf(uri);
		if (folder === undefined) continue;
		const group = groups.get(folder.path) ?? { app: folder.app, paths: [] };
		group.paths.push(uri.fsPath);
		groups.set(folder.path, group);
	}
	return groups;
}
