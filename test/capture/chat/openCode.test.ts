import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kiloDatabase, openCodeDatabase } from '../../../src/capture/chat/openCode';
import { openCodeToolKind } from '../../../src/capture/chat/openCodeEdits';
import { openCodeFiles } from '../../../src/capture/chat/openCodeFiles';
import { turnId } from '../../../src/core/ids';
import { sha256 } from '../../../src/capture/chat/sha256';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { oddCells, put, readSession, writtenDatabase, type Rows } from './databases';
import { inFolder, readAll } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const source = openCodeDatabase(openForeign);
const schema = readFileSync(join(fixtures, 'opencode/schema.sql'), 'utf8');
type Row = { id: string; session_id: string; message_id: string; time_updated: number; data: Record<string, unknown> } & Record<
	string,
	string | number | object
>;
const recorded = (name: string) =>
	JSON.parse(readFileSync(join(fixtures, 'opencode', name, 'rows.json'), 'utf8')) as Record<'session' | 'message' | 'part', Row[]>;

/** Builds `opencode.db` under a home folder and closes it when the work is done. */
async function withDatabase<T>(rows: Rows, work: (place: { path: string; home: string; write: (rows: Rows) => void }) => Promise<T>): Promise<T> {
	return inFolder(async (home) => {
		const path = join(home, '.local/share/opencode/opencode.db');
		const database = writtenDatabase(path, schema, rows);
		try {
			return await work({ path, home, write: (more) => put(database, more) });
		} finally {
			database.close();
		}
	});
}

const place = (home: string, env: Record<string, string> = {}) => ({ home, platform: 'linux' as const, env });

