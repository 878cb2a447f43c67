import type { VectorCollection, VectorHit, VectorRow, VectorStore } from '../../src/core/ports';

type Row = { document: string; metadata: VectorRow['metadata']; embedding: Float32Array };
type Method = 'upsert' | 'updateMetadata' | 'delete' | 'get' | 'query' | 'count';

/**
 * Chroma's behaviour in memory, as far as the app relies on it: cosine distance by exact search, one dimension a
 * collection, metadata merged on every write, unknown ids ignored. Rows outlive `close`, as a directory would.
 */
export class MemoryStore implements VectorStore {
	readonly databases = new Map<string, Map<string, MemoryCollection>>();
	/** Calls so far, by method. */
	readonly calls = new Map<Method, number>();
	/** True: every call fails as a server that cannot be reached. */
	away = false;
	private failing: { method: Method; after: number } | undefined;

	/** The next call of the method, or one after so many more, throws once. */
	failOnce(method: Method, after = 0): void {
		this.failing = { method, after };
	}

	called(method: Method): void {
		if (this.away) throw new Error('fetch failed: the store is away');
		this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
		if (this.failing?.method !== method) return;
		if (this.failing.after-- > 0) return;
		this.failing = undefined;
		throw new Error(`${method} failed`);
	}

	collection(database: string, name: string): Promise<MemoryCollection> {
		if (this.away) return Promise.reject(new Error('fetch failed: the store is away'));
		const collections = this.databases.get(database) ?? new Map<string, MemoryCollection>();
		this.databases.set(database, collections);
		const collection = collections.get(name) ?? new MemoryCollection(this);
		collections.set(name, collection);
		return Promise.resolve(collection);
	}

	async ensureCollection(database: string, name: string): Promise<{ created: boolean }> {
		const created = this.databases.get(database)?.has(name) !== true;
		await this.collection(database, name);
		return { created };
	}

	collectionNames(database: string): Promise<string[]> {
		return Promise.resolve([...(this.databases.get(database)?.keys() ?? [])]);
	}

	close(): Promise<void> {
		return Promise.resolve();
	}

	/** Everything that is stored, for a search for what must not be. */
	dump(): string {
		const collections = [...this.databases].flatMap(([database, named]) => [...named].map(([name, { rows }]) => [database, name, [...rows]]));
		return JSON.stringify(collections, (_key, value: unknown) => (value instanceof Float32Array ? undefined : value));
	}
}

export class MemoryCollection implements VectorCollection {
	readonly rows = new Map<string, Row>();

	constructor(private readonly store: MemoryStore) {}

	async upsert(rows: readonly (VectorRow & { embedding: Float32Array })[], signal?: AbortSignal): Promise<void> {
		await Promise.resolve();
		if (rows.length === 0) return;
		this.store.called('upsert');
		signal?.throwIfAborted();
		for (const { id, document, metadata, embedding } of rows) {
			const [other] = this.rows.values();
			if (other !== undefined && other.embedding.length !== embedding.length) throw new Error('vectors of another dimension');
			this.rows.set(id, { document, metadata: { ...this.rows.get(id)?.metadata, ...metadata }, embedding: Float32Array.from(embedding) });
		}
	}

	async updateMetadata(rows: readonly { id: string; metadata: VectorRow['metadata'] }[]): Promise<void> {
		await Promise.resolve();
		if (rows.length === 0) return;
		this.store.called('updateMetadata');
		for (const { id, metadata } of rows) {
			const row = this.rows.get(id);
			if (row !== undefined) this.rows.set(id, { ...row, metadata: { ...row.metadata, ...metadata } });
		}
	}

	async delete(ids: readonly string[]): Promise<void> {
		await Promise.resolve();
		if (ids.length === 0) return;
		this.store.called('delete');
		for (const id of ids) this.rows.delete(id);
	}

	async get(ids: readonly string[], withEmbeddings = false): Promise<VectorRow[]> {
		await Promise.resolve();
		this.store.called('get');
		return ids.flatMap((id) => {
			const row = this.rows.get(id);
			return row === undefined ? [] : [shown(id, row, withEmbeddings)];
		});
	}

	async *pages(withEmbeddings = false): AsyncGenerator<VectorRow[]> {
		await Promise.resolve();
		this.store.called('get');
		const all = [...this.rows].map(([id, row]) => shown(id, row, withEmbeddings));
		for (let start = 0; start < all.length; start += 100) yield all.slice(start, start + 100);
	}

	async query(embedding: Float32Array, n: number): Promise<VectorHit[]> {
		await Promise.resolve();
		this.store.called('query');
		return [...this.rows]
			.map(([id, row]) => ({ ...shown(id, row, false), distance: 1 - cosine(embedding, row.embedding) }))
			.sort((a, b) => a.distance - b.distance)
			.slice(0, n);
	}

	async count(): Promise<number> {
		await Promise.resolve();
		this.store.called('count');
		return this.rows.size;
	}
}

function shown(id: string, { document, metadata, embedding }: Row, withEmbedding: boolean): VectorRow {
	return { id, document, metadata: { ...metadata }, ...(withEmbedding && { embedding: Float32Array.from(embedding) }) };
}

function cosine(a: Float32Array, b: Float32Array): number {
	let [dot, aa, bb] = [0, 0, 0];
	for (const [i, x] of a.entries()) {
		const y = b[i] ?? 0;
		dot += x * y;
		aa += x * x;
		bb += y * y;
	}
	return dot / (Math.sqrt(aa * bb) || 1);
}
