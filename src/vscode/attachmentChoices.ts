import * as vscode from 'vscode';
import { keepAttachmentRule } from '../app/attachmentChoice';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';
import { settingValue } from './settings';

/** Tells those who read chats whether their images are kept, for each open folder, whenever a setting changes. */
export function keepAttachmentChoices(log: Log): vscode.Disposable {
	const tell = (): void => {
		for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
			const keep = settingValue('captureAttachments', uri) === true;
			const max_bytes = Math.round(Number(settingValue('captureAttachmentsLimit', uri)) * 1024 * 1024);
			try {
				keepAttachmentRule(uri.fsPath, { keep, max_bytes });
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