describe('openCode', () => {
	for (const script of ['fix-sum', 'two-turns', 'api-error']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const rows = recorded(script);
			const { turns, unknown } = await withDatabase(rows, ({ path }) => readSession(source, path, String(rows.session[0]?.['id'])));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`opencode/${script}`));
			for (const turn of turns) {
				assert.deepEqual([turn.cwd, turn.model, turn.source_version], [root, 'scripted-model', '1.18.33']);
				for (const edit of turn.edits) assert.deepEqual([edit.whole, edit.fidelity], [true, 'recorded']);
			}
		});
	}

	it("keys a turn with the user's message, and hangs a sub-agent's session on the turn that started it", async () => {
		const rows = recorded('subagent');
		const [main, inner] = [String(rows.session[0]?.['id']), String(rows.session[1]?.['id'])];
		await withDatabase(rows, async ({ path }) => {
			const [outer] = (await readSession(source, path, main)).turns;
			const [sub] = (await readSession(source, path, inner)).turns;
			assert.equal(outer?.turn_key, rows.message[0]?.['id']);
			assert.equal(outer?.parent_turn_id, undefined);
			assert.equal(sub?.parent_turn_id, turnId(sha256, 'opencode', main, String(outer?.turn_key)));
			assert.deepEqual(
				sub.edits.map((edit) => [edit.file_path, edit.whole, edit.fidelity]),
				[[`${root}/src/sum.js`, true, 'recorded']],
			);
			assert.equal((await readSession(source, path)).turns.length, 2);
			assert.deepEqual((await readSession(source, path, 'ses_none')).turns, []);
		});
	});

	it('finds each session with its folder and its own last change, and sees it grow', async () => {
		const rows = recorded('subagent');
		const two = recorded('two-turns');
		await withDatabase(rows, async ({ path, home, write }) => {
			const before = await source.find(place(home));
			assert.deepEqual(
				before.map(({ session_id, ...ref }) => [session_id, ref]).sort(),
				rows.session
					.map((row, index) => [
						row['id'],
						{
							cwd: root,
							bytes: index === 0 ? 3 : 4,
							modified: new Date(index === 0 ? 1795469742847 : 1795469742642).toISOString(),
							path,
							source: 'opencode',
							shared: true,
						},
					])
					.sort(),
			);
			write({ session: two.session, message: two.message.slice(0, 3), part: two.part });
			const grown = (await source.find(place(home))).find((ref) => ref.session_id === two.session[0]?.['id']);
			assert.equal((await readSession(source, path, grown?.session_id)).turns.length, 1);
			write({ message: two.message.slice(3) });
			const after = await source.find(place(home));
			assert.deepEqual(
				after.filter((ref) => ref.session_id !== grown?.session_id),
				before,
			);
			assert.notEqual(after.find((ref) => ref.session_id === grown?.session_id)?.bytes, grown?.bytes);
			assert.equal((await readSession(source, path, grown?.session_id)).turns.length, 2);
		});
	});

	it('leaves a turn open until it is answered, and takes the hunks of edits whose file somebody else changed too', async () => {
		const rows = recorded('two-turns');
		const started = { ...rows, message: rows.message.slice(0, 4) };
		const [open] = (await withDatabase(started, ({ path }) => readSession(source, path))).turns;
		assert.deepEqual([open?.state, open?.tools.length], ['open', 5]);
		const message = rows.message.map((row, index) =>
			index === 0 ? { ...row, data: JSON.parse(JSON.stringify(row['data']).replace('-  for (let i = 1;', '-  for (let j = 1;')) as object } : row,
		);
		const [first] = (await withDatabase({ ...rows, message }, ({ path }) => readSession(source, path))).turns;
		assert.deepEqual(
			first?.edits.map((edit) => [edit.whole, edit.fidelity]),
			[
				[false, 'recorded'],
				[false, 'recorded'],
			],
		);
	});

	it('marks what the user refused or took back', async () => {
		const rows = recorded('two-turns');
		const session = rows.session.map((row) => ({ ...row, revert: { messageID: rows.message[6]?.['id'] } }));
		const part = rows.part.map((row) => {
			const text = JSON.stringify(row['data']);
			return text.includes('"newString": "nothing"') || text.includes('"newString":"nothing"')
				? {
						...row,
						data: JSON.parse(text.replace(/"Could not find oldString[^"]*"/, '"The user rejected permission to use this specific tool call."')) as object,
					}
				: row;
		});
		const { turns } = await withDatabase({ ...rows, session, part }, ({ path }) => readSession(source, path));
		assert.deepEqual(
			turns.map((turn) => turn.edits.map((edit) => edit.state)),
			[['rejected', 'applied', 'applied'], ['undone']],
		);
	});

	it("leaves out what the program says in the user's name", async () => {
		const rows = recorded('two-turns');
		const part = rows.part.map((row) =>
			row['message_id'] === rows.message[6]?.['id'] ? { ...row, data: { type: 'text', synthetic: true, text: 'Continue' } } : row,
		);
		const { turns } = await withDatabase({ ...rows, part }, ({ path }) => readSession(source, path));
		assert.deepEqual(
			turns.map((turn) => turn.tools.length),
			[8],
		);
	});

	it('reads the older layout of single files as the same turns', async () => {
		for (const script of ['two-turns', 'subagent']) {
			const rows = recorded(script);
			const wanted = (await withDatabase(rows, ({ path }) => readSession(source, path))).turns;
			await inFolder(async (home) => {
				const storage = join(home, 'data/storage');
				for (const { id, directory, version, parent_id, time_updated } of rows.session) {
					store(join(storage, `session/project/${id}.json`), { id, directory, version, parentID: parent_id, time: { updated: time_updated } });
				}
				for (const { id, session_id, data } of rows.message) store(join(storage, `message/${session_id}/${id}.json`), { id, sessionID: session_id, ...data });
				for (const { id, message_id, data } of rows.part) store(join(storage, `part/${message_id}/${id}.json`), { id, messageID: message_id, ...data });
				const refs = await openCodeFiles.find(place(home, { OPENCODE_DATA_DIR: join(home, 'data') }));
				assert.deepEqual(
					refs.map((ref) => ref.session_id),
					rows.session.map((row) => row['id']).sort(),
				);
				const turns = [];
				for (const ref of refs) {
					assert.ok(openCodeFiles.recognises(ref.path, ''));
					turns.push(...(await readAll(openCodeFiles, ref.path)).turns);
				}
				assert.deepEqual(turns, wanted);
			});
		}
	});

	it('tells its databases from those of Kilo by their name, and from others by their tables', async () => {
		const head = 'SQLite format 3\0';
		const kilo = kiloDatabase(openForeign);
		await inFolder(async (home) => {
			const rows = recorded('fix-sum');
			for (const name of ['kilo.db', 'copy.db']) writtenDatabase(join(home, '.local/share/kilo', name), schema, rows).close();
			const other = join(home, 'other.db');
			writtenDatabase(other, 'create table t (a)', {}).close();
			const [kiloPath, copy] = [join(home, '.local/share/kilo/kilo.db'), join(home, '.local/share/kilo/copy.db')];
			assert.deepEqual([kilo.recognises(kiloPath, head), source.recognises(kiloPath, head)], [true, false]);
			assert.deepEqual([kilo.recognises(copy, head), source.recognises(copy, head)], [false, true]);
			assert.deepEqual([kilo.recognises(other, head), source.recognises(other, head), source.recognises(copy, '{"a":1}')], [false, false, false]);
			assert.deepEqual(
				(await kilo.find(place(home))).map((ref) => ref.source),
				['kilo'],
			);
			assert.equal((await readSession(kilo, kiloPath)).turns[0]?.assistant, 'kilo');
		});
	});

	it('is given a database that cannot be read as one transcript, which says why', async () => {
		await inFolder(async (home) => {
			const path = join(home, '.local/share/opencode/opencode.db');
			mkdirSync(dirname(path), { recursive: true });
			writeFileSync(path, `SQLite format 3\0${'garbage'.repeat(1000)}`);
			assert.deepEqual(
				(await source.find(place(home))).map((ref) => [ref.session_id, ref.shared]),
				[['', undefined]],
			);
			assert.ok(source.recognises(path, 'SQLite format 3\0'));
			await assert.rejects(readAll(source, path), /is no SQLite database, or a damaged/);
			const empty = join(home, 'x/opencode.db');
			writtenDatabase(empty, 'create table session (id)', {}).close();
			assert.deepEqual((await readSession(source, empty)).unknown, ['missing table:message', 'missing table:part']);
		});
	});

	it('knows the tools of MCP servers by their names', () => {
		const names = ['glossary_look_up', 'apply_patch', 'plan_exit', 'bash', 'skill'];
		assert.deepEqual(names.map(openCodeToolKind), ['mcp', 'edit', 'other', 'run', 'other']);
	});

	it('counts odd cells and is not harmed by them', async () => {
		const rows = recorded('two-turns');
		for (const odd of oddCells) {
			const part = rows.part.map((row, index) => (index % 3 === 1 && row.data['type'] !== 'text' ? { ...row, data: odd, time_created: odd } : row));
			const message = rows.message.map((row, index) => (index === 2 ? { ...row, data: odd, time_created: odd } : row));
			const session = rows.session.map((row) => ({ ...row, time_updated: odd, directory: odd, revert: odd, version: odd }));
			await withDatabase({ session, message, part }, async ({ path, home }) => {
				assert.equal((await source.find(place(home))).length, 1);
				const { turns, unknown } = await readSession(source, path);
				assert.deepEqual(
					turns.map((turn) => turn.turn_key),
					[rows.message[0]?.['id'], rows.message[6]?.['id']],
				);
				assert.ok(unknown.length > 0);
			});
		}
	});
});

function store(path: string, value: object): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, JSON.stringify(value));
}
