import assert from 'node:assert/strict';
import type { App, Link } from '../../src/core/api';
import type { FileFate } from '../../src/core/outcome';
import { resetVscode, vscodeDouble } from '../support/vscodeDouble';
import { Fates } from '../../src/views/trees/fates';
import { fileAtPath } from '../../src/views/trees/linkGroups';
import { LinksTree, type LinkNode } from '../../src/views/trees/linksTree';
import { fakeApp, type FakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';
import { silentLog } from '../support/silentLog';

const edit = (file_path: string) => ({ file_path, before: 'a', after: 'b', whole: false, fidelity: 'recorded' as const });
const fateOf = (file_path: string, state: FileFate['state'], more: Partial<FileFate> = {}): FileFate => ({
	file_path,
	state,
	counts: { written: 3, kept: state === 'gone' ? 0 : 2, reformatted: 0, moved: 0, changed: 0, rewritten: 0, deleted: state === 'kept' ? 0 : 1 },
	lines: [],
	...more,
});
const chunk = (id: string, label: string, file_path: string, start_line: number) => ({ type: 'chunk' as const, id, label, file_path, start_line });

/** Two sessions: one turn on two files, a later one on one of them; `parse` is a symbol that only the later one is linked to. */
async function twoSessions(overrides: (app: FakeApp) => Partial<App> = () => ({})) {
	const base = fakeApp();
	const first = await base.put({ prompt: 'Write the parser', session_id: 'one', edits: [edit('src/parse.ts'), edit('src/print.ts')] });
	const second = await base.put({ prompt: 'Mend the parser', session_id: 'two', edits: [edit('src/parse.ts')] });
	await base.put({ prompt: 'A question', session_id: 'two' });
	const end = { type: 'turn' as const, id: second, label: 'Mend the parser' };
	const links: Link[] = [
		{ from: end, to: chunk('c_1', 'parse', 'src/parse.ts', 10), kind: 'changed' },
		{ from: chunk('c_2', 'src/print.ts:5', 'src/print.ts', 5), to: { ...end, id: first }, kind: 'changed' },
	];
	const asked: string[] = [];
	const fate: App['fate'] = async ({ id }) => {
		asked.push(id);
		await new Promise((resolve) => setImmediate(resolve));
		return { turn_id: id, files: [fateOf('src/parse.ts', id === first ? 'gone' : 'kept'), fateOf('src/print.ts', 'changed', { now_path: 'src/write.ts' })] };
	};
	const host = fakeHost({ ...base, links: () => Promise.resolve({ links }), fate, ...overrides(base) });
	const tree = new LinksTree(host);
	const items = async (node?: LinkNode) => (await tree.getChildren(node)).map((child) => tree.getTreeItem(child));
	const child = async (label: string, node?: LinkNode): Promise<LinkNode> => {
		const found = (await tree.getChildren(node)).find((one) => tree.getTreeItem(one).label === label);
		assert.ok(found, label);
		return found;
	};
	return { host, tree, items, child, asked, first, second };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('links tree', () => {
	beforeEach(resetVscode);

	it('shows files, the one in the editor first, without asking what became of any turn', async () => {
		const { items, asked } = await twoSessions();
		assert.deepEqual(
			(await items()).map(({ label }) => label),
			['parse.ts', 'print.ts'],
		);
		vscodeDouble.window.activeTextEditor = { document: { uri: vscodeDouble.Uri.file('/shop/src/print.ts') } };
		const [first, second] = await items();
		assert.deepEqual([first?.label, first?.description], ['print.ts', 'src · 1 turn, in the editor']);
		assert.equal(second?.accessibilityInformation?.label, 'File src/parse.ts: 2 turns');
		assert.deepEqual(asked, []);
	});

	it('shows definitions with their turns, and the other turns under the file itself', async () => {
		const { tree, items, child } = await twoSessions();
		const file = await child('parse.ts');
		assert.deepEqual(
			(await items(file)).map(({ label }) => label),
			['parse', 'Write the parser'],
		);
		const symbol = await child('parse', file);
		assert.deepEqual(
			(await items(symbol)).map(({ label }) => label),
			['Mend the parser'],
		);
		assert.deepEqual(
			(await items(await child('print.ts'))).map(({ label }) => label),
			['Write the parser'],
		);
		assert.equal(tree.getParent(symbol), file);
	});

	it('shows what became of the turns of an opened file once it is known, and of those alone', async () => {
		const { tree, items, child, asked, first } = await twoSessions();
		const redrawn: unknown[] = [];
		tree.onDidChangeTreeData((node) => redrawn.push(node));
		const file = await child('parse.ts');
		const before = (await items(file)).at(-1);
		assert.deepEqual(before?.iconPath, new vscodeDouble.ThemeIcon('circle-outline', undefined));
		await settled();
		assert.deepEqual(asked, [first]);
		assert.equal(redrawn.length, 1);
		const after = (await items(file)).at(-1);
		assert.deepEqual(after?.iconPath, new vscodeDouble.ThemeIcon('trash', new vscodeDouble.ThemeColor('gitDecoration.deletedResourceForeground')));
		assert.match(after.accessibilityInformation?.label ?? '', /Nothing of what the turn wrote is left\. Of 3 lines: 1 deleted$/);
		assert.deepEqual(after.command?.arguments, [{ folder: '/shop', id: first, file_path: 'src/parse.ts' }]);
	});

	it('tells in the tooltip what became of a turn, asked when the mouse rests on it', async () => {
		const { tree, child, second } = await twoSessions();
		const node = await child('Mend the parser', await child('parse', await child('parse.ts')));
		const item = tree.getTreeItem(node);
		assert.equal(item.tooltip, undefined);
		const { tooltip } = await tree.resolveTreeItem(item, node);
		assert.equal(node.type === 'fileTurn' && node.id, second);
		assert.match(typeof tooltip === 'string' ? tooltip : '', /All that the turn wrote is still there\. Of 3 lines: 2 kept$/);
	});

	it('shows sessions, their turns and what became of the files of a turn that is opened', async () => {
		const { host, items, child, asked, first } = await twoSessions();
		await host.links.arrange('sessions');
		assert.deepEqual(
			(await items()).map(({ label, description }) => [label, description]),
			[
				['Mend the parser', 'claude-code · 1 turn · 2026-01-01'],
				['Write the parser', 'claude-code · 1 turn · 2026-01-01'],
			],
		);
		const session = await child('Write the parser');
		const turn = await child('Write the parser', session);
		assert.deepEqual(asked, []);
		const files = await items(turn);
		assert.deepEqual(asked, [first]);
		assert.deepEqual(
			files.map(({ label, description }) => [label, description]),
			[
				['parse.ts', 'src · gone'],
				['print.ts', 'src · changed · now in src/write.ts'],
			],
		);
		const tooltip = files[1]?.tooltip;
		assert.match(
			typeof tooltip === 'string' ? tooltip : '',
			/Some of what the turn wrote has changed\. It is in src\/write\.ts now\. Of 3 lines: 2 kept, 1 deleted/,
		);
	});

	it('shows files without a state where nobody can tell what became of them', async () => {
		const { host, items, child } = await twoSessions(() => ({ fate: () => Promise.reject(new Error('not yet')) }));
		await host.links.arrange('sessions');
		const turn = await child('Write the parser', await child('Write the parser'));
		assert.deepEqual(
			(await items(turn)).map(({ accessibilityInformation }) => accessibilityInformation?.label),
			['File src/parse.ts: what became of it is not known', 'File src/print.ts: what became of it is not known'],
		);
	});

	it('asks for its data once however often it is laid out anew, and again after a refresh', async () => {
		const { host, tree } = await twoSessions();
		await tree.getChildren();
		tree.rearrange();
		await tree.getChildren();
		const asked = (): number => host.app.calls.filter((call) => call === 'listTurns').length;
		assert.equal(asked(), 1);
		tree.refresh();
		await tree.getChildren();
		assert.equal(asked(), 2);
	});

	it('finds the node of a file that turns changed, and none for another file', async () => {
		const { tree } = await twoSessions();
		const node = await tree.nodeOf(vscodeDouble.Uri.file('/shop/src/print.ts') as never);
		assert.equal(node?.type === 'file' && node.file.path, 'src/print.ts');
		assert.equal(await tree.nodeOf(vscodeDouble.Uri.file('/shop/mysrc/print.ts') as never), undefined);
		assert.equal(await tree.nodeOf(vscodeDouble.Uri.file('/elsewhere/src/print.ts') as never), undefined);
	});

	it('is empty without turns', async () => {
		assert.deepEqual(await new LinksTree(fakeHost()).getChildren(), []);
	});
});

describe('what became of turns', () => {
	it('is asked one turn after the other, and what is dropped not at all', async () => {
		let running = 0;
		let most = 0;
		const asked: string[] = [];
		const ask = async (_folder: string, id: string) => {
			asked.push(id);
			most = Math.max(most, ++running);
			await settled();
			running--;
			return { turn_id: id, files: [] };
		};
		const fates = new Fates(ask, silentLog);
		for (const id of ['a', 'b', 'c', 'd']) fates.want(id, '/shop', id, () => undefined);
		while (asked.length < 2) await settled();
		fates.drop();
		await settled();
		await settled();
		assert.deepEqual([asked, most], [['a', 'b'], 1]);
	});
});

describe('a file of links', () => {
	it('is the one whose path says most of an absolute path', () => {
		const files = [{ path: 'price.ts' }, { path: 'src/price.ts' }];
		assert.equal(fileAtPath(files, '/shop/src/price.ts')?.path, 'src/price.ts');
		assert.equal(fileAtPath(files, 'C:\\shop\\price.ts')?.path, 'price.ts');
		assert.equal(fileAtPath(files, '/shop/myprice.ts'), undefined);
	});
});
