import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { cline } from '../../../src/capture/chat/cline';
import { searchBlocks } from '../../../src/capture/chat/clineTaskEdits';
import { kilo } from '../../../src/capture/chat/kilo';
import { roo } from '../../../src/capture/chat/roo';
import { sourceOf } from '../../../src/capture/chat/sources';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { sha256 } from '../../../src/platform/hash';
import { inFolder, readAll, type Reading } from './reading';
import { assertTurns, fixtures, root, type Expected } from './recorded';

const user = join(fixtures, 'cline-tasks/User');
const storage = join(user, 'globalStorage');
const clineTask = join(storage, 'saoudrizwan.claude-dev/tasks/1795000000000/ui_messages.json');
const rooTask = join(storage, 'rooveterinaryinc.roo-cline/tasks/11111111-aaaa-4aaa-8aaa-111111111111/ui_messages.json');
const rooChild = join(storage, 'rooveterinaryinc.roo-cline/tasks/22222222-bbbb-4bbb-8bbb-222222222222/ui_messages.json');
const kiloTask = join(storage, 'kilocode.kilo-code/tasks/33333333-cccc-4ccc-8ccc-333333333333/ui_messages.json');
const expected = (name: string): Expected[] =>
	(JSON.parse(readFileSync(join(fixtures, 'cline-tasks', `${name}.expected.json`), 'utf8')) as { turns: Expected[] }).turns;
const standing = (turns: readonly TurnObservation[]): TurnObservation[] =>
	turns.map((turn) => ({ ...turn, edits: turn.edits.filter((edit) => edit.state === 'applied') }));

describe('tasks of Cline, Roo Code and Kilo Code', () => {
	for (const [source, path, name] of [
		[cline, clineTask, 'cline'],
		[roo, rooTask, 'roo'],
		[roo, rooChild, 'roo-child'],
		[kilo, kiloTask, 'kilo'],
	] as const)
		it(`reads the task ${name} as it was written`, async () => {
			const { turns, unknown } = await readAll(source, path);
			assert.deepEqual(unknown, []);
			assertTurns(standing(turns), expected(name));
			for (const turn of turns) assert.deepEqual([turn.assistant, turn.cwd], [source.name, root]);
			// The other file of the task leads to the same.
			assert.deepEqual(await readAll(source, join(dirname(path), 'api_conversation_history.json')), { turns, unknown });
		});

	it('tells what the person refused, the model and the version', async () => {
		const { turns } = await readAll(cline, clineTask);
		assert.deepEqual(
			turns[1]?.edits.map(({ file_path, before, after, state }) => [file_path, before, after, state]),
			[[`${root}/src/sum.js`, 'export function sum(list) {', 'export function sum(numbers) {', 'rejected']],
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.model, turn.source_version]),
			[0, 60_000, 61_000].map((at) => [`at-${1_795_000_000_000 + at}`, 'claude-sonnet-4-5', '3.40.0']),
		);
		assert.equal((await readAll(roo, rooTask)).turns[0]?.model, 'gpt-5.2');
	});

	it('hangs a sub-task under the turn that started it', async () => {
		const [parent] = (await readAll(roo, rooTask)).turns;
		const [child] = (await readAll(roo, rooChild)).turns;
		assert.equal(child?.parent_turn_id, turnId(sha256, 'roo', parent?.session_id ?? '', parent?.turn_key ?? ''));
		assert.equal(parent?.parent_turn_id, undefined);
	});

	it('finds tasks of every editor, and where variables lead', async () => {
		for (const [source, sessions] of [
			[cline, ['1795000000000']],
			[roo, ['11111111-aaaa-4aaa-8aaa-111111111111', '22222222-bbbb-4bbb-8bbb-222222222222']],
			[kilo, ['33333333-cccc-4ccc-8ccc-333333333333']],
		] as const)
			await inFolder(async (home) => {
				const ids = async (env: Record<string, string>, platform: NodeJS.Platform = 'linux'): Promise<string[]> =>
					(await source.find({ home, platform, env })).map((ref) => {
						assert.deepEqual([ref.cwd, ref.source], [root, source.name]);
						return ref.session_id;
					});
				assert.deepEqual(await ids({}), []);
				assert.deepEqual(await ids({ CODELEARN_VSCODE_USER_DIR: user }), sessions);
				const folder = dirname(dirname(dirname(join(source === cline ? clineTask : source === roo ? rooTask : kiloTask))));
				assert.deepEqual(await ids({ [`CODELEARN_${source.name.toUpperCase()}_DIR`]: folder }), sessions);
				for (const [place, platform] of [
					['.config/Windsurf/User', 'linux'],
					['Library/Application Support/VSCodium/User', 'darwin'],
					['AppData/Roaming/Cursor/User', 'win32'],
				] as const) {
					cpSync(user, join(home, place), { recursive: true });
					assert.deepEqual(await ids({}, platform), sessions);
				}
			});
	});

	it('tells whose a file is by its place, and takes one without a place for Cline', () => {
		assert.equal(sourceOf(clineTask, '[')?.name, 'cline');
		assert.equal(sourceOf(rooTask, '[')?.name, 'roo');
		assert.equal(sourceOf('C:\\u\\globalStorage\\kilocode.kilo-code\\tasks\\1\\api_conversation_history.json', '[')?.name, 'kilo');
		assert.equal(sourceOf('/backup/tasks/1/ui_messages.json', '[')?.name, 'cline');
		assert.equal(sourceOf('/backup/tasks/1/task_metadata.json', '{'), undefined);
	});

	it('reads blocks of every form', () => {
		const forms = [
			'<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE',
			'------- SEARCH\na\n=======\nb\n+++++++ REPLACE',
			'<<<<<<< SEARCH\n:start_line:7\n-------\na\n=======\nb\n>>>>>>> REPLACE',
			'<<<<<<< SEARCH>\r\na\r\n=======\r\nb\r\n>>>>>>> REPLACE',
		];
		for (const form of forms) assert.deepEqual(searchBlocks(form), [{ before: 'a', after: 'b' }], form);
		assert.deepEqual(searchBlocks('<<<<<<< SEARCH\n\\=======\n=======\n\n>>>>>>> REPLACE\n<<<<<<< SEARCH\nx'), [
			{ before: '=======', after: '' },
			{ before: 'x', after: '' },
		]);
		assert.deepEqual(searchBlocks('no blocks'), []);
	});
});

