import assert from 'node:assert/strict';
import { ChromaClient } from 'chromadb';
import { UserError } from '../../../src/core/errors';
import type { VectorRow } from '../../../src/core/ports';
import { ChromaStore } from '../../../src/store/chroma/chromaStore';
import { endServer, startServer } from '../../support/chromaServer';
import { Gateway } from '../../support/gateway';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('a Chroma store', function () {
	this.timeout(60_000);
	const place = temporaryFolder('store');
	const miniLm = { name: 'all-MiniLM-L6-v2', dimensions: 384 };
	let port = 0;
	let gateway: Gateway;
	before(async () => {
		({ port } = await startServer(place.path));
		gateway = new Gateway(() => Promise.resolve(port));
		await gateway.open();
	});
	after(async () => {
		await gateway.close();
		await endServer(place.path);
		place.remove();
	});
	beforeEach(() => {
		gateway.busy = 0;
		gateway.token = undefined;
	});

	const store = (model = miniLm, headers: Record<string, string> = {}) => {
		const url = new URL(gateway.url);
		const endpoint = () =>
			Promise.resolve({ host: url.hostname, port: Number(url.port), ssl: false, headers, tenant: 'default_tenant', label: 'http://chroma.example' });
		return new ChromaStore({ endpoint, model: () => Promise.resolve(model), retryDelay: 10 });
	};

	it('makes databases and collections that are missing, and says which', async () => {
		assert.deepEqual(await store().collectionNames('one'), []);
		assert.deepEqual(await store().ensureCollection('one', 'codebase_v1'), { created: true });
		assert.deepEqual(await store().ensureCollection('one', 'codebase_v1'), { created: false });
		assert.deepEqual(await store().collectionNames('one'), ['codebase_v1']);
		assert.deepEqual(await store().collectionNames('two'), []);
	});

	it('may be set up by many at once', async () => {
		const made = await Promise.all(Array.from({ length: 8 }, () => store().collection('crowd', 'codebase_v1')));
		await Promise.all(made.map((collection, index) => collection.upsert([row(`r${index}`, index)])));
		assert.equal(await made[0]?.count(), 8);
		assert.deepEqual(await store().collectionNames('crowd'), ['codebase_v1']);
	});

	it('gives back what it was given, in batches and pages, and replaces by id', async () => {
		const collection = await store().collection('rows', 'codebase_v1');
		await collection.upsert(Array.from({ length: 1203 }, (_, index) => row(`r${index}`, index)));
		await collection.upsert([{ ...row('r3', 3), document: 'changed', metadata: { seed: 3.5, flag: true, text: 'ä' } }]);
		assert.equal(await collection.count(), 1203);
		let pages = 0;
		const ids = new Set<string>();
		for await (const page of collection.pages()) {
			pages++;
			for (const each of page) ids.add(each.id);
		}
		assert.deepEqual([pages, ids.size], [3, 1203]);
		const [found] = await collection.get(['r3', 'none'], true);
		assert.deepEqual([found?.document, found?.metadata], ['changed', { seed: 3.5, flag: true, text: 'ä' }]);
		assert.equal(found?.embedding?.length, 384);
		const [nearest] = await collection.query(vector(700), 1);
		assert.equal(nearest?.id, 'r700');
		assert.ok(nearest.distance < 0.001);
		await collection.updateMetadata([
			{ id: 'r3', metadata: { flag: false } },
			{ id: 'none', metadata: { flag: true } },
		]);
		assert.equal((await collection.get(['r3']))[0]?.metadata['flag'], false);
		assert.deepEqual(await collection.get(['none']), []);
		await collection.delete(['r3', 'none']);
		assert.equal(await collection.count(), 1202);
		await collection.upsert([]);
		await collection.delete([]);
		assert.deepEqual(await collection.get([]), []);
	});

	it('refuses a collection of another embedding model, with what to do, and changes nothing', async () => {
		const collection = await store().collection('models', 'codebase_v1');
		await collection.upsert([row('kept', 1)]);
		for (const other of [
			{ name: 'text-embedding-3-small', dimensions: 1536 },
			{ name: 'another-of-384', dimensions: 384 },
			{ name: 'all-MiniLM-L6-v2', dimensions: 768 },
		])
			await assert.rejects(
				store(other).collection('models', 'codebase_v1'),
				(cause) =>
					cause instanceof UserError &&
					/codebase_v1 was made with the embedding model all-MiniLM-L6-v2 \(384 numbers\), but .* is set\..*EMBEDDING_MODEL_PROVIDER.*Nothing was changed/.test(
						cause.message,
					) &&
					cause.message.includes(`${other.name} (${other.dimensions})`),
			);
		assert.equal(await (await store().collection('models', 'codebase_v1')).count(), 1);
	});

	it('takes a collection of another tool that names no model as one of all-MiniLM-L6-v2', async () => {
		const peer = new ChromaClient({ host: '127.0.0.1', port });
		const theirs = await peer.createCollection({ name: 'derived_learnings_v1', embeddingFunction: null });
		await theirs.add({ ids: ['theirs'], documents: ['Sort environ keys'], metadatas: [{ tags: 'python,config' }], embeddings: [Array.from(vector(5))] });
		const collection = await store().collection('default_database', 'derived_learnings_v1');
		await collection.upsert([row('ours', 6)]);
		assert.deepEqual((await collection.get(['theirs', 'ours'])).map((each) => each.id).sort(), ['ours', 'theirs']);
		await assert.rejects(store({ name: 'text-embedding-3-small', dimensions: 1536 }).collection('default_database', 'derived_learnings_v1'), UserError);
	});

	it('goes on over a server that is busy for a moment', async () => {
		const collection = await store().collection('busy', 'codebase_v1');
		gateway.busy = 2;
		await collection.upsert([row('a', 1)]);
		gateway.busy = 2;
		assert.equal(await collection.count(), 1);
		gateway.busy = 2;
		assert.equal(await (await store().collection('busy', 'codebase_v1')).count(), 1);
	});

	it('gives up on one that stays away, and says that nothing was lost', async () => {
		const collection = await store().collection('away', 'codebase_v1');
		gateway.busy = 1000;
		await assert.rejects(collection.count(), (cause) => cause instanceof UserError && /Chroma cannot be reached.*Nothing was lost/.test(cause.message));
		gateway.busy = 0;
		await gateway.close();
		try {
			await assert.rejects(collection.count(), UserError);
		} finally {
			await gateway.open();
		}
		assert.equal(await collection.count(), 0);
	});

	it('says that access was refused, and does not try again', async () => {
		gateway.token = 'x';
		const collection = await store(miniLm, { Authorization: 'Bearer x' }).collection('guarded', 'codebase_v1');
		await collection.upsert([row('a', 1)]);
		for (const headers of [{}, { Authorization: 'Bearer wrong' }]) {
			gateway.requests = 0;
			await assert.rejects(
				store(miniLm, headers).collection('guarded', 'codebase_v1'),
				(cause) =>
					cause instanceof UserError &&
					cause.message.includes('http://chroma.example refused access. Check CHROMA_HTTP_HEADERS') &&
					!cause.message.includes('wrong'),
			);
			assert.ok(gateway.requests <= 2, String(gateway.requests));
			await assert.rejects(store(miniLm, headers).collectionNames('guarded'), /refused access/);
		}
		gateway.token = 'y';
		await assert.rejects(collection.count(), /refused access/);
	});

	it('finds a collection again that somebody dropped and made anew', async () => {
		const mine = await store().collection('dropped', 'codebase_v1');
		await mine.upsert([row('a', 1)]);
		const peer = new ChromaClient({ host: '127.0.0.1', port, database: 'dropped' });
		await peer.deleteCollection({ name: 'codebase_v1' });
		await mine.upsert([row('b', 2)]);
		assert.equal(await mine.count(), 1);
		const same = store();
		await same.ensureCollection('dropped', 'codebase_v1');
		await peer.deleteCollection({ name: 'codebase_v1' });
		assert.deepEqual(await same.ensureCollection('dropped', 'codebase_v1'), { created: true });
		assert.deepEqual(await same.collectionNames('dropped'), ['codebase_v1']);
	});

	it('is stopped by its caller', async () => {
		const collection = await store().collection('stopped', 'codebase_v1');
		const stop = new AbortController();
		stop.abort();
		await assert.rejects(collection.upsert([row('a', 1)], stop.signal), /Cancelled/);
	});
});

function vector(seed: number): Float32Array {
	const raw = Array.from({ length: 384 }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233 * (1 + seed / 7)));
	const length = Math.hypot(...raw);
	return Float32Array.from(raw, (value) => value / length);
}

function row(id: string, seed: number): VectorRow & { embedding: Float32Array } {
	return { id, document: `document ${id}`, metadata: { seed }, embedding: vector(seed) };
}
