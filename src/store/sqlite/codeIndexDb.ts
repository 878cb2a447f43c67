import { renameSync, rmSync } from 'node:fs';
import { Role } from '../../core/chunk';
import type { IndexedChunk } from '../../core/chunk';
import { lexicalTokens } from '../../core/identifiers';
import type { Log } from '../../core/ports';
import type { Sqlite, SqlRow } from './sqlite';
import { openSqlite } from './sqlite';

const schemaVersion = '1';

const schema = `
create table if not exists meta(key text primary key, value text not null);
create table if not exists files(path text primary key, hash text not null, size integer not null, mtime real not null, language text not null, role text not null,
	chunker integer not null, fallback text not null, indexed_at text not null) without rowid;
create table if not exists skipped(path text primary key, reason text not null, size integer not null, mtime real not null) without rowid;
create table if not exists chunks(n integer primary key, id text not null unique, path text not null, i integer not null, start_line integer not null, end_line integer not null,
	symbol text not null, kind text not null, language text not null, role text not null, content_hash text not null, embed_hash text not null, text text not null, doc text not null);
create index if not exists chunks_by_path on chunks(path);
create index if not exists chunks_by_content on chunks(content_hash);
create virtual table if not exists fts using fts5(path, symbol, doc, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
create table if not exists moved(old_id text primary key, new_id text not null, at text not null) without rowid;
`;

export interface IndexedFile {
	readonly path: string;
	readonly hash: string;
	readonly size: number;
	readonly mtime: number;
	readonly language: string;
	readonly role: Role;
	readonly chunker: number;
	readonly fallback: string;
	readonly indexed_at: string;
}

export interface StoredChunk {
	readonly id: string;
	readonly path: string;
	readonly start_line: number;
	readonly end_line: number;
	readonly symbol: string;
	readonly kind: string;
	readonly role: Role;
	readonly content_hash: string;
	readonly embed_hash: string;
	readonly text: string;
	readonly doc: string;
}

/** A chunk without its text, as a list of candidates needs it. */
export type ChunkBrief = Pick<StoredChunk, 'id' | 'path' | 'start_line' | 'end_line' | 'symbol' | 'role'>;

export interface LexicalHit {
	readonly chunk: ChunkBrief;
	/** BM25, larger is better. */
	readonly score: number;
}

/**
 * The lexical half of one checkout's code index, and the ledger of what was indexed from which content.
 * One file a checkout and store, so that word statistics are those of the repository that is asked.
 */
export class CodeIndexDb {
	private constructor(readonly sql: Sqlite) {}

	/** Opens or creates; a damaged file or one of another layout is put aside, and the next indexing fills it again. */
	static open(file: string, log: Log): CodeIndexDb {
		try {
			return CodeIndexDb.checked(file);
		} catch (cause) {
			log.warn(`code index ${file} is unusable and is made again: ${String(cause)}`);
			for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
			renameSync(file, `${file}.damaged`);
			return CodeIndexDb.checked(file);
		}
	}

	private static checked(file: string): CodeIndexDb {
		const sql = openSqlite(file);
		try {
			sql.exec(schema);
			const index = new CodeIndexDb(sql);
			if (index.meta('layout') === '') index.setMeta('layout', schemaVersion);
			if (index.meta('layout') !== schemaVersion) throw new Error(`layout ${index.meta('layout')}`);
			sql.get("select count(*) from fts where fts match 'probe'");
			return index;
		} catch (cause) {
			sql.close();
			throw cause;
		}
	}

	meta(key: string): string {
		return String(this.sql.get('select value from meta where key=?', key)?.['value'] ?? '');
	}

	setMeta(key: string, value: string): void {
		this.sql.run('insert or replace into meta values(?,?)', key, value);
	}

	files(): Map<string, IndexedFile> {
		return new Map(this.sql.all('select * from files').map((row) => [String(row['path']), fileOf(row)]));
	}

	file(path: string): IndexedFile | undefined {
		const row = this.sql.get('select * from files where path=?', path);
		return row === undefined ? undefined : fileOf(row);
	}

	setSkipped(path: string, reason: string, size: number, mtime: number): void {
		this.sql.run('insert or replace into skipped values(?,?,?,?)', path, reason, size, mtime);
	}

	skipped(path: string): string | undefined {
		const row = this.sql.get('select reason from skipped where path=?', path);
		return row === undefined ? undefined : String(row['reason']);
	}

	clearSkipped(path: string): void {
		this.sql.run('delete from skipped where path=?', path);
	}

	chunksOf(path: string): StoredChunk[] {
		return this.sql.all('select * from chunks where path=? order by i', path).map(chunkOf);
	}

	chunk(id: string): StoredChunk | undefined {
		const row = this.sql.get('select * from chunks where id=?', id);
		return row === undefined ? undefined : chunkOf(row);
	}

	/** Those of the chunks that are there, by id. */
	briefs(ids: readonly string[]): Map<string, ChunkBrief> {
		const rows = this.sql.all(`select ${briefColumns} from chunks c where c.id in (select value from json_each(?))`, JSON.stringify(ids));
		return new Map(rows.map((row) => [String(row['id']), briefOf(row)]));
	}

	textOf(id: string): string {
		return String(this.sql.get('select text from chunks where id=?', id)?.['text'] ?? '');
	}

