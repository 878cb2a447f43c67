import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { CapturePorts } from './capturePorts';

/** The server itself watches the transcripts of folders in which capture is on; this is for what it does not notice. */
const everyMs = 300_000;

/**
 * Looks for new turns in the assistants' transcripts of the open folders: now and then, when the window gets the focus, and
 * as soon as capture is switched on. Reading and parsing happen in the server, not in the editor.
 */
export function startTranscriptPoll(ports: CapturePorts): vscode.Disposable {
	let running = false;
	const look = async (): Promise<void> => {
		if (running || !ports.isOn()) return;
		running = true;
		try {
			await importNew(ports);
		} finally {
			running = false;
		}
	};
	const timer = setInterval(() => void look(), everyMs);
	void look();
	let wasOn = ports.isOn();
	return vscode.Disposable.from(
		new vscode.Disposable(() => clearInterval(timer)),
		vscode.window.onDidChangeWindowState(({ focused }) => {
			if (focused) void look();
		}),
		ports.onDidSwitch(() => {
			if (ports.isOn() && !wasOn) void look();
			wasOn = ports.isOn();
		}),
	);
}

async function importNew(ports: CapturePorts): Promise<void> {
	for (const { path, app } of ports.folders()) {
		if (path === '') continue;
		try {
			const { turns_new, turns_extended } = await app.importTranscripts({});
			if (turns_new > 0) ports.counted('turns', turns_new);
			if (turns_new + turns_extended > 0) ports.log.info(`transcripts: ${turns_new} new turns, ${turns_extended} extended`);
			ports.worked();
		} catch (cause) {
			ports.log.warn(`transcripts of ${path} could not be read: ${messageOf(cause)}`);
			ports.failed(`transcripts could not be read: ${messageOf(cause)}`);
		}
	}
}
