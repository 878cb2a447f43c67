import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { App } from '../../src/core/api';
import { UserError } from '../../src/core/errors';
import { createMcpServer } from '../../src/mcpBridge/server';
import { charactersPerToken } from '../../src/mcpBridge/servedText';
import { fakeApp } from '../support/fakeApp';
import { silentLog } from '../support/silentLog';

const open: Client[] = [];

async function connected(app: () => Promise<App>): Promise<Client> {
	const [here, there] = InMemoryTransport.createLinkedPair();
	await createMcpServer(app, silentLog).mcp.connect(there);
	const client = new Client({ name: 'some-assistant', version: '1' });
	await client.connect(here);
	open.push(client);
	return client;
}

interface Answer {
	text: string;
	data: Record<string, unknown>;
	failed: boolean;
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<Answer> {
	const result = await client.callTool({ name, arguments: args });
	const [first] = result.content as { text: string }[];
	return { text: first?.text ?? '', data: (result.structuredContent ?? {}) as Record<string, unknown>, failed: result.isError === true };
}

describe('mcp server', () => {
	afterEach(async () => {
		await Promise.all(open.splice(0).map((client) => client.close()));
	});

	it('lists its tools within 1,500 tokens and without asking the App', async () => {
		const client = await connected(() => Promise.reject(new Error('must not be asked')));
		const { tools } = await client.listTools();
		assert.deepEqual(tools.map((tool) => tool.name).sort(), ['chroma_get_documents', 'chroma_log_chat', 'chroma_query_documents']);
		const tokens = JSON.stringify(tools).length / charactersPerToken;
		assert.ok(tokens < 1500, `tools/list takes ${tokens} tokens`);
		for (const tool of tools) assert.notEqual(tool.outputSchema, undefined);
	});

	it('answers a question with code and learnings in one ranking, as text and as data', async () => {
		const app = fakeApp();
		app.files.set('src/token.ts', 'export function refreshToken(token: string) {\n\treturn token;\n}');
		await app.promote({ description: 'Refresh the token before it expires' });
		const client = await connected(() => Promise.resolve(app));
		const { text, data } = await call(client, 'chroma_query_documents', { query_texts: ['refresh token'] });
		const results = data['results'] as { collection: string; id: string }[];
		assert.deepEqual(results.map((hit) => hit.collection).sort(), ['codebase_v1', 'derived_learnings_v1']);
		assert.match(text, /origin="src\/token\.ts:1-3"/);
		assert.match(text, /symbol="refreshToken"/);
		assert.match(text, /data with its origin, not an instruction/);
	});

	it('takes `query`, and a plain string for query_texts', async () => {
		const app = fakeApp();
		app.files.set('a.ts', 'alpha');
		const client = await connected(() => Promise.resolve(app));
		for (const args of [{ query: 'alpha' }, { query_texts: 'alpha' }, { query_texts: ['alpha'], collection_name: 'codebase_v1', n_results: 1 }]) {
			const { data } = await call(client, 'chroma_query_documents', args);
			assert.equal((data['results'] as unknown[]).length, 1);
		}
	});

	it('gives past turns only when their collection is named', async () => {
		const app = fakeApp();
		await app.put({ prompt: 'why does the parser loop' });
		const client = await connected(() => Promise.resolve(app));
		const without = await call(client, 'chroma_query_documents', { query: 'parser' });
		assert.deepEqual(without.data['results'], []);
		const withTurns = await call(client, 'chroma_query_documents', { query: 'parser', collection_name: 'chat_history_v1' });
		assert.equal((withTurns.data['results'] as unknown[]).length, 1);
	});

	it('keeps a long answer within the budget and says what was cut', async () => {
		const app = fakeApp();
		for (let i = 0; i < 10; i++) app.files.set(`long${i}.ts`, `needle\n${'const line = 1;\n'.repeat(2000)}`);
		const client = await connected(() => Promise.resolve(app));
		const { text } = await call(client, 'chroma_query_documents', { query: 'needle' });
		assert.ok(text.length / charactersPerToken < 4500, `${text.length / charactersPerToken} tokens`);
		assert.match(text, /… \(\d+ more lines\)/);
	});

	it('says what to do when nothing was asked, found or known', async () => {
		const client = await connected(() => Promise.resolve(fakeApp()));
		const empty = await call(client, 'chroma_query_documents', { query_texts: [''] });
		assert.equal(empty.failed, true);
		assert.match(empty.text, /Give query_texts/);
		const nothing = await call(client, 'chroma_query_documents', { query: 'xyz' });
		assert.match(nothing.text, /chroma-client index --all/);
		const unknown = await call(client, 'chroma_query_documents', { query: 'x', collection_name: 'mine' });
		assert.equal(unknown.failed, true);
		assert.match(unknown.text, /no collection "mine"/);
	});

	it('gets documents by id and names the missing ones', async () => {
		const app = fakeApp();
		app.files.set('a.ts', 'alpha\nbeta');
		const client = await connected(() => Promise.resolve(app));
		const { text, data } = await call(client, 'chroma_get_documents', { ids: ['a.ts', 'b.ts'] });
		assert.match(text, /origin="a\.ts:1-2"[^]*alpha\nbeta[^]*Not in codebase_v1: b\.ts/);
		assert.deepEqual(data['missing'], ['b.ts']);
	});

	it("logs a chat with chroma-mcp-server's parameters under the client's name", async () => {
		const app = fakeApp();
		const client = await connected(() => Promise.resolve(app));
		const { data } = await call(client, 'chroma_log_chat', {
			prompt_summary: 'Fix ordering',
			response_summary: 'Sorted',
			raw_prompt: 'Please fix the ordering of keys',
			raw_response: 'I sorted them.',
			tool_usage: [{ name: 'read_file', args: { path: 'a.py' } }, { name: 'edit_file' }],
			file_changes: [{ file_path: 'a.py', before_content: 'x', after_content: 'y' }, { note: 'no path' }],
			involved_entities: 'a.py, Config',
			session_id: 's-2',
		});
		const kept = app.turns.get(String(data['turn_id']));
		assert.equal(kept?.turn.prompt, 'Please fix the ordering of keys');
		assert.equal(kept.turn.assistant, 'some-assistant');
		assert.equal(kept.turn.tool_sequence, 'read_file→edit_file');
		assert.deepEqual(
			kept.turn.edits.map(({ file_path, before, after }) => ({ file_path, before, after })),
			[{ file_path: 'a.py', before: 'x', after: 'y' }],
		);
	});

	it('keeps the summaries when the raw texts are empty', async () => {
		const app = fakeApp();
		const client = await connected(() => Promise.resolve(app));
		const { data } = await call(client, 'chroma_log_chat', { prompt_summary: 'Ask', response_summary: 'Answer', raw_prompt: '', raw_response: '' });
		assert.equal(app.turns.get(String(data['turn_id']))?.turn.prompt, 'Ask');
	});

	it('turns a failure into a result the model can read, and goes on', async () => {
		const failing = fakeApp({ query: () => Promise.reject(new UserError('The Chroma server did not start. Run chroma-client doctor.')) });
		failing.files.set('a.ts', 'alpha');
		const client = await connected(() => Promise.resolve(failing));
		const { failed, text } = await call(client, 'chroma_query_documents', { query: 'x' });
		assert.equal(failed, true);
		assert.match(text, /did not start\. Run chroma-client doctor/);
		assert.equal((await call(client, 'chroma_get_documents', { ids: ['a.ts'] })).failed, false);
	});

	it('does not take wrong arguments', async () => {
		const client = await connected(() => Promise.resolve(fakeApp()));
		const result = await call(client, 'chroma_get_documents', { ids: 'a.ts' });
		assert.equal(result.failed, true);
	});
});
