import * as vscode from 'vscode';
import type { Link, LinkEnd } from '../../core/api';
import { commandIds } from '../../vscode/commandIds';
import type { FolderApp } from '../../vscode/host';
import { codeOfTurns, turnsOfFile, type LinkGroup } from './linkGroups';
import { LiveTree } from './liveTree';
import { placeItem } from './placeItem';

const limit = 2000;

export type LinkNode =
	| { readonly type: 'heading'; readonly label: string; readonly icon: string; readonly folder: string; readonly groups: readonly LinkGroup[] }
	| { readonly type: 'turn'; readonly folder: string; readonly id: string; readonly group: LinkGroup }
	| { readonly type: 'place'; readonly root: string; readonly end: LinkEnd };

/** Which turns changed which code: first for the file in the editor, then for all. */
export class LinksTree extends LiveTree<LinkNode> {
	getTreeItem(node: LinkNode): vscode.TreeItem {
		switch (node.type) {
			case 'heading':
				return headingItem(node);
			case 'turn':
				return turnItem(node);
			case 'place':
				return placeItem(node.end, node.root);
		}
	}

	protected async roots(): Promise<LinkNode[]> {
		const lists = await Promise.all(this.host.folders().map(async (folder) => headings(folder, (await folder.app.links({ limit })).links)));
		return lists.flat();
	}

	protected childrenOf(node: LinkNode): Promise<LinkNode[]> {
		switch (node.type) {
			case 'heading':
				return Promise.resolve(node.groups.map((group) => ({ type: 'turn', folder: node.folder, id: group.end.id, group })));
			case 'turn':
				return Promise.resolve(node.group.linked.map((end) => ({ type: 'place', root: node.folder, end })));
			case 'place':
				return Promise.resolve([]);
		}
	}
}

function headings({ name, path }: FolderApp, links: readonly Link[]): LinkNode[] {
	const active = vscode.window.activeTextEditor?.document.uri;
	const inFile = active === undefined ? [] : turnsOfFile(links, active.fsPath);
	const all = codeOfTurns(links);
	const file = active?.path.split('/').at(-1) ?? '';
	return [
		...(inFile.length === 0 ? [] : [{ type: 'heading' as const, label: `Turns that changed ${file}`, icon: 'file-code', folder: path, groups: inFile }]),
		...(all.length === 0 ? [] : [{ type: 'heading' as const, label: `All turns in ${name}`, icon: 'references', folder: path, groups: all }]),
	];
}

function headingItem({ label, icon, groups }: Extract<LinkNode, { type: 'heading' }>): vscode.TreeItem {
	const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
	item.iconPath = new vscode.ThemeIcon(icon);
	item.description = String(groups.length);
	item.accessibilityInformation = { label: `${label}, ${groups.length} turns` };
	return item;
}

function turnItem({ folder, id, group }: Extract<LinkNode, { type: 'turn' }>): vscode.TreeItem {
	const item = new vscode.TreeItem(group.end.label, vscode.TreeItemCollapsibleState.Collapsed);
	item.iconPath = new vscode.ThemeIcon('comment-discussion');
	item.description = `${group.linked.length}`;
	item.contextValue = 'linkedTurn';
	item.accessibilityInformation = { label: `Turn: ${group.end.label}, linked to ${group.linked.length} places` };
	item.command = { command: commandIds.openTurn, title: 'Open Turn', arguments: [{ folder, id }] };
	return item;
}
