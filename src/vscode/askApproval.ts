import * as vscode from 'vscode';
import { approveFolder } from '../app/approveFolder';

/** What a folder's `.env` asks for and what has not been approved. */
interface Unapproved {
	readonly file: string;
	readonly shown: readonly string[];
	readonly hash: string;
}

/** Asks whether the endpoints, keys and paths of a folder's `.env` may be used. Until then they are left out. */
export async function askApproval({ file, shown, hash }: Unapproved): Promise<void> {
	const message = `Codelearn: ${file} sets ${shown.join(', ')}. Use these settings in this folder?`;
	const answer = await vscode.window.showWarningMessage(message, 'Use Them', 'Not Now');
	if (answer === 'Use Them') approveFolder(vscode.Uri.joinPath(vscode.Uri.file(file), '..').fsPath, hash);
}
