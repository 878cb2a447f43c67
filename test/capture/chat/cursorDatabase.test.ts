import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cursorDatabase } from '../../../src/capture/chat/cursorDatabase';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { oddCells, put, readSession, writtenDatabase } from './databases';
import { inFolder } from './reading';

// Written after descriptions of the format; not seen live.
const schema =
	'create table ItemTable (key text unique on conflict replace, value blob); create table cursorDiskKV (key text unique on conflict replace, value blob);';
const source = cursorDatabase(openForeign);

const minute = (n: number) => `2026-06-22T00:0${n}:00.000Z`;
const user = (bubbleId: string, n: number, more: object = {}) => ({ _v: 3, type: 1, bubbleId, createdAt: minute(n), ...more });
const said = (bubbleId: string, n: number, text: string) => ({ _v: 3, type: 2, bubbleId, createdAt: minute(n), text, modelInfo: { modelName: 'gpt-6' } });
const tool = (bubbleId: string, n: number, toolFormerData: object) => ({ ...said(bubbleId, n, ''), capabilityType: 15, toolFormerData });
const call = (toolCallId: string, name: string, params: object, result: object, more: object = {}) => {
	return { tool: 1, name, toolCallId, status: 'completed', params: JSON.stringify(params), result: JSON.stringify(result), ...more };
};

const bubbles = [
	user('u1', 1, { text: 'Fix x.rs', requestId: 'request-1' }),
	tool('a1', 1, call('c1', 'read_file_v2', { targetFile: '/proj/x.rs' }, { contents: 'fn main() {}' })),
	tool(
		'a2',
		2,
		call('c2', 'edit_file_v2', { relativeWorkspacePath: 'x.rs' }, { beforeContentId: 'composer.content.aa', afterContentId: 'composer.content.bb' }),
	),
	tool(
		'a3',
		2,
		call('c3', 'edit_file_v2', { relativeWorkspacePath: '/proj/new.rs' }, { beforeContentId: 'composer.content.empty', afterContentId: 'composer.content.bb' }),
	),
	tool('a4', 3, call('c4', 'run_terminal_command_v2', { command: 'cargo test' }, { output: 'failed', exitCode: 1, rejected: false })),
	{ ...said('a5', 3, 'I think.'), isThought: true },
	said('a6', 3, 'Done.'),
	user('u2', 4, {
		text: '',
		requestId: '',
		richText: JSON.stringify({
			root: {
				type: 'root',
				children: [
					{
						type: 'paragraph',
						children: [
							{ type: 'text', text: 'Now ' },
							{ type: 'mention', text: '@x.rs' },
						],
					},
				],
			},
		}),
	}),
	tool('b1', 4, call('c5', 'run_terminal_command_v2', { command: 'rm -rf /' }, { rejected: true })),
	tool('b2', 4, call('c6', 'search_replace', { file_path: '/proj/x.rs', old_string: 'a', new_string: 'b' }, {}, { userDecision: 'rejected' })),
	tool('b3', 4, call('c7', 'edit_file_v2', { relativeWorkspacePath: 'x.rs' }, {}, { status: 'cancelled' })),
];

const composer = (ids: readonly string[], more: object = {}) => ({
	_v: 16,
	composerId: 's1',
	createdAt: Date.parse(minute(0)),
	lastUpdatedAt: Date.parse(minute(5)),
	status: 'aborted',
	modelConfig: { modelName: 'default' },
	fullConversationHeadersOnly: ids.map((bubbleId) => ({ bubbleId, type: 1 })),
	workspaceIdentifier: { id: 'ws', uri: { fsPath: '/proj', scheme: 'file' } },
	...more,
});

const row = (key: string, value: object | string) => ({ key, value });
const bubbleRows = (session: string, list: readonly { bubbleId: string }[]) => list.map((bubble) => row(`bubbleId:${session}:${bubble.bubbleId}`, bubble));
const contents = [row('composer.content.aa', 'fn main() {}\n'), row('composer.content.bb', 'fn main() { 1 }\n'), row('composer.content.empty', '')];
const whole = [row('composerData:s1', composer(bubbles.map((bubble) => bubble.bubbleId))), ...bubbleRows('s1', bubbles), ...contents];
const noise = [
	row('checkpointId:s1:x', '{}'),
	row('agentKv:blob:1', 'x'),
	row('bubbleId:s10:u1', { type: 1, text: 'other' }),
	row('composerData:empty', composer([])),
];

async function withDatabase<T>(
	rows: readonly { key: string; value: object | string }[],
	work: (place: { path: string; home: string; write: (rows: readonly { key: string; value: never }[] | object[]) => void }) => Promise<T>,
): Promise<T> {
	return inFolder(async (home) => {
		const path = join(home, '.config/Cursor/User/globalStorage/state.vscdb');
		const database = writtenDatabase(path, schema, { cursorDiskKV: rows });
		try {
			return await work({ path, home, write: (more) => put(database, { cursorDiskKV: more as never }) });
		} finally {
			database.close();
		}
	});
}

const places = (home: string) => ({ home, platform: 'linux' as const, env: {} });

