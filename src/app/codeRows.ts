import type { IndexedChunk } from '../core/chunk';
import type { Embedder, VectorCollection, VectorRow } from '../core/ports';
import { CodebaseRow, encodeCodebase } from '../core/record';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import { rowIdOf } from './chunkIds';
import type { AppPorts } from './ports';
import type { Tally } from './tally';

/** A chunk with the text whose vector stands for it. */
export type ReadyChunk = IndexedChunk & { readonly embed_hash: string; readonly embed_text: string };

export interface CodeRowsOptions {
	readonly ports: AppPorts;
	readonly index: CodeIndexDb;
	readonly collection: VectorCollection;
	readonly embedder: Embedder;
	readonly place: Place;
	readonly tally: Tally;
	/** True when the store may hold vectors of this very code, because the index was made anew or an indexing broke off. */
	readonly reuse: boolean;
}

/** Rows of one checkout in `codebase_v1`. No text is embedded whose vector stands there already. */
export class CodeRows {
	constructor(private readonly use: CodeRowsOptions) {}

	/** Writes rows of chunks whose text is new to the index, and what else changed of those whose text is the same. */
	async write(fresh: readonly ReadyChunk[], same: readonly ReadyChunk[], signal: AbortSignal | undefined): Promise<void> {
		const stored = await this.storedRows(fresh);
		const isStored = (chunk: ReadyChunk) => holds(stored.get(this.rowId(chunk.chunk_id)), chunk);
		const missing = fresh.filter((chunk) => !isStored(chunk));
		await this.use.collection.upsert(await this.rowsOf(missing, stored, signal), signal);
		const rows = [...same, ...fresh.filter(isStored)].map((chunk) => this.rowOf(chunk)).filter((row) => !saysThat(stored.get(row.id), row.metadata));
		await this.use.collection.updateMetadata(rows.map(({ id, metadata }) => ({ id, metadata })));
	}

	async delete(chunkIds: readonly string[]): Promise<void> {
		await this.use.collection.delete(chunkIds.map((id) => this.rowId(id)));
	}

	private async rowsOf(chunks: readonly ReadyChunk[], stored: ReadonlyMap<string, VectorRow>, signal: AbortSignal | undefined) {
		const vectors = new Map(
			[...stored.values()].flatMap(({ metadata, embedding }) => (embedding ? [[String(metadata['embed_hash']), embedding] as const] : [])),
		);
		const missing = chunks.filter((chunk) => !vectors.has(chunk.embed_hash));
		const made = await this.use.embedder.embed(
			missing.map((chunk) => chunk.embed_text),
			signal,
		);
		this.use.tally.chunksEmbedded += made.length;
		for (const [position, chunk] of missing.entries()) {
			const vector = made[position];
			if (vector !== undefined) vectors.set(chunk.embed_hash, vector);
		}
		return chunks.flatMap((chunk) => {
			const embedding = vectors.get(chunk.embed_hash);
			return embedding === undefined ? [] : [{ ...this.rowOf(chunk), embedding }];
		});
	}

	/** Rows that may have the chunks' vectors. Punctuation and layout do not reach the model: such a chunk has a new text and its old vector. */
	private async storedRows(fresh: readonly ReadyChunk[]): Promise<Map<string, VectorRow>> {
		const { index, reuse, collection } = this.use;
		const likely = fresh.filter((chunk) => reuse || index.chunk(chunk.chunk_id)?.embed_hash === chunk.embed_hash);
		if (likely.length === 0) return new Map();
		const ids = new Set(likely.flatMap((chunk) => [this.rowId(chunk.chunk_id), chunk.chunk_id]));
		return new Map((await collection.get([...ids], true)).map((row) => [row.id, row]));
	}

	private rowOf(chunk: ReadyChunk): Omit<VectorRow, 'embedding'> {
		const related_chat_ids = this.use.ports.derived.linksTo(chunk.chunk_id, 'changed');
		const row = encodeCodebase(CodebaseRow.parse({ ...chunk, id: this.rowId(chunk.chunk_id), document: chunk.text, related_chat_ids }));
		return { ...row, metadata: { ...row.metadata, embed_hash: chunk.embed_hash } };
	}

	private rowId(id: string): string {
		return rowIdOf(this.use.place, id);
	}
}

function holds(row: VectorRow | undefined, chunk: ReadyChunk): boolean {
	return row?.metadata['content_hash'] === chunk.content_hash && row.metadata['embed_hash'] === chunk.embed_hash;
}

/** When a row was written, and at which commit, may stay as it is. */
function saysThat(row: VectorRow | undefined, metadata: VectorRow['metadata']): boolean {
	return (
		row !== undefined && Object.entries(metadata).every(([key, value]) => key === 'last_indexed_utc' || key === 'commit_sha' || row.metadata[key] === value)
	);
}
