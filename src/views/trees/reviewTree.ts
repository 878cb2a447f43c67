import * as vscode from 'vscode';
import type { LinkEnd, TurnSummary } from '../../core/api';
import { appOf } from '../../vscode/appOf';
import { commandIds } from '../../vscode/commandIds';
import { LiveTree } from './liveTree';
import { placeItem } from './placeItem';
import { byPromise, turnRow } from './turnRow';

const limit = 200;

export type ReviewNode =
	/** `folder` and `id` are what commands take of a turn. */
	| { readonly type: 'turn'; readonly folder: string; readonly id: string; readonly turn: TurnSummary }
	| { readonly type: 'place'; readonly root: string; readonly end: LinkEnd };

/** The turns that nobody has decided on. */
export class ReviewTree extends LiveTree<ReviewNode> {
	/** Told how many turns wait, also those beyond the ones shown. */
	onCount: (count: number) => void = () => undefined;

	getTreeItem(node: ReviewNode): vscode.TreeItem {
		return node.type === 'turn' ? turnItem(node) : placeItem(node.end, node.root);
	}

	/** The tooltip needs the whole turn, so it is made when the mouse rests on the item. */
	async resolveTreeItem(item: vscode.TreeItem, node: ReviewNode): Promise<vscode.TreeItem> {
		if (node.type !== 'turn') return item;
		const { turn } = await appOf(this.host, node.folder).getTurn({ id: node.id });
		const text = new vscode.MarkdownString();
		text.appendText(turn.prompt_summary).appendMarkdown('\n\n').appendText(turn.response_summary);
		if (turn.tool_sequence !== '') text.appendMarkdown('\n\n**Tools** ').appendText(turn.tool_sequence);
		if (turn.diff_summary !== '') text.appendCodeblock(turn.diff_summary, 'text');
		item.tooltip = text;
		return item;
	}

	protected async roots(): Promise<ReviewNode[]> {
		const lists = await Promise.all(
			this.host.folders().map(async ({ path, app }) => {
				const { turns, total } = await app.listTurns({ review: 'new', limit });
				return { total, nodes: turns.map((turn) => ({ type: 'turn' as const, folder: path, id: turn.id, turn })) };
			}),
		);
		this.onCount(lists.reduce((sum, { total }) => sum + total, 0));
		const seen = new Map(lists.flatMap(({ nodes }) => nodes).map((node) => [node.id, node]));
		return [...seen.values()].sort((a, b) => byPromise(a.turn, b.turn));
	}

	protected async childrenOf(node: ReviewNode): Promise<ReviewNode[]> {
		if (node.type !== 'turn') return [];
		const { turn, links, root } = await appOf(this.host, node.folder).getTurn({ id: node.id });
		const start = root ?? node.folder;
		const files = [...new Set(turn.edits.map(({ file_path }) => file_path))].map((file_path) => ({
			type: 'file' as const,
			id: file_path,
			label: file_path,
			file_path,
		}));
		const linked = links.flatMap(({ from, to }) => [from, to]).filter(({ type }) => type === 'chunk' || type === 'learning');
		const chunks = [...new Map(linked.map((end) => [end.id, end])).values()];
		return [...files, ...chunks].map((end) => ({ type: 'place', root: start, end }));
	}
}

function turnItem({ turn, folder, id }: Extract<ReviewNode, { type: 'turn' }>): vscode.TreeItem {
	const { label, description, icon, spoken } = turnRow(turn);
	const hasMore = turn.files.length + turn.linked_chunks > 0;
	const item = new vscode.TreeItem(label, hasMore ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
	item.id = id;
	item.description = description;
	item.iconPath = new vscode.ThemeIcon(icon);
	item.contextValue = 'turn';
	item.accessibilityInformation = { label: spoken };
	item.command = { command: commandIds.openTurn, title: 'Open Turn', arguments: [{ folder, id }] };
	return item;
}