describe('cursorDatabase', () => {
	it('reads prompts, answers, calls and the whole texts of changed files', async () => {
		const { turns, unknown } = await withDatabase([...whole, ...noise], ({ path }) => readSession(source, path, 's1'));
		assert.deepEqual(unknown, []);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.response, turn.state, turn.model, turn.cwd, turn.started_at]),
			[
				['request-1', 'Fix x.rs', 'Done.', 'complete', 'gpt-6', '/proj', minute(1)],
				['u2', 'Now @x.rs', '', 'cancelled', 'gpt-6', '/proj', minute(4)],
			],
		);
		const [first, second] = turns;
		assert.deepEqual(
			first?.tools.map((one) => [one.id, one.name, one.kind, one.ok]),
			[
				['c1', 'read_file_v2', 'read', true],
				['c2', 'edit_file_v2', 'edit', true],
				['c3', 'edit_file_v2', 'create', true],
				['c4', 'run_terminal_command_v2', 'run', false],
			],
		);
		const edit = {
			tool_id: 'c2',
			file_path: '/proj/x.rs',
			kind: 'edit',
			before: 'fn main() {}\n',
			after: 'fn main() { 1 }\n',
			whole: true,
			fidelity: 'recorded',
			state: 'applied',
		};
		assert.deepEqual(first.edits, [edit, { ...edit, tool_id: 'c3', file_path: '/proj/new.rs', kind: 'create', before: null }]);
		assert.deepEqual(
			second?.tools.map((one) => [one.id, one.ok]),
			[
				['c5', false],
				['c6', false],
				['c7', false],
			],
		);
		assert.deepEqual(
			second.edits.map((one) => [one.tool_id, one.state]),
			[['c6', 'rejected']],
		);
	});

	it('finds conversations with their folders and their own last change', async () => {
		await withDatabase([...whole, ...noise], async ({ path, home }) => {
			const [ref, ...others] = await source.find(places(home));
			assert.deepEqual(others, []);
			assert.deepEqual([ref?.path, ref?.session_id, ref?.cwd, ref?.modified, ref?.shared], [path, 's1', '/proj', minute(5), true]);
			assert.ok(source.recognises(path, 'SQLite format 3\0'));
			const plain = join(home, 'state.vscdb');
			writtenDatabase(plain, 'create table ItemTable (key, value)', {}).close();
			assert.ok(!source.recognises(plain, 'SQLite format 3\0'));
		});
	});

	it('shows messages that the conversation does not list yet, and grows', async () => {
		const start = bubbles.slice(0, 3);
		await withDatabase(
			[row('composerData:s1', composer([], { status: 'generating' })), ...bubbleRows('s1', start), ...contents],
			async ({ path, home, write }) => {
				const [before] = await source.find(places(home));
				const [open] = (await readSession(source, path, 's1')).turns;
				assert.deepEqual([open?.state, open?.tools.length, open?.edits.length], ['open', 2, 1]);
				write(bubbleRows('s1', bubbles.slice(3)));
				const [after] = await source.find(places(home));
				assert.notEqual(after?.bytes, before?.bytes);
				assert.equal((await readSession(source, path, 's1')).turns.length, 2);
			},
		);
	});

	it('takes the folder of older conversations from the lists of all and of each workspace', async () => {
		const old = { workspaceIdentifier: undefined };
		const rows = ['s1', 's2'].flatMap((id) => [row(`composerData:${id}`, composer([], { ...old, conversation: [bubbles[0]] }))]);
		await withDatabase(rows, async ({ home }) => {
			const user = join(home, '.config/Cursor/User');
			const storage = join(user, 'workspaceStorage/ws');
			mkdirSync(storage, { recursive: true });
			writeFileSync(join(storage, 'workspace.json'), JSON.stringify({ folder: 'file:///older' }));
			writtenDatabase(join(storage, 'state.vscdb'), schema, {
				ItemTable: [{ key: 'composer.composerData', value: { allComposers: [{ composerId: 's2' }] } }],
			}).close();
			const headers = { allComposers: [{ composerId: 's1', workspaceIdentifier: { uri: { fsPath: '/listed' } } }] };
			const global = join(user, 'globalStorage/state.vscdb');
			const database = writtenDatabase(join(dirname(global), 'state.vscdb'), schema.replaceAll('create table', 'create table if not exists'), {
				ItemTable: [{ key: 'composer.composerHeaders', value: headers }],
			});
			assert.deepEqual(
				(await source.find(places(home))).map((ref) => [ref.session_id, ref.cwd]),
				[
					['s1', '/listed'],
					['s2', '/older'],
				],
			);
			assert.deepEqual(
				(await readSession(source, global)).turns.map((turn) => [turn.prompt, turn.cwd]),
				[
					['Fix x.rs', '/listed'],
					['Fix x.rs', '/older'],
				],
			);
			database.close();
		});
	});

	it('is not harmed by odd cells', async () => {
		for (const odd of oddCells) {
			const rows = whole.map((one, index) => (index > 1 && index % 3 === 0 ? { ...one, value: odd as object } : one));
			const { turns } = await withDatabase([...rows, row('composerData:odd', odd as object), row('bubbleId:odd:1', odd as object)], async ({ path, home }) => {
				assert.ok((await source.find(places(home))).some((ref) => ref.session_id === 's1'));
				return readSession(source, path);
			});
			assert.equal(turns[0]?.turn_key, 'request-1');
			const fields = Object.keys(composer([])).map((name) => row(`composerData:${name}`, composer(['u1'], { [name]: odd })));
			await withDatabase([...fields, ...fields.flatMap(({ key }) => bubbleRows(key.slice(13), bubbles))], async ({ path, home }) => {
				assert.equal((await source.find(places(home))).length, fields.length);
				assert.ok((await readSession(source, path)).turns.length >= fields.length - 1);
			});
		}
	});
});
