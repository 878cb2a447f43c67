import * as vscode from 'vscode';
import type { AssistantCapture } from '../../core/captureStatus';
import { inUse } from '../../core/captureText';
import { assistantRow, factRows, type CaptureRow } from './captureRows';
import { LiveTree } from './liveTree';

export type CaptureNode =
	/** `assistant` is what commands take of it. */
	| { readonly type: 'assistant'; readonly assistant: string; readonly status: AssistantCapture; readonly now: string }
	| { readonly type: 'fact'; readonly id: string; readonly row: CaptureRow };

/** Whether capture works, assistant by assistant. It is the same for every folder. */
export class CaptureTree extends LiveTree<CaptureNode> {
	getTreeItem(node: CaptureNode): vscode.TreeItem {
		if (node.type === 'fact') return itemOf(node.row, node.id, vscode.TreeItemCollapsibleState.None);
		const item = itemOf(assistantRow(node.status, node.now), node.assistant, vscode.TreeItemCollapsibleState.Collapsed);
		item.contextValue = node.status.hooks === 'not installed' ? 'assistant.withoutHooks' : 'assistant';
		return item;
	}

	protected async roots(): Promise<CaptureNode[]> {
		const status = await this.host.current().app.captureStatus({});
		return inUse(status).map((one) => ({ type: 'assistant', assistant: one.assistant, status: one, now: status.at }));
	}

	protected childrenOf(node: CaptureNode): Promise<CaptureNode[]> {
		if (node.type === 'fact') return Promise.resolve([]);
		return Promise.resolve(factRows(node.status, node.now).map((row) => ({ type: 'fact', id: `${node.assistant} ${row.label}`, row })));
	}
}

function itemOf({ label, description, icon, color, spoken }: CaptureRow, id: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
	const item = new vscode.TreeItem(label, state);
	item.id = id;
	item.description = description;
	item.tooltip = `${label}: ${description}`;
	item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
	item.accessibilityInformation = { label: spoken };
	return item;
}