/** Reads a task laid from its two files. */
async function readTask(ui: string, api = '[]'): Promise<Reading> {
	return inFolder(async (folder) => {
		const path = join(folder, 'tasks/1/ui_messages.json');
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, ui);
		writeFileSync(join(dirname(path), 'api_conversation_history.json'), api);
		return readAll(cline, path);
	});
}

describe('tasks, damaged and growing', () => {
	const ui = readFileSync(clineTask, 'utf8');
	const api = readFileSync(join(dirname(clineTask), 'api_conversation_history.json'), 'utf8');

	it('tells turns without the conversation with the model, though less of them', async () => {
		for (const damaged of ['', '[', api.slice(0, api.length / 2), '{}', 'null', '[null,7,{"role":"assistant","content":7}]']) {
			const { turns } = await readTask(ui, damaged);
			assert.deepEqual(
				turns.map((turn) => [turn.prompt, turn.response]),
				expected('cline').map((turn) => [turn.prompt, turn.response]),
			);
			assert.deepEqual(
				turns.map((turn) => turn.tools.map((tool) => tool.name)),
				expected('cline').map((turn) => turn.tools.map(([name]) => name)),
			);
		}
	});

	it('keeps turn keys and calls while the task grows', async () => {
		const messages = JSON.parse(ui) as unknown[];
		const whole = (await readTask(ui, api)).turns;
		const shape = (turns: readonly TurnObservation[]): unknown[][] => turns.map((turn) => [turn.turn_key, turn.prompt, turn.started_at]);
		for (let count = 0; count <= messages.length; count += 1) {
			const { turns } = await readTask(JSON.stringify(messages.slice(0, count)), api);
			assert.deepEqual(shape(turns), shape(whole.slice(0, turns.length)));
			for (const [place, turn] of turns.entries()) for (const tool of turn.tools) assert.ok(whole[place]?.tools.some(({ id }) => id === tool.id));
		}
	});

	it('waits for what is still being written or asked', async () => {
		const say = (kind: string, text: string, more: object = {}): object => ({ ts: 1, type: 'say', say: kind, text, ...more });
		const ask = { ts: 3, type: 'ask', ask: 'tool', text: JSON.stringify({ tool: 'newFileCreated', path: 'a', content: 'x' }) };
		const open = await readTask(JSON.stringify([say('task', 'Do'), ask]));
		assert.deepEqual([open.turns[0]?.state, open.turns[0]?.edits, open.turns[0]?.tools[0]?.ok], ['open', [], undefined]);
		const partial = await readTask(JSON.stringify([say('task', 'Do'), say('text', 'I am wri', { partial: true })]));
		assert.deepEqual([partial.turns[0]?.state, partial.turns[0]?.response], ['open', 'I am wri']);
	});

	it('counts what it does not know', async () => {
		const messages = [{ ts: 1, type: 'say', say: 'task', text: 'Do' }, { ts: 2, type: 'say', say: 'dance' }, 7, { type: 'sing' }];
		assert.deepEqual((await readTask(JSON.stringify(messages))).unknown, ['say:dance', 'message', 'message']);
		assert.deepEqual((await readTask('{"a":1}')).unknown, ['task']);
		assert.deepEqual((await readTask(ui.slice(0, 900))).unknown, ['task']);
	});

	it('never throws, whatever stands in the files', async () => {
		const odd: unknown[] = [null, 42, 'text', [], {}, [null, 1, []], JSON.parse('{"__proto__":{"role":"user"}}'), '<write_to_file>'.repeat(20_000)];
		for (const [name, text] of [
			['ui', ui],
			['api', api],
		] as const) {
			const spots = [...text.matchAll(/"[A-Za-z_]+":/g)].length;
			for (let round = 0; round < 90; round += 1) {
				let count = 0;
				const target = (round * 7) % spots;
				const state: unknown = JSON.parse(text, (key, value: unknown) => (key !== '' && (count += 1) === target ? odd[round % odd.length] : value));
				await readTask(name === 'ui' ? JSON.stringify(state) : ui, name === 'api' ? JSON.stringify(state) : api);
			}
		}
		const pieces = [...(JSON.parse(ui) as unknown[]), ...(JSON.parse(api) as unknown[])];
		const list = fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom(...pieces)), { maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(list, list, async (some, others) => {
				await readTask(JSON.stringify(some), JSON.stringify(others));
			}),
			{ numRuns: 100 },
		);
	});
});
