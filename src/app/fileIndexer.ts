import type { IndexReport } from '../core/api';
import type { CodeChunk, IndexedChunk } from '../core/chunk';
import { chunkId } from '../core/ids';
import type { Embedder, VectorCollection, VectorRow } from '../core/ports';
import { CodebaseRow, encodeCodebase } from '../core/record';
import { embedText } from '../code/embedText';
import { roleOf } from '../code/role';
import { sha256 } from '../platform/hash';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb, IndexedFile, StoredChunk } from '../store/sqlite/codeIndexDb';
import { judgeFile, readSource } from './indexRules';
import type { AppPorts } from './ports';

type ReadyChunk = IndexedChunk & { embed_hash: string; embed_text: string };

interface ReadyFile {
	readonly file: IndexedFile;
	readonly chunks: readonly ReadyChunk[];
	/** Ids of the file's former chunks that are no more. */
	readonly stale: readonly string[];
	/** Chunks whose vector is not in the store yet. */
	readonly fresh: readonly ReadyChunk[];
}

/** Chunks are embedded and sent in groups of this many: large enough for the server, small enough to lose little on a stop. */
const groupSize = 256;
/** A file written this shortly before it was indexed may have changed again within the clock's grain. */
const racyMs = 2000;

/**
 * Indexes single files. Order within a group: vectors in, stale vectors out, then the ledger; so that
 * a kill at any point leaves a file either done or to be done again, never lost.
 */
export class FileIndexer {
	private waiting: ReadyFile[] = [];
	private waitingFresh = 0;

	constructor(
		private readonly ports: AppPorts,
		private readonly index: CodeIndexDb,
		private readonly collection: VectorCollection,
		private readonly embedder: Embedder,
		private readonly place: Place,
		private readonly tally: Tally,
	) {}

	/** Compares one file with what is indexed of it and queues what is new. */
	async look(path: string, signal?: AbortSignal): Promise<void> {
		this.tally.filesSeen++;
		const root = this.place.tree.root;
		const verdict = judgeFile(root, path);
		if (!verdict.ok) return this.leaveOut(path, verdict.reason, verdict.stat);
		const known = this.index.file(path);
		if (known?.size === verdict.stat.size && known.mtime === verdict.stat.mtimeMs && Date.parse(known.indexed_at) - known.mtime > racyMs) {
			this.unchanged();
			return;
		}
		if (known === undefined && this.skippedAsItIs(path, verdict.stat.size, verdict.stat.mtimeMs)) return;
		const source = readSource(root, path);
		if (!source.ok) return this.leaveOut(path, source.reason, verdict.stat);
		const hash = sha256(source.bytes);
		if (known?.hash === hash) {
			this.index.touchFile(path, verdict.stat.size, verdict.stat.mtimeMs);
			this.unchanged();
			return;
		}
		const role = roleOf(path, source.text);
		if (role === 'generated') return this.leaveOut(path, 'generated', verdict.stat);
		const cut = await this.ports.chunker.chunk(path, source.text);
		const file: IndexedFile = {
			path,
			hash,
			size: verdict.stat.size,
			mtime: verdict.stat.mtimeMs,
			language: cut.language,
			role,
			chunker: this.ports.chunker.version,
			fallback: cut.fallback ?? '',
			indexed_at: this.ports.clock.now().toISOString(),
		};
		this.queue(this.compare(file, cut.chunks));
		if (this.waitingFresh >= groupSize || this.waiting.length >= 200) await this.flush(signal);
	}

	async remove(paths: readonly string[]): Promise<void> {
		for (const path of paths) {
			await this.collection.delete(this.index.chunksOf(path).map((chunk) => this.rowId(chunk.id)));
			this.tally.chunksRemoved += this.index.chunksOf(path).length;
			this.index.removeFile(path);
			this.tally.filesRemoved++;
			this.tally.touched.add(path);
		}
	}

	/** Sends what is queued. */
	async finish(signal?: AbortSignal): Promise<void> {
		await this.flush(signal);
	}

	private async leaveOut(path: string, reason: string, stat: { size: number; mtimeMs: number } | undefined): Promise<void> {
		this.tally.skip(path, reason);
		if (this.index.file(path) !== undefined) {
			await this.remove([path]);
			this.tally.filesRemoved--;
		}
		if (stat !== undefined) this.index.setSkipped(path, reason, stat.size, stat.mtimeMs);
	}

	private skippedAsItIs(path: string, size: number, mtime: number): boolean {
		const row = this.index.sql.get('select reason from skipped where path=? and size=? and mtime=?', path, size, mtime);
		if (row === undefined) return false;
		this.tally.skip(path, String(row['reason']));
		return true;
	}

	private unchanged(): void {
		this.tally.filesUnchanged++;
	}

	private compare(file: IndexedFile, cut: readonly CodeChunk[]): ReadyFile {
		const chunks = this.named(file, cut);
		const old = new Map(this.index.chunksOf(file.path).map((chunk) => [chunk.id, chunk]));
		const ids = new Set(chunks.map((chunk) => chunk.chunk_id));
		const stale = [...old.values()].filter((chunk) => !ids.has(chunk.id));
		this.followMoves(stale, chunks, old);
		return { file, chunks, stale: stale.map((chunk) => chunk.id), fresh: chunks.filter((chunk) => old.get(chunk.chunk_id)?.embed_hash !== chunk.embed_hash) };
	}

