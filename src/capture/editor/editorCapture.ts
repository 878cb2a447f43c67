import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { CaptureFolder, CapturePorts } from './capturePorts';
import { EditCoalescer, type CapturedEdit, type Reason } from './editCoalescer';
import { EditReasons } from './editReasons';
import { isSecretPath } from './secretPath';

const tickMs = 500;
/** Edits that could not be sent and are tried again; more than these are counted as missed. */
const maximumUnsent = 2000;

/**
 * Follows the edits of the workspace's documents and hands them over when a document comes to rest. Fails open: whatever
 * goes wrong is shown and counted, and never reaches the editor.
 */
export class EditorCapture implements vscode.Disposable {
	private readonly coalescer = new EditCoalescer();
	private readonly reasons = new EditReasons();
	/** A change that left its document clean, as long as no event came after it. */
	private clean: { readonly path: string; readonly guess: Reason } | undefined;
	/** Documents with changes that were not handed over, by path. */
	private readonly changedDocuments = new Map<string, vscode.TextDocument>();
	private readonly toFollow = new Set<vscode.TextDocument>();
	private readonly subscriptions: vscode.Disposable;
	private unsent: UnsentEdit[] = [];
	private timer: NodeJS.Timeout | undefined;
	private sending: Promise<void> = Promise.resolve();
	private wasOn = false;

	constructor(private readonly ports: CapturePorts) {
		this.subscriptions = vscode.Disposable.from(
			vscode.workspace.onDidChangeTextDocument((event) => this.changed(event)),
			vscode.workspace.onDidOpenTextDocument((document) => this.follow(document)),
			vscode.workspace.onDidCloseTextDocument((document) => this.closed(document)),
			ports.onDidSwitch(() => this.switched()),
		);
		this.switched();
	}

	/** Hands over all edits now, those of documents that are still being changed too. */
	async flush(): Promise<void> {
		this.handOver(this.coalescer.pendingKeys());
		await this.sending;
	}

	dispose(): void {
		clearInterval(this.timer);
		this.subscriptions.dispose();
		this.handOver(this.coalescer.pendingKeys());
	}

	/** Stands on the typing path: appends to a list and leaves. */
	private changed(event: vscode.TextDocumentChangeEvent): void {
		if (!this.wasOn || !isFile(event.document)) return;
		const path = event.document.uri.fsPath;
		if (event.contentChanges.length === 0) {
			if (event.document.isDirty && this.clean?.path === path) this.coalescer.cameBy(path, this.clean.guess);
			this.clean = undefined;
			return;
		}
		if (this.coalescer.changed(path, event.contentChanges, this.reasonOf(event), Date.now())) this.changedDocuments.set(path, event.document);
		else this.toFollow.add(event.document);
		this.timer ??= setInterval(() => this.tick(), tickMs);
	}

	/** Only undo and redo are told. A document that stays clean after a change was read again from disk. */
	private reasonOf({ reason, document, contentChanges }: vscode.TextDocumentChangeEvent): Reason {
		this.clean = undefined;
		if (reason === vscode.TextDocumentChangeReason.Undo) return 'undo';
		if (reason === vscode.TextDocumentChangeReason.Redo) return 'redo';
		const path = document.uri.fsPath;
		const guess = this.reasons.guess(path, contentChanges, vscode.window.activeTextEditor?.document === document, Date.now());
		if (document.isDirty) return guess;
		// The first change of a clean document says so too; that the document is dirty is the next event.
		this.clean = { path, guess };
		return 'external';
	}

	private tick(): void {
		for (const document of this.toFollow) this.missed(document);
		this.toFollow.clear();
		this.handOver(this.coalescer.due(Date.now()));
		if (this.coalescer.hasPending() || this.unsent.length > 0) return;
		clearInterval(this.timer);
		this.timer = undefined;
	}

	/** It changed before its text was known: this change is lost, the next one is not. */
	private missed(document: vscode.TextDocument): void {
		if (document.isClosed || isSecretPath(document.uri.fsPath) || this.ports.folderOf(document.uri) === undefined) return;
		this.ports.counted('missed', 1);
		this.follow(document);
	}

	private follow(document: vscode.TextDocument): void {
		if (!this.wasOn || !isFile(document) || isSecretPath(document.uri.fsPath)) return;
		if (this.ports.folderOf(document.uri) !== undefined) this.coalescer.follow(document.uri.fsPath, document.getText());
	}

	private closed(document: vscode.TextDocument): void {
		// Snapshots that the editor keeps of a file bear its path, and come and go while it is open.
		if (!isFile(document)) return;
		const path = document.uri.fsPath;
		if (this.changedDocuments.has(path)) this.handOver([path]);
		this.coalescer.forget(path);
	}

	/** Capture may have been switched on: take up what is open, a few documents at a time. Or off: forget all texts. */
	private switched(): void {
		const isOn = this.ports.isOn();
		if (isOn === this.wasOn) return;
		this.wasOn = isOn;
		const open = vscode.workspace.textDocuments.filter(isFile);
		if (!isOn) {
			for (const document of open) this.coalescer.forget(document.uri.fsPath);
			this.changedDocuments.clear();
			return;
		}
		const next = (): void => {
			for (const document of open.splice(0, 5)) if (!document.isClosed && !this.changedDocuments.has(document.uri.fsPath)) this.follow(document);
			if (open.length > 0) setImmediate(next);
		};
		next();
	}

	private handOver(paths: readonly string[]): void {
		for (const path of paths) {
			const document = this.changedDocuments.get(path);
			this.changedDocuments.delete(path);
			const folder = document === undefined ? undefined : this.ports.folderOf(document.uri);
			if (document === undefined || folder === undefined) continue;
			for (const edit of this.coalescer.flushed(path, document.getText())) this.unsent.push({ folder, edit });
		}
		const lost = this.unsent.length - maximumUnsent;
		if (lost > 0) {
			this.unsent.splice(0, lost);
			this.ports.counted('missed', lost);
		}
		if (this.unsent.length > 0) this.sending = this.sending.then(() => this.send());
	}

	private async send(): Promise<void> {
		const unsent = this.unsent;
		this.unsent = [];
		for (const path of new Set(unsent.map(({ folder }) => folder.path))) {
			const group = unsent.filter(({ folder }) => folder.path === path);
			try {
				await group[0]?.folder.app.captureEdits({ edits: group.map(({ edit }) => edit) });
				this.ports.counted('edits', group.length);
			} catch (cause) {
				this.unsent.push(...group);
				this.ports.log.warn(`${group.length} edits wait to be sent: ${messageOf(cause)}`);
				this.ports.failed(`edits could not be recorded: ${messageOf(cause)}`);
			}
		}
	}
}

interface UnsentEdit {
	readonly folder: CaptureFolder;
	readonly edit: CapturedEdit;
}

/** Documents on disk; in a remote window the files of the other machine have a scheme of their own. */
function isFile({ uri }: vscode.TextDocument): boolean {
	return uri.scheme === 'file' || uri.scheme === 'vscode-remote';
}
