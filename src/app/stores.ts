import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CallContext } from '../core/api';
import { UserError, messageOf } from '../core/errors';
import type { Embedder, VectorCollection } from '../core/ports';
import { allCollections } from '../core/record';
import type { StoreConfig } from '../core/settings';
import { sha256 } from '../platform/hash';
import { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import type { AppPorts, OpenStore } from './ports';

/** A store as one call sees it: with the model that fills it and the rule that names its databases. */
export interface StoreHandle extends OpenStore {
	/** Same for all calls that mean the same rows. */
	readonly key: string;
	readonly embedder: Embedder;
	readonly config: StoreConfig;
	/** True when rows of one collection may be other people's or another tool's. */
	readonly shared: boolean;
	/** Turns stay in the local journal when this is false. */
	readonly takesTurns: boolean;
	/** For messages; without headers. */
	readonly label: string;
	databaseOf(repoId: string | undefined): string;
	collection(repoId: string | undefined, name: string): Promise<VectorCollection>;
}

/** Keeps one handle a store, one embedder a model, and one code index a checkout and store. */
export class Stores {
	private readonly handles = new Map<string, StoreHandle>();
	private readonly embedders = new Map<string, Embedder>();
	private readonly indexes = new Map<string, CodeIndexDb>();
	private readonly usedFor = new Map<string, StoreHandle>();

	constructor(private readonly ports: AppPorts) {}

	/** The handle of the call's settings. Nothing is contacted. */
	of({ store, embedding }: CallContext): StoreHandle {
		const key = sha256(JSON.stringify([identityOf(store), embedding.provider, embedding.model, embedding.baseUrl])).slice(0, 12);
		const secret = sha256(JSON.stringify([store, embedding]));
		const cached = this.handles.get(secret);
		if (cached !== undefined) return cached;
		const embedder = this.embedderOf(embedding);
		const handle = handleOf(key, store, embedder, this.ports.openStore(store, embedder));
		this.handles.set(secret, handle);
		return handle;
	}

	/** Remembers which store a repository's records belong to, for work that runs without a call. True when that is new. */
	use(repoId: string | undefined, handle: StoreHandle): boolean {
		const met = this.usedFor.get(repoId ?? '') !== handle;
		this.usedFor.set(repoId ?? '', handle);
		return met;
	}

	usedBy(): ReadonlyMap<string, StoreHandle> {
		return this.usedFor;
	}

	codeIndex(checkoutId: string, handle: StoreHandle): CodeIndexDb {
		const file = this.codeIndexFile(checkoutId, handle);
		let index = this.indexes.get(file);
		if (index === undefined) this.indexes.set(file, (index = CodeIndexDb.open(file, this.ports.log)));
		return index;
	}

	/** Puts a damaged code index aside; the next use makes it anew. */
	discardCodeIndex(checkoutId: string, handle: StoreHandle): void {
		const file = this.codeIndexFile(checkoutId, handle);
		this.indexes.get(file)?.close();
		this.indexes.delete(file);
		this.ports.log.warn(`code index ${file} is damaged and is made again`);
		for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
		if (existsSync(file)) renameSync(file, `${file}.damaged`);
	}

	all(): readonly StoreHandle[] {
		return [...this.handles.values()];
	}

	embedderNames(): string {
		return [...this.embedders.values()].map((embedder) => embedder.model).join(', ');
	}

	async close(): Promise<void> {
		for (const index of this.indexes.values()) index.close();
		await Promise.all([...[...this.handles.values()].map((handle) => handle.close()), ...[...this.embedders.values()].map((embedder) => embedder.close())]);
	}

	private codeIndexFile(checkoutId: string, handle: StoreHandle): string {
		return join(this.ports.paths.code, `${checkoutId}-${handle.key}.db`);
	}

	private embedderOf(config: CallContext['embedding']): Embedder {
		const key = JSON.stringify(config);
		let embedder = this.embedders.get(key);
		if (embedder === undefined) this.embedders.set(key, (embedder = this.ports.openEmbedder(config)));
		return embedder;
	}
}

/** True for what SQLite says of a file whose content is broken. */
export function isDamaged(cause: unknown): boolean {
	return /malformed|not a database|corrupt/i.test(messageOf(cause));
}

function identityOf(store: StoreConfig): readonly string[] {
	return store.impl === 'persistent' ? ['persistent', store.path, store.database ?? ''] : ['http', store.url, store.tenant, store.database];
}

function handleOf(key: string, config: StoreConfig, embedder: Embedder, open: OpenStore): StoreHandle {
	const databaseOf = (repoId: string | undefined) => config.database ?? (repoId === undefined || repoId === '' ? 'unfiled' : `repo_${repoId}`);
	return {
		...open,
		key,
		config,
		embedder,
		databaseOf,
		shared: config.database !== undefined,
		takesTurns: config.impl === 'persistent' || config.shareTurns,
		label: config.impl === 'persistent' ? config.path : config.url,
		collection: (repoId, name) => {
			if (!allCollections.some((known) => known === name))
				throw new UserError(`There is no collection ${name} here. Use one of: ${allCollections.join(', ')}.`, 2);
			return open.vectors.collection(databaseOf(repoId), name);
		},
	};
}
