import type { Event, Uri } from 'vscode';
import type { App } from '../../core/api';
import type { Log } from '../../core/ports';

/** A workspace folder and the App that answers for it. */
export interface CaptureFolder {
	readonly path: string;
	readonly app: App;
}

/** What the editor's capture needs of the extension. */
export interface CapturePorts {
	readonly log: Log;
	/** Consent was given and capture is not paused. While false nothing is read. */
	isOn(): boolean;
	readonly onDidSwitch: Event<unknown>;
	folders(): readonly CaptureFolder[];
	/** The workspace folder a file lies in; undefined for a file outside the workspace. */
	folderOf(uri: Uri): CaptureFolder | undefined;
	counted(what: 'turns' | 'edits' | 'missed', count: number): void;
	/** Capture did not reach the server; shown in the status bar until it does. */
	failed(message: string): void;
	worked(): void;
}
