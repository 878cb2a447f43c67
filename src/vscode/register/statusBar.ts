import * as vscode from 'vscode';
import type { CaptureState } from '../captureControl';
import { commandIds } from '../commandIds';
import type { Host } from '../host';

/** Shows what capture is doing; a click opens the menu. */
export function registerStatusBar({ capture }: Host): vscode.Disposable {
	const item = vscode.window.createStatusBarItem('codelearn.capture', vscode.StatusBarAlignment.Right, 50);
	item.name = 'Codelearn';
	item.command = commandIds.showMenu;
	const show = (state: CaptureState): void => {
		const { text, tooltip, warns } = statusText(state);
		item.text = text;
		item.tooltip = tooltip;
		item.accessibilityInformation = { label: tooltip, role: 'button' };
		item.backgroundColor = warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
	};
	show(capture.state);
	item.show();
	return vscode.Disposable.from(item, capture.onDidChange(show));
}

export interface StatusText {
	readonly text: string;
	readonly tooltip: string;
	readonly warns: boolean;
}

export function statusText(state: CaptureState): StatusText {
	switch (state.kind) {
		case 'waiting':
			return { text: '$(circle-large-outline) Codelearn', tooltip: 'Codelearn: waiting for consent, nothing is captured', warns: false };
		case 'off':
			return { text: '$(circle-slash) Codelearn', tooltip: `Codelearn: capture is off (${state.why})`, warns: false };
		case 'paused':
			return { text: '$(debug-pause) Codelearn', tooltip: 'Codelearn: capture is paused', warns: false };
		case 'error':
			return { text: '$(warning) Codelearn', tooltip: `Codelearn: ${state.message}`, warns: true };
		case 'on': {
			if (state.blind !== undefined)
				return { text: '$(eye-closed) Codelearn', tooltip: `Codelearn: capture has gone blind for ${state.blind.join(', ')}`, warns: true };
			const counts = `${state.turns} turns and ${state.edits} edits captured in this window`;
			const missed = state.missed === 0 ? '' : `, ${state.missed} changes missed`;
			return { text: `$(record) Codelearn ${state.turns + state.edits}`, tooltip: `Codelearn: on, ${counts}${missed}`, warns: false };
		}
	}
}
