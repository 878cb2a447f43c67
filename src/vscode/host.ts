import type { LogOutputChannel, Uri } from 'vscode';
import type { App } from '../core/api';
import type { Log } from '../core/ports';
import type { CaptureControl } from './captureControl';
import type { LinksControl } from './linksControl';

/** A folder of the workspace with the App that answers for it. */
export interface FolderApp {
	readonly name: string;
	/** Absolute; '' when no folder is open. */
	readonly path: string;
	readonly app: App;
}

/** How a program that is no editor starts our MCP server for a folder. */
export interface McpLaunch {
	readonly command: string;
	readonly args: readonly string[];
	readonly env: Readonly<Record<string, string>>;
}

/** What commands and views may use of the extension. */
export interface Host {
	readonly log: Log;
	readonly channel: LogOutputChannel;
	readonly capture: CaptureControl;
	readonly links: LinksControl;
	/** One a workspace folder; a single one with path '' when none is open. */
	folders(): readonly FolderApp[];
	/** The folder of the active editor, else the first. */
	current(): FolderApp;
	/** The folder a file lies in, if any. */
	folderOf(uri: Uri): FolderApp | undefined;
	/** Ends the background server; the next call starts a new one. */
	restartServer(): Promise<unknown>;
	mcpLaunch(folder: string): McpLaunch;
	/** Shows a turn with its diff. */
	openTurn(folder: string, id: string): Promise<void>;
	/** Shows a learning as a document. */
	openLearning(folder: string, id: string): Promise<void>;
}
