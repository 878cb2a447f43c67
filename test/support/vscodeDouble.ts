import Module from 'node:module';
import { posix } from 'node:path';

/**
 * A small working double of the `vscode` module, for tests outside the editor. Import it before anything that imports
 * `vscode`. What a test does not use is missing on purpose: an access to it fails loudly.
 */

type Listener<T> = (event: T) => unknown;

class Disposable {
	static from(...parts: { dispose(): unknown }[]): Disposable {
		return new Disposable(() => parts.forEach((part) => part.dispose()));
	}
	constructor(private readonly end: () => unknown) {}
	dispose(): void {
		this.end();
	}
}

class EventEmitter<T> {
	private readonly listeners = new Set<Listener<T>>();
	readonly event = (listener: Listener<T>): Disposable => {
		this.listeners.add(listener);
		return new Disposable(() => this.listeners.delete(listener));
	};
	fire(event: T): void {
		for (const listener of this.listeners) listener(event);
	}
	dispose(): void {
		this.listeners.clear();
	}
}

class TreeItem {
	constructor(
		readonly label: string,
		readonly collapsibleState = 0,
	) {}
}

class MarkdownString {
	value = '';
	appendText(text: string): this {
		this.value += text.replaceAll(/[\\`*_{}[\]()#+\-!<>]/g, '\\$&');
		return this;
	}
	appendMarkdown(text: string): this {
		this.value += text;
		return this;
	}
	appendCodeblock(text: string, language = ''): this {
		this.value += `\n\`\`\`${language}\n${text}\n\`\`\`\n`;
		return this;
	}
}

class ThemeIcon {
	constructor(
		readonly id: string,
		readonly color?: ThemeIcon,
	) {}
}

class Uri {
	private constructor(
		readonly scheme: string,
		readonly path: string,
		readonly query = '',
	) {}
	static file(path: string): Uri {
		return new Uri('file', path);
	}
	static from({ scheme, path = '', query = '' }: { scheme: string; path?: string; query?: string }): Uri {
		return new Uri(scheme, path, query);
	}
	static parse(text: string): Uri {
		const { protocol, pathname } = new URL(text);
		return new Uri(protocol.slice(0, -1), decodeURIComponent(pathname));
	}
	static joinPath(uri: Uri, ...parts: string[]): Uri {
		return new Uri(uri.scheme, posix.join(uri.path, ...parts));
	}
	get fsPath(): string {
		return this.path;
	}
	toString(): string {
		return `${this.scheme}://${this.path}${this.query === '' ? '' : `?${this.query}`}`;
	}
}

class Range {
	readonly start: { line: number; character: number };
	readonly end: { line: number; character: number };
	constructor(line: number, character: number, endLine: number, endCharacter: number) {
		this.start = { line, character };
		this.end = { line: endLine, character: endCharacter };
	}
}

class Hover {
	constructor(readonly contents: MarkdownString) {}
}

class CodeLens {
	constructor(
		readonly range: Range,
		readonly command: { title: string; command: string; arguments: unknown[] },
	) {}
}

/** Files on the disk by path, and what tests fire as the editor would. */
export const disk = new Map<string, string>();
export const documentChanged = new EventEmitter<unknown>();
export const visibleEditorsChanged = new EventEmitter<unknown>();

/** Answers that the user will give, in order; an empty list means that they close the question. */
export const user = { answers: [] as unknown[], messages: [] as { level: string; message: string }[], statusBar: [] as string[], clipboard: '' };

/** Settings as the user wrote them, by full name. */
export const settings = new Map<string, unknown>();
export const registered = new Map<string, (raw?: unknown) => Promise<unknown>>();
/** Commands that something else was asked to run. */
export const executed: { command: string; args: unknown[] }[] = [];

export const contentProviders = new Map<string, { provideTextDocumentContent(uri: Uri): Promise<string> }>();

const ask = (level: string) => (message: string) => {
	user.messages.push({ level, message });
	return Promise.resolve(user.answers.shift());
};

const cancellation = { isCancellationRequested: false, onCancellationRequested: () => new Disposable(() => undefined) };

const vscode = {
	/** Cursor's part of the API; only members that are there at the import can be seen later. */
	cursor: undefined as unknown,
	Disposable,
	EventEmitter,
	TreeItem,
	TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
	MarkdownString,
	ThemeIcon,
	ThemeColor: ThemeIcon,
	Uri,
	Range,
	Hover,
	CodeLens,
	ProgressLocation: { Window: 10, Notification: 15 },
	QuickPickItemKind: { Separator: -1, Default: 0 },
	OverviewRulerLane: { Left: 1 },
	DecorationRangeBehavior: { ClosedClosed: 1 },
	commands: {
		registerCommand: (id: string, run: (raw?: unknown) => Promise<unknown>) => {
			registered.set(id, run);
			return new Disposable(() => registered.delete(id));
		},
		executeCommand: (command: string, ...args: unknown[]) => {
			executed.push({ command, args });
			return Promise.resolve(undefined);
		},
	},
	window: {
		activeTextEditor: undefined as { document: { uri: Uri } } | undefined,
		visibleTextEditors: [] as unknown[],
		onDidChangeVisibleTextEditors: visibleEditorsChanged.event,
		createTextEditorDecorationType: (options: unknown) => ({ options, dispose: () => undefined }),
		showErrorMessage: ask('error'),
		showWarningMessage: ask('warning'),
		showInformationMessage: ask('info'),
		showInputBox: (options: { value?: string }) => {
			const answer = user.answers.shift();
			return Promise.resolve(answer === 'as offered' ? options.value : answer);
		},
		showQuickPick: (items: { label: string }[]) => {
			const answer = user.answers.shift();
			return Promise.resolve(items.find(({ label }) => label === answer));
		},
		setStatusBarMessage: (text: string) => {
			user.statusBar.push(text);
			return new Disposable(() => undefined);
		},
		withProgress: (_options: unknown, work: (progress: { report(step: unknown): void }, token: typeof cancellation) => Promise<unknown>) =>
			work({ report: () => undefined }, cancellation),
	},
	workspace: {
		isTrusted: true,
		workspaceFolders: undefined as readonly { uri: Uri }[] | undefined,
		onDidChangeTextDocument: documentChanged.event,
		asRelativePath: ({ path }: Uri) => path,
		fs: {
			stat: (uri: Uri) => (disk.has(uri.path) ? Promise.resolve({}) : Promise.reject(new Error(`no ${uri.path}`))),
			readFile: (uri: Uri) => Promise.resolve(new TextEncoder().encode(disk.get(uri.path) ?? '')),
		},
		registerTextDocumentContentProvider: (scheme: string, provider: { provideTextDocumentContent(uri: Uri): Promise<string> }) => {
			contentProviders.set(scheme, provider);
			return new Disposable(() => contentProviders.delete(scheme));
		},
		getConfiguration: (section: string) => ({ inspect: (key: string) => ({ globalValue: settings.get(`${section}.${key}`) }) }),
	},
	env: {
		clipboard: {
			writeText: (text: string) => {
				user.clipboard = text;
				return Promise.resolve();
			},
		},
	},
};

export { vscode as vscodeDouble };

/** Forgets what earlier tests left. */
export function resetVscode(): void {
	Object.assign(user, { answers: [], messages: [], statusBar: [], clipboard: '' });
	settings.clear();
	registered.clear();
	executed.length = 0;
	disk.clear();
	contentProviders.clear();
	vscode.window.visibleTextEditors = [];
	vscode.window.activeTextEditor = undefined;
	vscode.workspace.isTrusted = true;
	vscode.workspace.workspaceFolders = undefined;
}

const modules = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
const load = modules._load.bind(modules);
modules._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
