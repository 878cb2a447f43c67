import assert from 'node:assert/strict';
import { ChromaClient } from 'chromadb';
import type { DaemonStatus } from '../../src/core/api';
import type { QueryHit } from '../../src/core/query';
import { endServer, startServer } from '../support/chromaServer';
import { CliHome } from '../support/cliHome';
import { Gateway } from '../support/gateway';
import { GitRepository } from '../support/gitRepository';
import { temporaryFolder } from '../support/temporaryFolder';
import { until } from '../support/waiting';

describe("chroma-client with a team's server", function () {
	this.timeout(90_000);
	const place = temporaryFolder('team');
	const home = new CliHome({ CODELEARN_LINGER_MS: '20000' });
	const repo = new GitRepository({ 'a.ts': 'export function parseHeaders(raw: string) {\n\treturn raw.split(":");\n}\n' }, home.env);
	let gateway: Gateway;
	let port = 0;
	before(async () => {
		({ port } = await startServer(place.path));
		gateway = new Gateway(() => Promise.resolve(port));
		await gateway.open();
		gateway.token = 'swordfish';
	});
	after(async () => {
		await gateway.close();
		await home.remove();
		await endServer(place.path);
		place.remove();
		repo.remove();
	});
	const env = (more: Record<string, string> = {}) => ({
		CHROMA_DB_IMPL: 'http',
		CHROMA_HTTP_URL: gateway.url,
		CHROMA_HTTP_HEADERS: 'Authorization: Bearer swordfish',
		...more,
	});
	const run = (args: string[], more: Record<string, string> = {}) => home.run(args, { cwd: repo.root, env: env(more) });
	const json = <T>(args: string[], more: Record<string, string> = {}) => home.json<T>(args, { cwd: repo.root, env: env(more) });
	const rows = async (name: string, database = 'default_database') => {
		const collection = await new ChromaClient({ host: '127.0.0.1', port, database }).getCollection({ name });
		return (await collection.get()).documents;
	};

	it('sets its collections up, indexes, and answers out of them', async () => {
		const made = await json<{ database: string; collections: { created: boolean }[] }>(['setup-collections']);
		assert.equal(made.database, 'default_database');
		assert.deepEqual(
			made.collections.map((collection) => collection.created),
			[true, true, true, true],
		);
		await json(['index', '--all']);
		assert.equal((await rows('codebase_v1')).length, 1);
		const { results } = await json<{ results: QueryHit[] }>(['query', 'split a line of the request']);
		assert.equal(results[0]?.symbol, 'parseHeaders');
		assert.match(results[0].why, /meaning/);
		assert.equal(home.chroma(), undefined, 'no server of our own was started');
	});

	it('says that access is refused without the header, and does nothing', async () => {
		repo.write('b.ts', 'export function unsent(value: number) {\n\treturn value * 2;\n}\n');
		const { code, stderr } = await run(['index', '--changed'], { CHROMA_HTTP_HEADERS: '' });
		assert.equal(code, 1);
		assert.match(stderr, /127\.0\.0\.1:\d+ refused access\. Check CHROMA_HTTP_HEADERS/);
		assert.doesNotMatch(stderr, /swordfish|^\s+at /m);
		const wrong = await run(['setup-collections'], { CHROMA_HTTP_HEADERS: 'Authorization: Bearer wrong' });
		assert.equal(wrong.code, 1);
		assert.doesNotMatch(wrong.stderr, /wrong/);
		await json(['index', '--changed']);
		assert.equal((await rows('codebase_v1')).length, 2);
	});

	it('shares learnings, but turns only when somebody says so', async () => {
		await json(['log-chat', '--raw-prompt', 'a private prompt', '--session-id', 's']);
		await json(['promote-learning', '--description', 'Split headers once']);
		assert.deepEqual(await rows('derived_learnings_v1'), ['Split headers once']);
		assert.deepEqual(await rows('chat_history_v1'), []);
		await json(['log-chat', '--raw-prompt', 'a shared prompt', '--session-id', 's'], { CODELEARN_SHARE_TURNS: '1' });
		assert.ok((await rows('chat_history_v1')).some((text) => text?.includes('a shared prompt')));
	});

	it('goes on over answers that it is busy', async () => {
		gateway.busy = 2;
		const { code, stderr } = await run(['promote-learning', '--description', 'Patience']);
		assert.equal(code, 0, stderr);
		assert.ok((await rows('derived_learnings_v1')).includes('Patience'));
	});

	it('keeps what it is told while the server is away, and sends it when it is back', async () => {
		const shared = { CODELEARN_SHARE_TURNS: '1' };
		await gateway.close();
		const written = await Promise.all([
			run(['promote-learning', '--description', 'Learnt on the train'], shared),
			run(['log-chat', '--raw-prompt', 'asked on the train', '--session-id', 't'], shared),
		]);
		for (const { code, stderr } of written) assert.equal(code, 0, stderr);
		const found = await json<{ results: QueryHit[] }>(['query', 'parse headers learnt on the train'], shared);
		assert.ok(
			found.results.some((hit) => hit.symbol === 'parseHeaders') && found.results.some((hit) => hit.document.includes('Learnt on the train')),
			'words are still found here',
		);
		const refused = await run(['setup-collections'], shared);
		assert.equal(refused.code, 1);
		assert.match(refused.stderr, /Chroma cannot be reached.*Nothing was lost/);
		await gateway.open();
		// The next thing that is written takes along what waits; without one, it goes by itself after a while.
		await json(['log-chat', '--raw-prompt', 'home again', '--session-id', 't'], shared);
		await until(
			'the rows are there',
			async () => {
				const [learnings, turns] = [await rows('derived_learnings_v1'), await rows('chat_history_v1')];
				return learnings.includes('Learnt on the train') && turns.some((text) => text?.includes('asked on the train')) ? true : undefined;
			},
			40_000,
		);
		assert.equal((await json<DaemonStatus>(['server', 'status'], shared)).outbox, 0);
	});
});
