import * as vscode from 'vscode';
import type { CaptureControl } from './captureControl';

const question = 'Codelearn records turns of AI assistants and your edits in this workspace, on this machine only.';

/** Asks whether to capture, unless it was decided before. A question that is closed unanswered is asked again in the next window. */
export async function askConsent(capture: CaptureControl): Promise<void> {
	if (capture.state.kind !== 'waiting') return;
	const answer = await vscode.window.showInformationMessage(question, 'Allow', 'Not now', 'Never for this workspace');
	if (answer === 'Allow') await capture.allow();
	if (answer === 'Never for this workspace') await capture.neverHere();
}