	/** A chunk whose text stands elsewhere in the same file under another name was renamed or moved; references follow it. */
	private followMoves(stale: readonly StoredChunk[], chunks: readonly ReadyChunk[], old: ReadonlyMap<string, StoredChunk>) {
		for (const gone of stale) {
			const twin = chunks.find((chunk) => !old.has(chunk.chunk_id) && (chunk.content_hash === gone.content_hash || bodyOf(chunk.text) === bodyOf(gone.text)));
			if (twin !== undefined) this.tally.moves.push({ from: gone.id, to: twin.chunk_id });
		}
	}

	private named(file: IndexedFile, cut: readonly CodeChunk[]): ReadyChunk[] {
		const ordinals = new Map<string, number>();
		return cut.map((chunk, position) => {
			const name = chunk.symbol === '' ? `#${chunk.symbol_kind}` : chunk.symbol;
			const ordinal = ordinals.get(name) ?? 0;
			ordinals.set(name, ordinal + 1);
			const embed_text = embedText(file.path, chunk);
			return {
				...chunk,
				chunk_id: chunkId(sha256, this.place.repo_id, file.path, name, ordinal),
				chunk_index: position,
				repo_id: this.place.repo_id,
				checkout_id: this.place.checkout_id,
				file_path: file.path,
				language: file.language,
				role: file.role,
				commit_sha: this.place.tree.head,
				content_hash: sha256(chunk.text),
				last_indexed_utc: file.indexed_at,
				related_chat_ids: [],
				chunker_version: file.chunker,
				embed_hash: sha256(embed_text),
				embed_text,
			};
		});
	}

	private queue(ready: ReadyFile) {
		this.waiting.push(ready);
		this.waitingFresh += ready.fresh.length;
	}

	private async flush(signal?: AbortSignal) {
		const group = this.waiting;
		if (group.length === 0) return;
		this.waiting = [];
		this.waitingFresh = 0;
		const fresh = group.flatMap((ready) => ready.fresh);
		const vectors = await this.embedder.embed(
			fresh.map((chunk) => chunk.embed_text),
			signal,
		);
		const rows = fresh.flatMap((chunk, position) => {
			const embedding = vectors[position];
			return embedding === undefined ? [] : [{ ...this.rowOf(chunk), embedding }];
		});
		await this.collection.upsert(rows, signal);
		await this.refreshOthers(group);
		await this.collection.delete(group.flatMap((ready) => ready.stale).map((id) => this.rowId(id)));
		for (const ready of group) this.commit(ready);
	}

	/** Chunks whose vector still holds may have other lines or neighbours now. */
	private async refreshOthers(group: readonly ReadyFile[]) {
		const same = group.flatMap((ready) => ready.chunks.filter((chunk) => !ready.fresh.includes(chunk)));
		await this.collection.updateMetadata(same.map((chunk) => ({ id: this.rowId(chunk.chunk_id), metadata: this.rowOf(chunk).metadata })));
	}

	private commit(ready: ReadyFile) {
		this.index.putFile(ready.file, ready.chunks);
		this.tally.filesIndexed++;
		this.tally.chunks += ready.chunks.length;
		this.tally.chunksEmbedded += ready.fresh.length;
		this.tally.chunksRemoved += ready.stale.length;
		this.tally.touched.add(ready.file.path);
	}

	private rowOf(chunk: ReadyChunk): Omit<VectorRow, 'embedding'> {
		const related = this.ports.derived.linksTo(chunk.chunk_id, 'changed');
		return encodeCodebase(CodebaseRow.parse({ ...chunk, id: this.rowId(chunk.chunk_id), document: chunk.text, related_chat_ids: related }));
	}

	private rowId(id: string): string {
		return rowIdOf(this.place, id);
	}
}

/** Rows of a further checkout of a repository stand beside those of its first. */
export function rowIdOf(place: Pick<Place, 'main' | 'checkout_id'>, chunk: string): string {
	return place.main ? chunk : `${chunk}~${place.checkout_id.slice(2, 10)}`;
}

/** Text without its first line, where the name stands. */
function bodyOf(text: string): string {
	const body = text.slice(text.indexOf('\n') + 1).trim();
	return body.length > 40 ? body : text;
}

/** Counts of one indexing. */
export class Tally {
	filesSeen = 0;
	filesIndexed = 0;
	filesUnchanged = 0;
	filesRemoved = 0;
	chunks = 0;
	chunksEmbedded = 0;
	chunksRemoved = 0;
	readonly touched = new Set<string>();
	readonly moves: { from: string; to: string }[] = [];
	private readonly skips = new Map<string, { count: number; example: string }>();

	skip(path: string, reason: string): void {
		const entry = this.skips.get(reason) ?? { count: 0, example: path };
		this.skips.set(reason, { ...entry, count: entry.count + 1 });
	}

	report(seconds: number, notes: string[]): IndexReport {
		const skipped = [...this.skips].map(([reason, { count, example }]) => ({ reason, count, example })).sort((a, b) => b.count - a.count);
		return {
			files_seen: this.filesSeen,
			files_indexed: this.filesIndexed,
			files_unchanged: this.filesUnchanged,
			files_removed: this.filesRemoved,
			files_skipped: skipped.reduce((sum, entry) => sum + entry.count, 0),
			chunks: this.chunks,
			chunks_embedded: this.chunksEmbedded,
			chunks_removed: this.chunksRemoved,
			seconds: Math.round(seconds * 100) / 100,
			skipped,
			notes,
		};
	}
}
