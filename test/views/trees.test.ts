import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import type { App, Link } from '../../src/core/api';
import { resetVscode } from '../support/vscodeDouble';
import { LearningsTree } from '../../src/views/trees/learningsTree';
import { ReviewTree } from '../../src/views/trees/reviewTree';
import { fakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';

const edit = { file_path: 'src/a.ts', before: 'a', after: 'b', whole: false, fidelity: 'recorded' as const };
const labels = (items: TreeItem[]): unknown[] => items.map(({ label }) => label);

describe('review tree', () => {
	beforeEach(resetVscode);

	it('shows turns that wait, the most promising and then the newest first, and counts them', async () => {
		const { app, ...host } = fakeHost();
		await app.put({ prompt: 'old question' });
		await app.put({ prompt: 'an edit', edits: [edit] });
		await app.put({ prompt: 'new question' });
		const done = await app.put({ prompt: 'decided' });
		await app.setReview({ id: done, review: 'ignored' });
		const tree = new ReviewTree({ ...host });
		let count = 0;
		tree.onCount = (waiting) => (count = waiting);
		const nodes = await tree.getChildren();
		const items = nodes.map((node) => tree.getTreeItem(node));
		assert.deepEqual(labels(items), ['an edit', 'new question', 'old question']);
		assert.equal(count, 3);
		assert.deepEqual([items[0]?.description, items[0]?.contextValue], ['claude-code · 80%', 'turn']);
		assert.match(items[0]?.accessibilityInformation?.label ?? '', /^Turn: an edit\. claude-code/);
	});

	it('shows the files and the linked code of a turn, each once', async () => {
		const chunk = { type: 'chunk' as const, id: 'c_1', label: 'load', file_path: 'src/a.ts', start_line: 3, end_line: 9 };
		const app = fakeApp();
		const id = await app.put({ prompt: 'an edit', edits: [edit, edit] });
		const { getTurn } = app;
		const end = { type: 'turn' as const, id, label: 'an edit' };
		const links: Link[] = [
			{ from: end, to: chunk, kind: 'changed' },
			{ from: chunk, to: end, kind: 'changed' },
		];
		const tree = new ReviewTree(fakeHost({ ...app, getTurn: async (input) => ({ ...(await getTurn(input)), links, root: '/repo' }) }));
		const [turn] = await tree.getChildren();
		const items = (await tree.getChildren(turn)).map((node) => tree.getTreeItem(node));
		assert.deepEqual(labels(items), ['src/a.ts', 'load']);
		assert.deepEqual(items[1]?.command?.arguments, [{ root: '/repo', file_path: 'src/a.ts', start_line: 3, end_line: 9 }]);
	});

	it('tells the tools and what changed in the tooltip, as text that cannot be markup', async () => {
		const host = fakeHost();
		await host.app.put({ prompt: '[x](command:evil) <b>', edits: [edit], tools: [{ name: 'Read' }, { name: 'Edit' }] });
		const tree = new ReviewTree(host);
		const [node] = await tree.getChildren();
		assert.ok(node);
		const { tooltip } = await tree.resolveTreeItem(tree.getTreeItem(node), node);
		const text = typeof tooltip === 'object' ? tooltip.value : '';
		assert.match(text, /Read→Edit[^]*Modified src\/a\.ts/);
		assert.ok(!text.includes('[x](') && !text.includes('<b>'));
	});

	it('is empty and says why when the server fails, and recovers', async () => {
		let broken = true;
		const good = fakeApp();
		await good.put({ prompt: 'one' });
		const listTurns: App['listTurns'] = (input) => (broken ? Promise.reject(new Error('no server')) : good.listTurns(input));
		const tree = new ReviewTree(fakeHost({ ...good, listTurns }));
		const said: (string | undefined)[] = [];
		tree.onTrouble = (message) => said.push(message);
		assert.deepEqual(await tree.getChildren(), []);
		broken = false;
		assert.equal((await tree.getChildren()).length, 1);
		assert.deepEqual(said, ['no server', undefined]);
	});
});

describe('learnings tree', () => {
	it('groups by category, then tag, and opens a learning by a click', async () => {
		const host = fakeHost();
		await host.app.promote({ description: 'Quote paths', category: 'shell', tags: ['bash'] });
		await host.app.promote({ description: 'Close files', tags: ['io'] });
		await host.app.promote({ description: 'Loose end' });
		const tree = new LearningsTree(host);
		const groups = await tree.getChildren();
		assert.deepEqual(labels(groups.map((node) => tree.getTreeItem(node))), ['io', 'shell', 'Other']);
		const [learning] = await tree.getChildren(groups[1]);
		assert.ok(learning);
		const item = tree.getTreeItem(learning);
		assert.deepEqual([item.label, item.description, item.command?.command], ['Quote paths', 'bash', 'codelearn.learning.open']);
	});

	it('shows a turn that was promoted', async () => {
		const host = fakeHost();
		const id = await host.app.put({ prompt: 'Fix the parser' });
		await host.app.promote({ turn_id: id });
		const review = new ReviewTree(host);
		const tree = new LearningsTree(host);
		const [group] = await tree.getChildren();
		assert.deepEqual(labels((await tree.getChildren(group)).map((node) => tree.getTreeItem(node))), ['Fix the parser']);
		assert.deepEqual(await review.getChildren(), []);
	});
});
