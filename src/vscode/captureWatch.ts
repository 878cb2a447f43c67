import * as vscode from 'vscode';
import { blindText } from '../core/captureText';
import { messageOf } from '../core/errors';
import { commandIds } from './commandIds';
import type { Host } from './host';

const everyMs = 5 * 60_000;
const toldKey = 'codelearn.blindTold';

export interface CaptureWatch {
	/** Asks now. */
	look(): Promise<void>;
	dispose(): void;
}

/**
 * Asks now and then whether capture has gone blind for an assistant. The status bar shows it as long as it is so; a message says it once,
 * also to later windows. Nothing is asked while capture is not on. Tells the editor's own version, so that a new one is noticed.
 */
export function watchCapture(host: Host, machine: vscode.Memento, editor: { name: string; version: string }): CaptureWatch {
	const { capture, log } = host;
	const look = async (): Promise<void> => {
		if (!capture.isOn) return;
		try {
			const { assistants } = await host.current().app.captureStatus({ editor });
			const blind = assistants.filter((one) => one.blind !== undefined);
			capture.blinded(blind.map(({ label }) => label));
			const told = toldOf(machine);
			const names = blind.map(({ assistant }) => assistant);
			if (names.join() !== told.join()) await machine.update(toldKey, names);
			const news = blind.filter(({ assistant }) => !told.includes(assistant));
			if (news.length > 0) void tell(news.map(blindText));
		} catch (cause) {
			log.debug(`the status of capture could not be asked for: ${messageOf(cause)}`);
		}
	};
	let wasOn = capture.isOn;
	const timer = setInterval(() => void look(), everyMs);
	const switched = capture.onDidChange(() => {
		const isNew = capture.isOn && !wasOn;
		wasOn = capture.isOn;
		if (isNew) void look();
	});
	void look();
	return {
		look,
		dispose: () => {
			clearInterval(timer);
			switched.dispose();
		},
	};
}

function toldOf(machine: vscode.Memento): string[] {
	const told: unknown = machine.get(toldKey);
	return Array.isArray(told) ? told.map(String) : [];
}

async function tell(blind: readonly string[]): Promise<void> {
	const answer = await vscode.window.showWarningMessage(`Codelearn: capture has gone blind for ${blind.join('; ')}.`, 'Show Capture');
	if (answer === 'Show Capture') await vscode.commands.executeCommand(commandIds.showCapture);
}
