import { existsSync, statSync } from 'node:fs';
import type { CaptureEvent, ReadOptions, SourcePlaces, TranscriptRef, TranscriptSource } from '../captureSource';
import type { ForeignDatabase, OpenForeign } from '../../core/ports';

/** One session of a database. */
export type DatabaseSession = Pick<TranscriptRef, 'session_id' | 'cwd' | 'bytes' | 'modified'>;

/** An assistant that keeps its sessions in a SQLite database. */
export interface DatabaseForm extends Pick<TranscriptSource, 'name' | 'verifiedVersion' | 'seenLive'> {
	/** Where its databases usually lie; missing ones are left out by the source. */
	paths(places: SourcePlaces): Promise<string[]> | string[];
	/** Paths of its own databases. Decides when a file cannot be opened. */
	readonly usual: RegExp;
	/** Paths that may be its; every one when left out. Tells assistants apart that have the same tables. */
	readonly possible?: RegExp;
	/** Tables that its databases have, and by which one with another name is recognised. */
	readonly tables: readonly string[];
	/** The sessions of one database. `bytes` need not be a size: it changes when the session does. */
	sessions(database: ForeignDatabase, path: string): DatabaseSession[] | Promise<DatabaseSession[]>;
	/** What one session holds; nothing when it is gone. */
	events(database: ForeignDatabase, session_id: string, path: string): Iterable<CaptureEvent> | AsyncIterable<CaptureEvent>;
}

/** A source of transcripts out of a database: a transcript is one session in it. */
export function databaseSource(form: DatabaseForm, open: OpenForeign): TranscriptSource {
	const { name, verifiedVersion, seenLive } = form;
	return {
		name,
		verifiedVersion,
		seenLive,
		find: (places) => find(form, open, places),
		recognises: (path, head) => recognises(form, open, path, head),
		read: (path, options) => read(form, open, path, options),
	};
}

async function find(form: DatabaseForm, open: OpenForeign, places: SourcePlaces): Promise<TranscriptRef[]> {
	const refs: TranscriptRef[] = [];
	for (const path of await form.paths(places)) if (existsSync(path)) refs.push(...(await refsIn(form, open, path)));
	return refs;
}

/** A database that cannot be read is one transcript without a session, so that whoever reads it is told why. */
async function refsIn(form: DatabaseForm, open: OpenForeign, path: string): Promise<TranscriptRef[]> {
	try {
		const sessions = await using(open, path, (database) => (lacks(database, form.tables).length > 0 ? [] : form.sessions(database, path)));
		return sessions.map((session) => ({ ...session, path, source: form.name, shared: true }));
	} catch {
		const stat = statSync(path, { throwIfNoEntry: false });
		return stat === undefined ? [] : [{ path, source: form.name, session_id: '', bytes: stat.size, modified: stat.mtime.toISOString() }];
	}
}

async function using<T>(open: OpenForeign, path: string, work: (database: ForeignDatabase) => T | Promise<T>): Promise<T> {
	const database = open(path);
	try {
		return await work(database);
	} finally {
		database.close();
	}
}

function recognises(form: DatabaseForm, open: OpenForeign, path: string, head: string): boolean {
	if (!head.startsWith('SQLite format 3\0') || form.possible?.test(path) === false) return false;
	try {
		const database = open(path);
		try {
			return lacks(database, form.tables).length === 0;
		} finally {
			database.close();
		}
	} catch {
		return form.usual.test(path);
	}
}

function lacks(database: ForeignDatabase, tables: readonly string[]): string[] {
	const found = new Set(database.all("select name from sqlite_master where type in ('table', 'view')").map((row) => row['name']));
	return tables.filter((table) => !found.has(table));
}

async function* read(form: DatabaseForm, open: OpenForeign, path: string, { session_id, signal }: ReadOptions = {}): AsyncGenerator<CaptureEvent> {
	const database = open(path);
	try {
		const missing = lacks(database, form.tables);
		for (const table of missing) yield { type: 'unknown', source: form.name, what: `missing table:${table}` };
		if (missing.length > 0) return;
		const ids = session_id === undefined ? (await form.sessions(database, path)).map((session) => session.session_id) : [session_id];
		for (const id of ids) {
			signal?.throwIfAborted();
			yield* form.events(database, id, path);
		}
	} finally {
		database.close();
	}
}
