import * as vscode from 'vscode';
import { messageOf } from '../../core/errors';
import type { Host } from '../../vscode/host';

/** A tree whose items come from the App and are asked for again whenever it may have changed. */
export abstract class LiveTree<N> implements vscode.TreeDataProvider<N> {
	private readonly changed = new vscode.EventEmitter<N | undefined>();
	readonly onDidChangeTreeData = this.changed.event;
	/** Told why the tree is empty when its items could not be read; undefined once they could. */
	onTrouble: (message: string | undefined) => void = () => undefined;

	constructor(protected readonly host: Host) {}

	abstract getTreeItem(node: N): vscode.TreeItem;
	protected abstract roots(): Promise<N[]>;
	protected abstract childrenOf(node: N): Promise<N[]>;

	/** A failure leaves the tree empty with a message above it, and the next change tries again. */
	async getChildren(node?: N): Promise<N[]> {
		try {
			const nodes = await (node === undefined ? this.roots() : this.childrenOf(node));
			this.onTrouble(undefined);
			return nodes;
		} catch (cause) {
			this.host.log.error('a view could not be filled', cause);
			this.onTrouble(messageOf(cause));
			return [];
		}
	}

	refresh(): void {
		this.changed.fire(undefined);
	}

	/** Shows one item anew, and what is below it. */
	protected redraw(node: N): void {
		this.changed.fire(node);
	}
}
