import assert from 'node:assert/strict';
import type { App } from '../../src/core/api';
import type { AuthorTurn, Why } from '../../src/core/attribution';
import { contentProviders, disk, executed, registered, resetVscode, user, vscodeDouble } from '../support/vscodeDouble';
import { registerCommands } from '../../src/commands/commands';
import { itemsOf } from '../../src/commands/whyLine';
import { commandIds, type CommandId } from '../../src/vscode/commandIds';
import { registerTurnDocuments } from '../../src/vscode/turnDocuments';
import { whyRows } from '../../src/vscode/whyRows';
import { fakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';

const turn: AuthorTurn = {
	id: 't_1',
	assistant: 'claude-code',
	session_id: 's',
	started_at: '2026-01-07T08:50:00.000Z',
	prompt_summary: 'Read prices with a decimal comma',
	response_summary: 'Fixed.',
	modification_type: 'bugfix',
	status: 'analyzed',
	model: 'claude-opus-5-5',
};
const unknown: Why = {
	file_path: 'src/price.ts',
	line: 3,
	text: '\tconst plain = 1;',
	symbol: '',
	attribution: 'unknown',
	state: 'unknown',
	turn_id: '',
	chat_id: '',
	commit_sha: '',
	note: 'No captured turn wrote this line, and nobody was seen typing it.',
};
const commit = { sha: 'abcdef1234567890', subject: 'Read prices', author: 'Sam', at: '2026-01-07T09:00:00Z' };
const byTurn: Why = { ...unknown, attribution: 'ai', state: 'kept', turn_id: 't_1', chat_id: 't_1', turn, commit_sha: commit.sha, commit, note: '' };

/** An editor whose cursor is on line 3. */
function openEditor(dirty: boolean): void {
	const document = { uri: vscodeDouble.Uri.file('/shop/src/price.ts'), isDirty: dirty, getText: () => 'the text of the editor' };
	vscodeDouble.window.activeTextEditor = Object.assign({ document }, { selection: { active: { line: 2 } } });
}

function asking(why: Why): Parameters<App['why']>[0][] {
	const asked: Parameters<App['why']>[0][] = [];
	const host = fakeHost(fakeApp({ why: (input) => Promise.resolve(void asked.push(input)).then(() => why) }));
	registerCommands(host);
	return asked;
}

const run = async (id: CommandId, args?: unknown): Promise<unknown> => registered.get(id)?.(args);

describe('why is this line here', () => {
	beforeEach(resetVscode);

	it('asks for the line of the cursor, with the text of the editor only where it is not saved', async () => {
		const asked = asking(byTurn);
		openEditor(false);
		// The menu of an editor hands over the address of the file.
		await run(commandIds.whyLine, vscodeDouble.Uri.file('/shop/src/other.ts'));
		openEditor(true);
		await run(commandIds.whyLine);
		const file = '/shop/src/price.ts';
		assert.deepEqual(asked, [
			{ file, line: 3 },
			{ file, line: 3, text: 'the text of the editor' },
		]);
	});

	it('does what is chosen with the turn that wrote the line', async () => {
		asking(byTurn);
		openEditor(false);
		user.answers.push('Compare Then and Now', "Copy the Turn's Id", 'Open the Diff of the Commit', undefined);
		for (let times = 0; times < 4; times++) await run(commandIds.whyLine);
		assert.deepEqual(executed, [
			{ command: commandIds.compareTurn, args: [{ folder: '/shop', id: 't_1', file_path: 'src/price.ts' }] },
			{ command: commandIds.copyTurnId, args: [{ folder: '/shop', id: 't_1' }] },
			{ command: commandIds.openCommit, args: [{ folder: '/shop', file_path: 'src/price.ts', sha: commit.sha }] },
		]);
	});

	it('says what to do where no file is open, or one that is not on the disk', async () => {
		asking(byTurn);
		await run(commandIds.whyLine);
		openEditor(false);
		Object.assign(vscodeDouble.window.activeTextEditor?.document ?? {}, { uri: vscodeDouble.Uri.from({ scheme: 'untitled', path: '/x' }) });
		await run(commandIds.whyLine);
		assert.deepEqual(
			user.messages.map(({ message }) => /No file is open|Open the file itself/.exec(message)?.[0]),
			['No file is open', 'Open the file itself'],
		);
	});
});

describe('what is said of a line', () => {
	const labels = (why: Why): (string | undefined)[][] => itemsOf(whyRows(why, '/shop')).map(({ label, description }) => [label, description]);

	it('names who wrote it, when, after which prompt, and the commit', () => {
		const counts = { written: 3, kept: 2, reformatted: 0, moved: 0, changed: 0, rewritten: 1, deleted: 0 };
		assert.deepEqual(labels({ ...byTurn, since: counts }).slice(0, 8), [
			['What is known', undefined],
			['Written by claude-code, kept word for word', undefined],
			['Prompt', 'Read prices with a decimal comma'],
			['Answer', 'Fixed.'],
			['Model', 'claude-opus-5-5'],
			['When', '2026-01-07 08:50 UTC'],
			["The turn's lines here", 'Of 3 lines: 2 kept, 1 rewritten'],
			['Commit', 'abcdef12 Read prices (Sam, 2026-01-07)'],
		]);
	});

	it('offers nothing to do, and says why, where nobody is known', () => {
		assert.deepEqual(labels(unknown), [
			['What is known', undefined],
			['Nobody is known to have written this line', undefined],
			['Note', unknown.note],
		]);
	});

	it('names the turn whose line stood there before', () => {
		const rows = whyRows({ ...unknown, state: 'rewritten', was: { turn, text: 'const plain = 0;' } }, '/shop');
		assert.equal(rows.headline, 'In place of a line that claude-code had written, rewritten since');
		assert.deepEqual(rows.facts.find(({ name }) => name === 'Stood here before')?.value, 'const plain = 0;');
		assert.equal(rows.actions[0]?.args['id'], 't_1');
	});

	it('names a line that is not committed, one that a person typed and one that came from another file', () => {
		const typed = whyRows({ ...unknown, attribution: 'human', state: 'kept', commit: { sha: '', subject: '', author: '', at: '' } }, '/shop');
		assert.deepEqual([typed.headline, typed.facts[0]?.value, typed.actions], ['Typed by a person, kept word for word', 'not committed yet', []]);
		const moved = whyRows({ ...byTurn, state: 'moved', written: { file_path: 'src/old.ts', line: 1, edit: 0 } }, '/shop');
		assert.equal(moved.headline, 'Written by claude-code, moved here from src/old.ts');
		assert.equal(moved.actions.find(({ command }) => command === commandIds.compareTurn)?.args['file_path'], 'src/old.ts');
	});

	it('offers the learning in place of a promotion', () => {
		const { actions } = whyRows({ ...byTurn, turn: { ...turn, learning_id: 'l_1' }, learning: { id: 'l_1', description: 'Commas' } }, '/shop');
		assert.deepEqual(
			actions.filter(({ icon }) => icon === 'lightbulb').map(({ command, args }) => [command, args]),
			[[commandIds.openLearning, { folder: '/shop', id: 'l_1' }]],
		);
	});
});

describe('diffs of a turn', () => {
	beforeEach(resetVscode);

	const whole = (file_path: string, before: string, after: string) => ({ file_path, before, after, whole: true, fidelity: 'recorded' as const });
	const snippet = (file_path: string, before: string, after: string) => ({ ...whole(file_path, before, after), whole: false });
	const counts = { written: 2, kept: 2, reformatted: 0, moved: 0, changed: 0, rewritten: 0, deleted: 0 };

	/** What the last diff was opened with: both texts, and the title. */
	async function opened(): Promise<unknown[]> {
		const [left, right, title] = executed.at(-1)?.args ?? [];
		const text = async (uri: unknown): Promise<string> => {
			assert.ok(uri instanceof vscodeDouble.Uri);
			const provider = contentProviders.get(uri.scheme);
			return provider === undefined ? `file ${uri.path}` : provider.provideTextDocumentContent(uri);
		};
		return [await text(left), await text(right), title];
	}

	it('show the whole file as the turn left it beside the file, wherever that is now', async () => {
		const base = fakeApp();
		const id = await base.put({ prompt: 'x', edits: [whole('a.ts', 'one', 'two'), whole('a.ts', 'two', 'three')] });
		const fate: App['fate'] = () => Promise.resolve({ turn_id: id, files: [{ file_path: 'a.ts', now_path: 'b.ts', state: 'changed', counts, lines: [] }] });
		const host = fakeHost({ ...base, fate });
		registerCommands(host);
		registerTurnDocuments(host);
		disk.set('/shop/b.ts', 'three');
		await run(commandIds.compareTurn, { folder: '/shop', id, file_path: 'a.ts' });
		assert.deepEqual(await opened(), ['three', 'file /shop/b.ts', 'a.ts: as the turn left it ↔ now in b.ts']);
		disk.clear();
		await run(commandIds.compareTurn, { folder: '/shop', id, file_path: 'b.ts' });
		assert.deepEqual(await opened(), ['three', '', 'a.ts: as the turn left it ↔ the file is gone']);
		await run(commandIds.diffTurn, { folder: '/shop', id });
		assert.deepEqual(await opened(), ['one', 'three', 'a.ts: before and after the turn']);
	});

	it('show what a turn wrote at a place beside the lines where that stands now', async () => {
		const base = fakeApp();
		const id = await base.put({
			prompt: 'x',
			edits: [snippet('a.ts', 'old', 'new 1\nnew 2'), { ...snippet('a.ts', '', 'refused'), state: 'rejected' as const }],
		});
		const at = (line: number) => ({ file_path: 'a.ts', line });
		const lines = [1, 2].map((line) => ({ edit: 0, line, fate: 'kept' as const, at: at(line + 1) }));
		let known = lines;
		const fate: App['fate'] = () => Promise.resolve({ turn_id: id, files: [{ file_path: 'a.ts', state: 'kept', counts, lines: known }] });
		const host = fakeHost({ ...base, fate });
		registerCommands(host);
		registerTurnDocuments(host);
		disk.set('/shop/a.ts', 'first\nnew 1\nnew 2\nlast\n');
		await run(commandIds.compareTurn, { folder: '/shop', id, file_path: 'a.ts' });
		assert.deepEqual(await opened(), ['new 1\nnew 2', 'new 1\nnew 2', 'a.ts: what the turn wrote ↔ lines 2–3 now']);
		known = [];
		await run(commandIds.compareTurn, { folder: '/shop', id, file_path: 'a.ts' });
		assert.deepEqual(await opened(), ['new 1\nnew 2', '', 'a.ts: what the turn wrote ↔ nothing of it is left']);
	});

	it('show all files of a turn that changed several, and say so where it changed none', async () => {
		const host = fakeHost();
		registerCommands(host);
		const many = await host.app.put({ prompt: 'x', edits: [whole('a.ts', '', 'a'), whole('b.ts', '', 'b')] });
		const none = await host.app.put({ prompt: 'y' });
		await run(commandIds.diffTurn, { folder: '/shop', id: many });
		const [title, list] = executed.at(-1)?.args ?? [];
		assert.deepEqual([executed.at(-1)?.command, title, Array.isArray(list) && list.length], ['vscode.changes', '2 files before and after the turn', 2]);
		await run(commandIds.diffTurn, { folder: '/shop', id: none });
		assert.match(user.messages.at(-1)?.message ?? '', /changed no file/);
	});

	it('compare with the file itself while nobody can tell what became of the turn', async () => {
		const base = fakeApp();
		const id = await base.put({ prompt: 'x', edits: [snippet('a.ts', 'old', 'new')] });
		const host = fakeHost({ ...base, fate: () => Promise.reject(new Error('not yet')) });
		registerCommands(host);
		registerTurnDocuments(host);
		disk.set('/shop/a.ts', 'new');
		await run(commandIds.compareTurn, { folder: '/shop', id, file_path: 'a.ts' });
		assert.deepEqual(await opened(), ['new', 'file /shop/a.ts', 'a.ts: what the turn wrote ↔ now']);
	});
});
