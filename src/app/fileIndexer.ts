import type { CodeChunk } from '../core/chunk';
import { embedText } from '../code/embedText';
import { roleOf } from '../code/role';
import { sha256 } from '../platform/hash';
import type { IndexedFile, StoredChunk } from '../store/sqlite/codeIndexDb';
import { identified } from './chunkIds';
import type { CodeRowsOptions, ReadyChunk } from './codeRows';
import { CodeRows } from './codeRows';
import { judgeFile, readSource } from './indexRules';
import type { Move, Moves } from './moves';
import { stays, successor } from './moves';
import { redactedSource } from './redactedSource';

interface ReadyFile {
	readonly file: IndexedFile;
	readonly chunks: readonly ReadyChunk[];
	/** The file's former chunks that are no more. */
	readonly stale: readonly StoredChunk[];
	/** Chunks whose row is not in the store yet. */
	readonly fresh: readonly ReadyChunk[];
	/** Stale chunks that go on under another name in the same file. */
	readonly moves: readonly Move[];
}

export interface FileIndexerOptions extends CodeRowsOptions {
	readonly moves: Moves;
}

/** Chunks are embedded and sent in groups of this many: large enough for the server, small enough to lose little on a stop. */
const groupSize = 256;
/** Files without a new chunk wait for their turn too. */
const mostFiles = 200;
/** A file written this shortly before it was indexed may have changed again within the clock's grain. */
const racyMs = 2000;

/**
 * Indexes single files. Order within a group: vectors in, stale vectors out, then the ledger; so that
 * a kill at any point leaves a file either done or to be done again, never lost.
 */
export class FileIndexer {
	private waiting: ReadyFile[] = [];
	private waitingFresh = 0;
	private readonly gone: StoredChunk[] = [];

	private readonly rows: CodeRows;

	constructor(private readonly use: FileIndexerOptions) {
		this.rows = new CodeRows(use);
	}

	/** Chunks that went out of their file without going on in it. */
	get lost(): readonly StoredChunk[] {
		return this.gone;
	}

	/** Compares one file with what is indexed of it and queues what is new. */
	async look(path: string, signal?: AbortSignal): Promise<void> {
		const { index, tally, place } = this.use;
		tally.filesSeen++;
		const verdict = judgeFile(place.tree.root, path);
		if (!verdict.ok) return this.leaveOut(path, verdict.reason, verdict.stat);
		const { size, mtimeMs } = verdict.stat;
		const known = index.file(path);
		const isOld = known !== undefined && Date.parse(known.indexed_at) - known.mtime > racyMs;
		if (isOld && known.size === size && known.mtime === mtimeMs) tally.filesUnchanged++;
		else if (known !== undefined || !this.skippedAsItIs(path, size, mtimeMs)) await this.read(path, verdict.stat, known);
		if (this.waitingFresh >= groupSize || this.waiting.length >= mostFiles) await this.finish(signal);
	}

	private async read(path: string, stat: { size: number; mtimeMs: number }, known: IndexedFile | undefined): Promise<void> {
		const { index, tally, place } = this.use;
		const source = readSource(place.tree.root, path);
		if (!source.ok) return this.leaveOut(path, source.reason, stat);
		const hash = sha256(source.bytes);
		if (known?.hash === hash) {
			index.touchFile(path, stat.size, stat.mtimeMs);
			tally.filesUnchanged++;
			return;
		}
		const role = roleOf(path, source.text);
		if (role === 'generated') return this.leaveOut(path, 'generated', stat);
		await this.queue({ path, hash, size: stat.size, mtime: stat.mtimeMs, role }, source.text);
	}

	private async queue(seen: Pick<IndexedFile, 'path' | 'hash' | 'size' | 'mtime' | 'role'>, text: string): Promise<void> {
		const { redactor, chunker, clock } = this.use.ports;
		// A name that holds a secret must not be remembered either.
		if ((await redactor.redact(seen.path)).count > 0) {
			this.use.tally.skip('(not shown)', 'the name holds a secret');
			return;
		}
		const cut = await chunker.chunk(seen.path, await redactedSource(text, redactor));
		const indexed_at = clock.now().toISOString();
		const ready = this.compare({ ...seen, language: cut.language, chunker: chunker.version, fallback: cut.fallback ?? '', indexed_at }, cut.chunks);
		this.waiting.push(ready);
		this.waitingFresh += ready.fresh.length;
	}

	async remove(paths: readonly string[]): Promise<void> {
		for (const path of paths) {
			await this.drop(path);
			this.use.tally.filesRemoved++;
		}
	}

