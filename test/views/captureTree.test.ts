import assert from 'node:assert/strict';
import type { TreeItem } from 'vscode';
import type { App } from '../../src/core/api';
import { AssistantCapture } from '../../src/core/captureStatus';
import { resetVscode } from '../support/vscodeDouble';
import { CaptureTree } from '../../src/views/trees/captureTree';
import { fakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';

const now = '2026-03-10T12:00:00.000Z';
const claude = AssistantCapture.parse({
	assistant: 'claude-code',
	label: 'Claude Code',
	present: true,
	hooks: 'not installed',
	state: 'partly',
	channels: { hook: 3, transcript: 12 },
	turns: 12,
	running: 1,
	whole: { count: 10, of: 11, share: 10 / 11 },
	reasons: [{ reason: 'no model', count: 1 }],
	not_offered: [{ what: 'no time of its end', why: 'it keeps no times' }],
	last_turn_at: '2026-03-10T11:58:00.000Z',
	last_whole_at: '2026-03-10T11:58:00.000Z',
	understood_version: '2.1.330',
	versions: [{ version: '2.1.331', turns: 12, last_at: '2026-03-10T11:58:00.000Z' }],
	seen_live: true,
	unknown: [{ kind: 'line:mood', count: 4, last_at: '2026-03-09T11:58:00.000Z' }],
	hook_calls: { calls: 0, set_aside: 0 },
	failed_readings: 0,
});
const blind: AssistantCapture = {
	...claude,
	assistant: 'codex',
	label: 'Codex',
	hooks: 'installed',
	state: 'blind',
	blind: { since: '2026-03-10T09:00:00.000Z', why: 'nothing came' },
};
const unused: AssistantCapture = { ...claude, assistant: 'aider', label: 'aider', state: 'unused', present: false, turns: 0, whole: { count: 0, of: 0 } };

/** What a tree shows of the given assistants. */
function treeOf(...assistants: AssistantCapture[]) {
	const captureStatus: App['captureStatus'] = () => Promise.resolve({ at: now, assistants, set_aside: 0 });
	const tree = new CaptureTree(fakeHost(fakeApp({ captureStatus })));
	const roots = () => tree.getChildren();
	const item = (node: Awaited<ReturnType<typeof roots>>[number]): TreeItem => tree.getTreeItem(node);
	return { tree, roots, item };
}
/** A label of ours is always a string. */
const labelOf = ({ label }: TreeItem) => (typeof label === 'string' ? label : '');
const iconOf = ({ iconPath }: TreeItem) => (typeof iconPath === 'object' && 'id' in iconPath ? iconPath.id : undefined);

describe('capture tree', () => {
	beforeEach(resetVscode);

	it('shows the assistants in use, with what to think of them', async () => {
		const { roots, item } = treeOf(claude, blind, unused);
		const items = (await roots()).map(item);
		assert.deepEqual(
			items.map((one) => [one.label, one.description, iconOf(one), one.contextValue]),
			[
				['Claude Code', '12 turns, 90% whole, 2 min ago', 'warning', 'assistant.withoutHooks'],
				['Codex', 'blind since 3 h ago: 12 turns, 90% whole, 2 min ago', 'eye-closed', 'assistant'],
			],
		);
		assert.equal(items[0]?.accessibilityInformation?.label, 'Claude Code: capture misses something. 12 turns, 90% whole, 2 min ago');
	});

	it('tells below an assistant where turns came from, what they miss and how far the format is known', async () => {
		const { tree, roots, item } = treeOf(claude);
		const [node] = await roots();
		const facts = (await tree.getChildren(node)).map(item);
		assert.deepEqual(
			facts.map((fact) => `${labelOf(fact)} | ${String(fact.description)}`),
			[
				'Seen by hooks | 3 turns',
				'Seen by transcripts | 12 turns',
				'Whole | 10 of 11 turns',
				'Missing: no model | 1 turn',
				'Not offered: no time of its end | it keeps no times',
				'Still running | 1 turn',
				'Hooks | not installed',
				'Format | understood as of version 2.1.330',
				'Version 2.1.331 | 12 turns, 2 min ago',
				'Unknown record: line:mood | 4 times, 24 h ago',
			],
		);
		assert.equal(new Set(facts.map(({ id }) => id)).size, facts.length);
		for (const fact of facts) assert.ok(fact.accessibilityInformation?.label.startsWith(`${labelOf(fact)}: `));
	});

	it('says first why capture is blind, and that a format was never seen live', async () => {
		const { tree, roots, item } = treeOf({ ...blind, seen_live: false });
		const [node] = await roots();
		const facts = (await tree.getChildren(node)).map(item);
		assert.deepEqual([facts[0]?.label, facts[0]?.description], ['Blind', 'Codex, since 2026-03-10 09:00 UTC: nothing came']);
		assert.match(String(facts.find(({ label }) => label === 'Format')?.description), /not seen live: built from documents$/);
	});

	it('is empty, so that the welcome text shows, where no assistant was seen', async () => {
		assert.deepEqual(await treeOf(unused).roots(), []);
	});
});
