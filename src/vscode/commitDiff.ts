import * as vscode from 'vscode';
import { UserError } from '../core/errors';

/** The part of the API of the editor's own Git extension that is used here. */
interface GitExtension {
	getAPI(version: 1): GitApi;
}
interface GitApi {
	toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
	getRepository(uri: vscode.Uri): GitRepository | null;
	openRepository(root: vscode.Uri): Promise<GitRepository | null>;
}
interface GitRepository {
	readonly rootUri: vscode.Uri;
	getCommit(ref: string): Promise<{ readonly message: string; readonly parents: readonly string[] }>;
	diffBetween(from: string, to: string): Promise<{ readonly uri: vscode.Uri; readonly originalUri: vscode.Uri; readonly status: number }[]>;
}

/** Git's name for a tree without files: what the first commit is compared with. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** The Git extension's numbers for a file that was added, and one that was deleted. */
const added = 1;
const deleted = 6;

/** Shows all that a commit changed, by the editor's Git extension. `folder` lies in the repository. Returns the title of what it opened. */
export async function openCommitDiff(folder: string, sha: string): Promise<string> {
	const api = await gitApi();
	const place = vscode.Uri.file(folder);
	const repository = api.getRepository(place) ?? (await api.openRepository(place));
	if (repository === null) throw new UserError(`The editor's Git extension knows no repository at ${folder}. Run "git show ${sha}" in a terminal there.`);
	const { message, parents } = await repository.getCommit(sha);
	const parent = parents[0] ?? emptyTree;
	const changes = await repository.diffBetween(parent, sha);
	const title = `${sha.slice(0, 8)} ${message.split('\n')[0] ?? ''}`;
	const list = changes.map(({ uri, originalUri, status }) => [
		uri,
		status === added ? undefined : api.toGitUri(originalUri, parent),
		status === deleted ? undefined : api.toGitUri(uri, sha),
	]);
	await vscode.commands.executeCommand('vscode.changes', title, list);
	return title;
}

async function gitApi(): Promise<GitApi> {
	const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
	if (extension === undefined) throw new UserError("The editor's Git extension is switched off. Enable it to see commits here.");
	return (await extension.activate()).getAPI(1);
}
