import type { Collection, Metadata } from 'chromadb';
import { IncludeEnum } from 'chromadb';
import type { VectorCollection, VectorHit, VectorRow } from '../../core/ports';
import type { Retrying } from './retrying';

/** Far below the server's limit of 5,461, so that a batch stays a few megabytes. */
const batchSize = 500;

/** One collection. It is opened again after a lost connection, since a handle is bound to a server. */
export class ChromaCollection implements VectorCollection {
	private handle: Promise<Collection> | undefined;

	constructor(
		private readonly open: () => Promise<Collection>,
		private readonly retrying: Retrying,
		private readonly name: string,
	) {}

	async upsert(rows: readonly (VectorRow & { embedding: Float32Array })[], signal?: AbortSignal): Promise<void> {
		for (const batch of batches(rows)) {
			const args = {
				ids: batch.map((row) => row.id),
				documents: batch.map((row) => row.document),
				metadatas: batch.map((row) => row.metadata),
				embeddings: batch.map((row) => Array.from(row.embedding)),
			};
			await this.call((collection) => collection.upsert(args), 'write', signal);
		}
	}

	async updateMetadata(rows: readonly { id: string; metadata: VectorRow['metadata'] }[]): Promise<void> {
		for (const batch of batches(rows)) {
			await this.call((collection) => collection.update({ ids: batch.map((row) => row.id), metadatas: batch.map((row) => row.metadata) }), 'update');
		}
	}

	async delete(ids: readonly string[]): Promise<void> {
		for (const batch of batches(ids)) await this.call((collection) => collection.delete({ ids: batch }), 'delete');
	}

	async get(ids: readonly string[], withEmbeddings = false): Promise<VectorRow[]> {
		const rows: VectorRow[] = [];
		for (const batch of batches(ids)) {
			const found = await this.call((collection) => collection.get({ ids: batch, include: included(withEmbeddings) }), 'read');
			rows.push(...rowsOf(found));
		}
		return rows;
	}

	async *pages(withEmbeddings = false): AsyncGenerator<VectorRow[]> {
		for (let offset = 0; ; offset += batchSize) {
			const from = offset;
			const page = rowsOf(await this.call((collection) => collection.get({ limit: batchSize, offset: from, include: included(withEmbeddings) }), 'read'));
			if (page.length > 0) yield page;
			if (page.length < batchSize) return;
		}
	}

	async query(embedding: Float32Array, n: number, withRows = true): Promise<VectorHit[]> {
		const include = withRows ? [IncludeEnum.documents, IncludeEnum.metadatas, IncludeEnum.distances] : [IncludeEnum.distances];
		const found = await this.call((collection) => collection.query({ queryEmbeddings: [Array.from(embedding)], nResults: n, include }), 'query');
		return (found.ids[0] ?? []).map((id, index) => ({
			id,
			document: found.documents[0]?.[index] ?? '',
			metadata: scalars(found.metadatas[0]?.[index]),
			distance: found.distances[0]?.[index] ?? 2,
		}));
	}

	count(): Promise<number> {
		return this.call((collection) => collection.count(), 'count');
	}

	private call<T>(work: (collection: Collection) => Promise<T>, what: string, signal?: AbortSignal): Promise<T> {
		return this.retrying.run(
			async () => {
				try {
					return await work(await (this.handle ??= this.open()));
				} catch (cause) {
					this.handle = undefined;
					throw cause;
				}
			},
			`${what} ${this.name}`,
			signal,
		);
	}
}

function* batches<T>(items: readonly T[]): Generator<T[]> {
	for (let start = 0; start < items.length; start += batchSize) yield items.slice(start, start + batchSize);
}

const included = (withEmbeddings: boolean) => [IncludeEnum.documents, IncludeEnum.metadatas, ...(withEmbeddings ? [IncludeEnum.embeddings] : [])];

function rowsOf(found: { ids: string[]; documents: (string | null)[]; metadatas: (Metadata | null)[]; embeddings: number[][] }): VectorRow[] {
	return found.ids.map((id, index) => {
		const embedding = found.embeddings[index];
		return {
			id,
			document: found.documents[index] ?? '',
			metadata: scalars(found.metadatas[index]),
			...(embedding && { embedding: Float32Array.from(embedding) }),
		};
	});
}

/** Rows of other tools may hold lists and nulls; we keep what every reader understands. */
function scalars(metadata: Metadata | null | undefined): VectorRow['metadata'] {
	const kept: VectorRow['metadata'] = {};
	for (const [key, value] of Object.entries(metadata ?? {})) {
		if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') kept[key] = value;
		else if (Array.isArray(value)) kept[key] = value.join(',');
	}
	return kept;
}