	isEmpty(): boolean {
		return this.sql.get('select 1 from chunks limit 1') === undefined;
	}

	counts(): { files: number; chunks: number } {
		return { files: Number(this.sql.get('select count(*) c from files')?.['c']), chunks: Number(this.sql.get('select count(*) c from chunks')?.['c']) };
	}

	/** Replaces everything known of a file. All or nothing. */
	putFile(file: IndexedFile, chunks: readonly (IndexedChunk & { embed_hash: string })[]): void {
		this.sql.transaction(() => {
			this.removeChunks(file.path);
			this.clearSkipped(file.path);
			this.sql.run(
				'insert or replace into files values(?,?,?,?,?,?,?,?,?)',
				file.path,
				file.hash,
				file.size,
				file.mtime,
				file.language,
				file.role,
				file.chunker,
				file.fallback,
				file.indexed_at,
			);
			for (const chunk of chunks) this.addChunk(chunk);
		});
	}

	touchFile(path: string, size: number, mtime: number): void {
		this.sql.run('update files set size=?, mtime=? where path=?', size, mtime, path);
	}

	removeFile(path: string): void {
		this.sql.transaction(() => {
			this.removeChunks(path);
			this.sql.run('delete from files where path=?', path);
			this.sql.run('delete from skipped where path=?', path);
		});
	}

	/** A chunk that comes back to an id it had before lives there, so nothing leads away from that id any more. */
	recordMove(oldId: string, newId: string, at: string): void {
		this.sql.run('delete from moved where old_id=?', newId);
		this.sql.run('insert or replace into moved values(?,?,?)', oldId, newId, at);
	}

	/** Follows moves to the id that a chunk has now. */
	currentId(id: string): string {
		let current = id;
		for (let step = 0; step < 50; step++) {
			const next = this.sql.get('select new_id from moved where old_id=?', current)?.['new_id'];
			if (next === undefined) return current;
			current = String(next);
		}
		return current;
	}

	/** Chunks by words, best first. `match` is an FTS5 expression of quoted tokens. */
	search(match: string, limit: number): LexicalHit[] {
		if (match === '') return [];
		return this.sql
			.all(
				`select ${briefColumns}, f.score from (select rowid n, bm25(fts, 2.0, 4.0, 1.5, 1.0) score from fts where fts match ? order by score limit ?) f join chunks c on c.n=f.n order by f.score`,
				match,
				limit,
			)
			.map((row) => ({ chunk: briefOf(row), score: -Number(row['score']) }));
	}

	/** Drops everything, so that the next indexing starts from nothing. */
	clear(): void {
		this.sql.transaction(() => {
			for (const table of ['files', 'skipped', 'chunks', 'moved']) this.sql.exec(`delete from ${table}`);
			this.sql.exec("delete from meta where key <> 'layout'; delete from fts");
		});
	}

	close(): void {
		this.sql.close();
	}

	private addChunk(chunk: IndexedChunk & { embed_hash: string }) {
		const n = this.sql.run(
			'insert into chunks(id, path, i, start_line, end_line, symbol, kind, language, role, content_hash, embed_hash, text, doc) values(?,?,?,?,?,?,?,?,?,?,?,?,?)',
			chunk.chunk_id,
			chunk.file_path,
			chunk.chunk_index,
			chunk.start_line,
			chunk.end_line,
			chunk.symbol,
			chunk.symbol_kind,
			chunk.language,
			chunk.role,
			chunk.content_hash,
			chunk.embed_hash,
			chunk.text,
			chunk.doc,
		);
		this.sql.run(
			'insert into fts(rowid, path, symbol, doc, body) values(?,?,?,?,?)',
			n,
			lexicalTokens(chunk.file_path),
			lexicalTokens(chunk.symbol),
			lexicalTokens(chunk.doc),
			lexicalTokens(chunk.text),
		);
	}

	private removeChunks(path: string) {
		for (const row of this.sql.all('select n from chunks where path=?', path)) this.sql.run('delete from fts where rowid=?', Number(row['n']));
		this.sql.run('delete from chunks where path=?', path);
	}
}

function fileOf(row: SqlRow): IndexedFile {
	return {
		path: String(row['path']),
		hash: String(row['hash']),
		size: Number(row['size']),
		mtime: Number(row['mtime']),
		language: String(row['language']),
		role: Role.catch('source').parse(row['role']),
		chunker: Number(row['chunker']),
		fallback: String(row['fallback']),
		indexed_at: String(row['indexed_at']),
	};
}

const briefColumns = 'c.id, c.path, c.start_line, c.end_line, c.symbol, c.role';

function briefOf(row: SqlRow): ChunkBrief {
	return {
		id: String(row['id']),
		path: String(row['path']),
		start_line: Number(row['start_line']),
		end_line: Number(row['end_line']),
		symbol: String(row['symbol']),
		role: Role.catch('source').parse(row['role']),
	};
}

function chunkOf(row: SqlRow): StoredChunk {
	return {
		...briefOf(row),
		kind: String(row['kind']),
		content_hash: String(row['content_hash']),
		embed_hash: String(row['embed_hash']),
		text: String(row['text']),
		doc: String(row['doc']),
	};
}
