import type { CodeChunk } from './chunk';
import type { JournalRecord } from './journalRecord';
import type { SyntaxUnit } from './syntax';

/** Time, so that tests can fix it. */
export interface Clock {
	now(): Date;
}

/** Messages for the log. Ids and counts, never prompt or code text. */
export interface Log {
	debug(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string, cause?: unknown): void;
}

/** Text to vectors. One implementation a provider. */
export interface Embedder {
	/** Recorded in a collection's metadata; a store made with another model is refused. */
	readonly model: string;
	/** Length of each vector. Known after the first call where the provider decides. */
	dimensions(): Promise<number>;
	/**
	 * Returns one unit-length vector a text, in order. Input longer than the model's window is cut.
	 * Throws a UserError that names the provider when it refuses or cannot be reached.
	 */
	embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
	close(): Promise<void>;
}

/** Result of cutting one file. */
export interface ChunkedFile {
	readonly language: string;
	readonly chunks: readonly CodeChunk[];
	/** Why lines were used instead of syntax; undefined when the grammar worked. */
	readonly fallback?: string;
}

/** Source text to chunks. */
export interface Chunker {
	/** Counts up when the same text would be cut or described otherwise. */
	readonly version: number;
	/** `path` is repo-relative with `/`; it decides the language. Never throws for bad text: it falls back to lines. */
	chunk(path: string, text: string): Promise<ChunkedFile>;
	/** Statements, declarations and members in the order of the text; undefined without a grammar, over 1 MB, or where the text is mostly syntax errors. */
	units(path: string, text: string): Promise<SyntaxUnit[] | undefined>;
	close(): Promise<void>;
}

/** A row of a Chroma collection. Metadata values are scalars. */
export interface VectorRow {
	readonly id: string;
	readonly document: string;
	readonly metadata: Record<string, string | number | boolean>;
	/** undefined when it was not asked for. */
	readonly embedding?: Float32Array;
}

export interface VectorHit extends VectorRow {
	/** Cosine distance, 0 to 2. */
	readonly distance: number;
}

/** One collection of one Chroma database. */
export interface VectorCollection {
	/** Writes rows in batches, replacing rows of the same id; a repeated call finishes a broken one. */
	upsert(rows: readonly (VectorRow & { embedding: Float32Array })[], signal?: AbortSignal): Promise<void>;
	/** Changes metadata of rows that exist; the others are left alone. */
	updateMetadata(rows: readonly { id: string; metadata: VectorRow['metadata'] }[]): Promise<void>;
	delete(ids: readonly string[]): Promise<void>;
	/** Rows that exist among `ids`, in no order. */
	get(ids: readonly string[], withEmbeddings?: boolean): Promise<VectorRow[]>;
	/** All rows, page by page. */
	pages(withEmbeddings?: boolean): AsyncGenerator<VectorRow[]>;
	/** Nearest rows, nearest first. Without `withRows` documents are '' and metadata is empty, which is several times cheaper. */
	query(embedding: Float32Array, n: number, withRows?: boolean): Promise<VectorHit[]>;
	count(): Promise<number>;
}

/** Database and collections of one store. */
export interface VectorStore {
	/**
	 * Opens a collection, creating it (and its database) when missing.
	 * Throws a UserError when it was made with another embedding model or dimension.
	 */
	collection(database: string, name: string): Promise<VectorCollection>;
	/** Creates and says whether it had to. */
	ensureCollection(database: string, name: string): Promise<{ created: boolean }>;
	/** Names that exist in a database; [] when there is no such database. */
	collectionNames(database: string): Promise<string[]>;
	close(): Promise<void>;
}

/** The journal, append side and read side. */
export interface Journal {
	/** Appends and flushes to disk; when it returns, nothing can lose the records. */
	append(records: readonly JournalRecord[]): Promise<void>;
	/** Reads every record of every segment after the given positions; a torn last line is left for the next call. */
	read(positions: ReadonlyMap<string, number>): AsyncGenerator<JournalPage>;
}

export interface JournalPage {
	readonly segment: string;
	readonly records: readonly JournalRecord[];
	/** Byte offset after the last whole line of the page. */
	readonly position: number;
	/** Lines that were not JSON or not a record. */
	readonly damaged: number;
}

/** A SQLite database of another program, open for reading only. */
export interface ForeignDatabase {
	/**
	 * All rows of one query, which is a short transaction of its own: what the other program writes meanwhile is seen by the next call.
	 * Whole numbers come as numbers, blobs as bytes. Ask for large tables by ranges of their keys.
	 * Throws a UserError when the database stays locked, is damaged or has not the asked-for tables.
	 */
	all(sql: string, ...values: readonly (string | number)[]): Record<string, unknown>[];
	close(): void;
}

/** Opens a database of another program. Throws a UserError that says why it cannot be read. */
export type OpenForeign = (path: string) => ForeignDatabase;
