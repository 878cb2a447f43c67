import * as vscode from 'vscode';
import type { Host } from '../../vscode/host';
import { CaptureTree } from './captureTree';
import { LearningsTree } from './learningsTree';
import { LinksTree, type LinkNode } from './linksTree';
import type { LiveTree } from './liveTree';
import { ReviewTree } from './reviewTree';
import { watchChanges } from './watchChanges';

export const viewIds = { review: 'codelearn.review', learnings: 'codelearn.learnings', links: 'codelearn.links', capture: 'codelearn.capture' } as const;

export interface Trees {
	dispose(): void;
	readonly review: ReviewTree;
	readonly learnings: LearningsTree;
	readonly links: LinksTree;
	readonly capture: CaptureTree;
}

/** The four views of the side bar. They are asked for data only while one of them is visible. */
export function registerTrees(host: Host): Trees {
	const review = new ReviewTree(host);
	const learnings = new LearningsTree(host);
	const links = new LinksTree(host);
	const capture = new CaptureTree(host);
	const reviewView = viewOf(viewIds.review, review);
	const linksView = viewOf(viewIds.links, links);
	const captureView = viewOf(viewIds.capture, capture);
	const views = [reviewView, viewOf(viewIds.learnings, learnings), linksView, captureView];
	review.onCount = (count) => {
		reviewView.badge = count === 0 ? undefined : { value: count, tooltip: `${count} turns wait for review` };
	};
	const isVisible = (): boolean => views.some(({ visible }) => visible);
	const refreshAll = (): void => {
		for (const tree of [review, learnings, links, capture]) tree.refresh();
	};
	const watch = watchChanges(() => host.current().app, isVisible, refreshAll, host.log);
	const shown = (): void => {
		watch.wake();
		if (isVisible()) refreshAll();
	};
	host.links.reveal = (file) => revealIn(host, linksView, links, file);
	const arranged = (): void => {
		void vscode.commands.executeCommand('setContext', 'codelearn.links.arrangement', host.links.arrangement);
		links.rearrange();
	};
	arranged();
	const parts = vscode.Disposable.from(
		...views,
		watch,
		...views.map((view) => view.onDidChangeVisibility(shown)),
		vscode.workspace.onDidChangeWorkspaceFolders(refreshAll),
		vscode.window.onDidChangeWindowState(({ focused }) => focused && isVisible() && refreshAll()),
		host.capture.onDidChange(() => captureView.visible && capture.refresh()),
		vscode.window.onDidChangeActiveTextEditor(() => linksView.visible && host.links.arrangement === 'files' && links.rearrange()),
		host.links.onDidArrange(arranged),
	);
	watch.wake();
	return { review, learnings, links, capture, dispose: () => void parts.dispose() };
}

/** A file has a place of its own only in the layout by files. */
async function revealIn(host: Host, view: vscode.TreeView<LinkNode>, tree: LinksTree, file: vscode.Uri): Promise<boolean> {
	await host.links.arrange('files');
	const node = await tree.nodeOf(file);
	if (node !== undefined) await view.reveal(node, { select: true, focus: true, expand: true });
	return node !== undefined;
}

function viewOf<N>(id: string, tree: LiveTree<N>): vscode.TreeView<N> {
	const view = vscode.window.createTreeView(id, { treeDataProvider: tree, showCollapseAll: true });
	tree.onTrouble = (message) => {
		// Set only when it differs: each setting redraws the view.
		const shown = message ?? '';
		if ((view.message ?? '') !== shown) view.message = shown;
	};
	return view;
}
