import * as vscode from 'vscode';
import type { Learning } from '../../core/learning';
import { commandIds } from '../../vscode/commandIds';
import { LiveTree } from './liveTree';
import { learningGroups, type LearningGroup } from './learningGroups';

export type LearningNode =
	| { readonly type: 'group'; readonly folder: string; readonly group: LearningGroup }
	| { readonly type: 'learning'; readonly folder: string; readonly id: string; readonly learning: Learning };

/** What was approved, by category. */
export class LearningsTree extends LiveTree<LearningNode> {
	getTreeItem(node: LearningNode): vscode.TreeItem {
		return node.type === 'group' ? groupItem(node.group) : learningItem(node);
	}

	protected async roots(): Promise<LearningNode[]> {
		const lists = await Promise.all(this.host.folders().map(async ({ path, app }) => ({ path, learnings: (await app.listLearnings({})).learnings })));
		const seen = new Map(lists.flatMap(({ path, learnings }) => learnings.map((learning) => [learning.learning_id, { folder: path, learning }])));
		const groups = learningGroups([...seen.values()].map(({ learning }) => learning));
		return groups.map((group) => ({ type: 'group', group, folder: seen.get(group.learnings[0]?.learning_id ?? '')?.folder ?? '' }));
	}

	protected childrenOf(node: LearningNode): Promise<LearningNode[]> {
		if (node.type !== 'group') return Promise.resolve([]);
		const { folder, group } = node;
		return Promise.resolve(group.learnings.map((learning) => ({ type: 'learning', folder, id: learning.learning_id, learning })));
	}
}

function groupItem({ label, learnings }: LearningGroup): vscode.TreeItem {
	const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
	item.id = `group:${label}`;
	item.description = String(learnings.length);
	item.iconPath = new vscode.ThemeIcon('tag');
	item.accessibilityInformation = { label: `Category ${label}, ${learnings.length} learnings` };
	return item;
}

function learningItem({ folder, id, learning }: Extract<LearningNode, { type: 'learning' }>): vscode.TreeItem {
	const item = new vscode.TreeItem(learning.description);
	item.id = id;
	item.description = [...(learning.state === 'active' ? [] : [learning.state]), ...learning.tags].join(' · ');
	item.iconPath = new vscode.ThemeIcon(learning.state === 'candidate' ? 'question' : 'lightbulb');
	item.tooltip = learning.description;
	item.contextValue = 'learning';
	item.accessibilityInformation = { label: `Learning: ${learning.description}. Tags: ${learning.tags.join(', ')}` };
	item.command = { command: commandIds.openLearning, title: 'Open Learning', arguments: [{ folder, id }] };
	return item;
}
