import * as vscode from 'vscode';
import { keepAttachmentWish } from '../app/attachmentChoice';
import type { AttachmentWish } from '../core/attachment';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';
import { editorSettings } from './settings';

/** Tells those who read chats whether their images are kept, for each open folder, whenever a setting changes. */
export function keepAttachmentChoices(log: Log): vscode.Disposable {
	const tell = (): void => {
		for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
			try {
				keepAttachmentWish(uri.fsPath, 'editor', wishFor(uri));
			} catch (cause) {
				log.warn(`what was decided about attachments could not be kept: ${messageOf(cause)}`);
			}
		}
	};
	tell();
	return vscode.Disposable.from(
		vscode.workspace.onDidChangeWorkspaceFolders(tell),
		vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('codelearn.capture') && tell()),
	);
}

/** What the user set; where nothing is set, the environment and `.env` may speak. */
function wishFor(uri: vscode.Uri): AttachmentWish | undefined {
	const { captureAttachments: keep, captureAttachmentsLimit: limit } = editorSettings(uri);
	if (keep === undefined && limit === undefined) return undefined;
	return { ...(keep !== undefined && { keep: keep === true }), ...(limit !== undefined && { max_bytes: Math.round(Number(limit) * 1024 * 1024) }) };
}
