import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vscodeSpans } from '../../../src/capture/chat/vscodeSpans';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { oddCells, put, readSession, writtenDatabase, type Rows } from './databases';
import { inFolder } from './reading';

// Written after the documented tables; not seen live.
const schema = `create table spans (span_id text primary key, trace_id text, parent_span_id text, name text, start_time_ms integer, end_time_ms integer, status_code integer default 0,
	operation_name text, agent_name text, request_model text, response_model text, tool_name text, tool_call_id text, chat_session_id text, turn_index integer);
	create table span_attributes (span_id text, key text, value text, primary key (span_id, key));`;
const source = vscodeSpans(openForeign);

const span = (span_id: string, parent_span_id: string | null, operation_name: string, at: number, more: object = {}) => {
	return {
		span_id,
		parent_span_id,
		operation_name,
		start_time_ms: 1_779_650_000_000 + at,
		end_time_ms: 1_779_650_000_500 + at,
		status_code: 1,
		chat_session_id: 's1',
		...more,
	};
};
const attribute = (span_id: string, key: string, value: string | object) => ({ span_id, key, value });
const rows = {
	spans: [
		span('t1', null, 'invoke_agent', 0, { response_model: 'gpt-4.1-2025-04-14' }),
		span('title', null, 'chat', 0, { chat_session_id: null }),
		span('todo', 't1', 'execute_tool', 5, { tool_name: 'manage_todo_list', tool_call_id: '' }),
		span('e2', 't1', 'execute_tool', 20, { tool_name: 'run_in_terminal', tool_call_id: 'call_2', status_code: 2 }),
		span('e1', 't1', 'execute_tool', 10, { tool_name: 'replace_string_in_file', tool_call_id: 'call_1__vscode-1779649961509' }),
		span('t2', null, 'invoke_agent', 1000, { response_model: 'gpt-4o' }),
		span('other', null, 'invoke_agent', 2000, { chat_session_id: 's2' }),
	],
	span_attributes: [
		attribute('t1', 'copilot_chat.user_request', 'Fix it'),
		attribute('t1', 'gen_ai.output.messages', [{ role: 'assistant', parts: [{ type: 'text', content: 'Fixed.' }] }]),
		attribute('t1', 'copilot_chat.repo.head_branch_name', 'main'),
		attribute('t1', 'copilot_chat.repo.head_commit_hash', '29c3a99a'),
		attribute('title', 'copilot_chat.user_request', 'Write a title'),
		attribute('e1', 'gen_ai.tool.call.arguments', { filePath: '/w/a.js', oldString: 'a', newString: 'b' }),
		attribute('e1', 'gen_ai.tool.call.result', {
			node: {
				type: 1,
				children: [
					{ type: 2, text: 'edited ' },
					{ type: 2, text: '/w/a.js' },
				],
			},
		}),
		attribute('e2', 'gen_ai.tool.call.result', 'no'),
		attribute('t2', 'copilot_chat.user_request', 'And now?'),
	],
} satisfies Rows;

async function withDatabase<T>(given: Rows, work: (place: { path: string; home: string; write: (more: Rows) => void }) => Promise<T>): Promise<T> {
	return inFolder(async (home) => {
		const path = join(home, '.config/Code/User/globalStorage/github.copilot-chat/agent-traces.db');
		const database = writtenDatabase(path, schema, given);
		try {
			return await work({ path, home, write: (more) => put(database, more) });
		} finally {
			database.close();
		}
	});
}
const places = (home: string) => ({ home, platform: 'linux' as const, env: {} });

describe('vscodeSpans', () => {
	it('reads a turn from each span of an agent, with its calls in order', async () => {
		const { turns, unknown } = await withDatabase(rows, ({ path }) => readSession(source, path, 's1'));
		assert.deepEqual(unknown, []);
		assert.deepEqual(
			turns.map((turn) => [turn.assistant, turn.turn_key, turn.prompt, turn.response, turn.model, turn.branch, turn.commit_sha]),
			[
				['vscode-copilot', 't1', 'Fix it', 'Fixed.', 'gpt-4.1-2025-04-14', 'main', '29c3a99a'],
				['vscode-copilot', 't2', 'And now?', '', 'gpt-4o', undefined, undefined],
			],
		);
		assert.deepEqual(
			turns[0]?.tools.map((tool) => [tool.id, tool.name, tool.kind, tool.ok, tool.output]),
			[
				['call_1', 'replace_string_in_file', 'edit', true, 'edited /w/a.js'],
				['call_2', 'run_in_terminal', 'run', false, 'no'],
			],
		);
		assert.deepEqual(
			turns[0].edits.map((edit) => [edit.tool_id, edit.file_path, edit.before, edit.after, edit.fidelity]),
			[['call_1', '/w/a.js', 'a', 'b', 'arguments']],
		);
	});

	it('leaves sessions to the chat session files that the editor wrote, or may still write', async () => {
		await withDatabase(rows, async ({ path, home, write }) => {
			assert.deepEqual(
				(await source.find(places(home))).map((ref) => [ref.session_id, ref.bytes]),
				[
					['s1', 2],
					['s2', 1],
				],
			);
			const chats = join(home, '.config/Code/User/workspaceStorage/ws/chatSessions');
			mkdirSync(chats, { recursive: true });
			writeFileSync(join(chats, 's1.jsonl'), '');
			write({ spans: [span('now', null, 'invoke_agent', 0, { chat_session_id: 's3', end_time_ms: Date.now() })] as never });
			assert.deepEqual(
				(await source.find(places(home))).map((ref) => ref.session_id),
				['s2'],
			);
			assert.deepEqual(
				(await readSession(source, path)).turns.map((turn) => turn.session_id),
				['s2'],
			);
		});
	});

	it('is not harmed by odd cells', async () => {
		for (const odd of oddCells) {
			const span_attributes = rows.span_attributes.map((row) => (row.key === 'copilot_chat.user_request' ? row : { ...row, value: odd }));
			const spans = rows.spans.map((row, index) => (index > 4 ? { ...row, start_time_ms: odd, end_time_ms: odd, status_code: odd, response_model: odd } : row));
			await withDatabase({ spans, span_attributes }, async ({ path, home }) => {
				await source.find(places(home));
				const { turns } = await readSession(source, path, 's1');
				assert.equal(turns.find((turn) => turn.turn_key === 't1')?.prompt, 'Fix it');
			});
		}
	});
});
