import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { agentHost } from '../../../src/capture/chat/agentHost';
import { copilot } from '../../../src/capture/chat/copilot';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { oddCells, put, readSession, writtenDatabase, type Rows } from './databases';
import { inFolder, readAll } from './reading';
import { fixtures, root } from './recorded';

// Written after the tables in VS Code's code; not seen live. The events beside it are recorded.
const schema = `create table turns (id text primary key, event_id text); create table session_metadata (key text primary key, value text);
	create table file_edits (turn_id text, tool_call_id text, file_path text, edit_type text, original_path text, before_content blob, after_content blob, added_lines integer, removed_lines integer);`;
const id = 'recorded-session';
const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

async function withSession<T>(
	work: (place: { path: string; home: string; events: string; source: ReturnType<typeof agentHost>; write: (rows: Rows) => void }) => Promise<T>,
): Promise<T> {
	return inFolder(async (home) => {
		const state = join(home, '.copilot/session-state', id);
		mkdirSync(state, { recursive: true });
		const events = join(state, 'events.jsonl');
		copyFileSync(join(fixtures, 'copilot/fix-sum/events.jsonl'), events);
		const path = join(home, `.config/Code/agentSessionData/copilot-${id}/session.db`);
		const database = writtenDatabase(path, schema, {});
		try {
			return await work({ path, home, events, source: agentHost(openForeign, join(home, '.copilot')), write: (rows) => put(database, rows) });
		} finally {
			database.close();
		}
	});
}
const places = (home: string) => ({ home, platform: 'linux' as const, env: {} });

describe('agentHost', () => {
	it("gives the turns of Copilot's events with the whole texts of the files that a call changed", async () => {
		await withSession(async ({ path, home, events, source, write }) => {
			assert.deepEqual(await source.find(places(home)), []);
			const [told] = (await readAll(copilot, events)).turns;
			const call = told?.tools.find((tool) => tool.kind === 'edit');
			const made = told?.tools.find((tool) => tool.kind === 'create');
			assert.ok(told && call && made);
			const file_path = `${root}/src/sum.js`;
			write({
				file_edits: [
					{
						turn_id: '0',
						tool_call_id: call.id,
						file_path: `file://${file_path}`,
						edit_type: 'edit',
						before_content: bytes('größer\n'),
						after_content: bytes('kleiner\n'),
					},
					{ turn_id: '0', tool_call_id: made.id, file_path: `${root}/new.md`, edit_type: 'create', before_content: bytes(''), after_content: bytes('new\n') },
					{ turn_id: '9', tool_call_id: 'unknown-call', file_path, edit_type: 'edit', before_content: bytes('a'), after_content: bytes('b') },
				],
			});
			assert.deepEqual(
				(await source.find(places(home))).map((ref) => [ref.session_id, ref.bytes, ref.source]),
				[[id, 3, 'copilot-cli']],
			);
			const [turn, ...others] = (await readSession(source, path)).turns;
			assert.deepEqual(others, []);
			assert.deepEqual([turn?.session_id, turn?.turn_key, turn?.prompt, turn?.tools], [told.session_id, told.turn_key, told.prompt, told.tools]);
			const edit = { file_path, kind: 'edit', before: 'größer\n', after: 'kleiner\n', whole: true, fidelity: 'recorded', tool_id: call.id, state: 'applied' };
			const own = turn?.edits.filter((one) => one.file_path === file_path || one.file_path.endsWith('new.md'));
			assert.deepEqual(own, [edit, { ...edit, file_path: `${root}/new.md`, kind: 'create', before: null, after: 'new\n', tool_id: made.id }]);
		});
	});

	it('is not harmed by odd cells', async () => {
		for (const odd of oddCells) {
			await withSession(async ({ path, home, source, write }) => {
				write({
					file_edits: ['tool_call_id', 'file_path', 'edit_type', 'before_content'].map((name) => ({ tool_call_id: 'c', file_path: '/a', [name]: odd })),
				});
				await source.find(places(home));
				assert.deepEqual((await readSession(source, path)).turns, []);
			});
		}
	});
});
