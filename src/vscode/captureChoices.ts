import * as vscode from 'vscode';
import { keepCaptureChoice } from '../app/captureChoice';
import type { Log } from '../core/ports';
import { messageOf } from '../core/errors';
import type { CaptureControl } from './captureControl';

/** Tells those who read hooks whether they may, for each open folder, whenever that changes. Nothing is told before the user was asked. */
export function keepCaptureChoices(capture: CaptureControl, log: Log): vscode.Disposable {
	let told = '';
	const tell = (): void => {
		const { kind } = capture.state;
		if (kind === 'waiting') return;
		const choice = capture.isOn ? 'on' : 'off';
		const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
		const news = JSON.stringify([choice, folders]);
		if (news === told) return;
		told = news;
		try {
			for (const folder of folders) keepCaptureChoice(folder, choice);
		} catch (cause) {
			log.warn(`what was decided about capture could not be kept for hooks: ${messageOf(cause)}`);
		}
	};
	tell();
	return vscode.Disposable.from(capture.onDidChange(tell), vscode.workspace.onDidChangeWorkspaceFolders(tell));
}