	/** Sends what is queued. */
	async finish(signal?: AbortSignal): Promise<void> {
		const group = this.waiting;
		if (group.length === 0) return;
		this.waiting = [];
		this.waitingFresh = 0;
		const { moves, index, place } = this.use;
		const fresh = new Set(group.flatMap((ready) => ready.fresh));
		const same = group.flatMap((ready) => ready.chunks.filter((chunk) => !fresh.has(chunk)));
		await this.rows.write([...fresh], same, signal);
		await this.rows.delete(group.flatMap((ready) => ready.stale).map((chunk) => chunk.id));
		await moves.record(
			index,
			place,
			group.flatMap((ready) => ready.moves),
		);
		for (const ready of group) this.commit(ready);
	}

	private async drop(path: string): Promise<void> {
		const { index, tally } = this.use;
		const chunks = index.chunksOf(path);
		await this.rows.delete(chunks.map((chunk) => chunk.id));
		index.removeFile(path);
		tally.chunksRemoved += chunks.length;
		tally.touched.add(path);
	}

	private async leaveOut(path: string, reason: string, stat: { size: number; mtimeMs: number } | undefined): Promise<void> {
		const { index, tally } = this.use;
		tally.skip(path, reason);
		if (index.file(path) !== undefined) await this.drop(path);
		if (stat !== undefined) index.setSkipped(path, reason, stat.size, stat.mtimeMs);
	}

	private skippedAsItIs(path: string, size: number, mtime: number): boolean {
		const row = this.use.index.sql.get('select reason from skipped where path=? and size=? and mtime=?', path, size, mtime);
		if (row === undefined) return false;
		this.use.tally.skip(path, String(row['reason']));
		return true;
	}

	private compare(file: IndexedFile, cut: readonly CodeChunk[]): ReadyFile {
		const chunks = this.ready(file, cut);
		const old = new Map(this.use.index.chunksOf(file.path).map((chunk) => [chunk.id, chunk]));
		const ids = new Set(chunks.map((chunk) => chunk.chunk_id));
		const stale = [...old.values()].filter((chunk) => !ids.has(chunk.id));
		const added = chunks.filter((chunk) => !old.has(chunk.chunk_id));
		const fresh = chunks.filter((chunk) => old.get(chunk.chunk_id)?.content_hash !== chunk.content_hash);
		return { file, chunks, stale, fresh, moves: stale.flatMap((gone) => successor(gone, added) ?? []) };
	}

	private ready(file: IndexedFile, cut: readonly CodeChunk[]): ReadyChunk[] {
		const { place } = this.use;
		return identified(place.repo_id, file.path, cut).map((chunk, chunk_index) => {
			const embed_text = toEmbed(file, chunk);
			return {
				...chunk,
				chunk_index,
				repo_id: place.repo_id,
				checkout_id: place.checkout_id,
				file_path: file.path,
				language: file.language,
				role: file.role,
				commit_sha: place.tree.head,
				content_hash: sha256(chunk.text),
				last_indexed_utc: file.indexed_at,
				related_chat_ids: [],
				chunker_version: file.chunker,
				embed_hash: sha256(embed_text),
				embed_text,
			};
		});
	}

	private commit(ready: ReadyFile) {
		const { index, tally } = this.use;
		index.putFile(ready.file, ready.chunks);
		for (const id of [`file:${ready.file.path}`, ...ready.chunks.map((chunk) => chunk.chunk_id)]) stays(index, id);
		const moved = new Set(ready.moves.map((move) => move.from));
		this.gone.push(...ready.stale.filter((chunk) => !moved.has(chunk.id)));
		tally.filesIndexed++;
		tally.chunks += ready.chunks.length;
		tally.chunksRemoved += ready.stale.length;
		tally.touched.add(ready.file.path);
	}
}

/**
 * How many words a vector is made of where its beginning says it all. The cost of an index is that of its vectors, and the
 * word index holds the whole text anyway. Source code always gets as much as the model takes.
 */
const embeddedWords = { imports: 24, test: 32, prose: 44 };

function toEmbed(file: IndexedFile, chunk: CodeChunk): string {
	const text = embedText(file.path, chunk);
	if (chunk.symbol_kind === 'imports') return firstWords(text, embeddedWords.imports);
	// Tests stand after source in every ranking: their vectors say what is tested, not how.
	if (file.role === 'test') return firstWords(text, embeddedWords.test);
	return proseLanguages.has(file.language) ? firstWords(text, embeddedWords.prose) : text;
}

const proseLanguages: ReadonlySet<string> = new Set(['markdown', 'rst', 'text', 'asciidoc', 'org', 'tex']);

function firstWords(text: string, count: number): string {
	return text.split(' ', count).join(' ');
}
