import { EventEmitter, type Disposable, type Memento } from 'vscode';

/** What capture is doing, as the status bar shows it. */
export type CaptureState =
	| { readonly kind: 'waiting' }
	| { readonly kind: 'off'; readonly why: 'never here' | 'switched off' }
	| { readonly kind: 'paused' }
	| { readonly kind: 'on'; readonly turns: number; readonly edits: number; readonly missed: number; readonly blind?: readonly string[] }
	| { readonly kind: 'error'; readonly message: string };

const consentKey = 'codelearn.consent';
const neverHereKey = 'codelearn.neverHere';
const pausedKey = 'codelearn.paused';

/**
 * The one owner of whether anything is captured: consent (given once on a machine), a no for this workspace, pause, and the
 * setting. Nothing may be read or recorded while `isOn` is false.
 */
export class CaptureControl implements Disposable {
	private readonly changed = new EventEmitter<CaptureState>();
	private readonly counts = { turns: 0, edits: 0, missed: 0 };
	private failure: string | undefined;
	private blind: readonly string[] = [];
	readonly onDidChange = this.changed.event;

	constructor(
		private readonly machine: Memento,
		private readonly workspace: Memento,
		private readonly isEnabled: () => boolean,
	) {}

	get state(): CaptureState {
		if (this.workspace.get(neverHereKey) === true) return { kind: 'off', why: 'never here' };
		if (!this.isEnabled()) return { kind: 'off', why: 'switched off' };
		if (this.machine.get(consentKey) !== 'allowed') return { kind: 'waiting' };
		if (this.workspace.get(pausedKey) === true) return { kind: 'paused' };
		if (this.failure !== undefined) return { kind: 'error', message: this.failure };
		return { kind: 'on', ...this.counts, ...(this.blind.length > 0 && { blind: this.blind }) };
	}

	/** Whether to capture; a failure does not stop it, because the next try may succeed. */
	get isOn(): boolean {
		const { kind } = this.state;
		return kind === 'on' || kind === 'error';
	}

	async allow(): Promise<void> {
		await this.machine.update(consentKey, 'allowed');
		await this.workspace.update(neverHereKey, undefined);
		await this.workspace.update(pausedKey, undefined);
		this.refresh();
	}

	async neverHere(): Promise<void> {
		await this.workspace.update(neverHereKey, true);
		this.refresh();
	}

	async pause(): Promise<void> {
		await this.workspace.update(pausedKey, true);
		this.refresh();
	}

	counted(what: 'turns' | 'edits' | 'missed', count: number): void {
		if (what !== 'missed') this.failure = undefined;
		this.counts[what] += count;
		this.refresh();
	}

	failed(message: string): void {
		this.failure = message;
		this.refresh();
	}

	worked(): void {
		if (this.failure === undefined) return;
		this.failure = undefined;
		this.refresh();
	}

	/** Labels of the assistants that capture has gone blind for. */
	blinded(labels: readonly string[]): void {
		if (labels.join() === this.blind.join()) return;
		this.blind = labels;
		this.refresh();
	}

	refresh(): void {
		this.changed.fire(this.state);
	}

	dispose(): void {
		this.changed.dispose();
	}
}
