import type { DatabaseSyncInstance as DatabaseSync, StatementSyncInstance as StatementSync } from '@photostructure/sqlite';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { UserError, messageOf } from '../../core/errors';

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** One open database file. Synchronous: kept off the editor's threads. */
export interface Sqlite {
	exec(sql: string): void;
	all(sql: string, ...values: SqlValue[]): SqlRow[];
	get(sql: string, ...values: SqlValue[]): SqlRow | undefined;
	/** Returns the id of the row last inserted. */
	run(sql: string, ...values: SqlValue[]): number;
	/** All or nothing; nested calls join the outer one. */
	transaction<T>(work: () => T): T;
	/** Writes the file anew without what was deleted and empties the write-ahead log. Takes a while. */
	scrub(): void;
	close(): void;
}

type Module = { DatabaseSync: new (path: string | URL, options?: { readOnly?: boolean; timeout?: number }) => DatabaseSync };
const moduleShape = z.custom<Module>((value) => typeof value === 'object' && value !== null && 'DatabaseSync' in value);

/** Opens a file in WAL mode, which several processes may share. `:memory:` works too. */
export function openSqlite(file: string): Sqlite {
	return wrap(openDatabase(file));
}

/** The database as the binding gives it: node:sqlite where it has full-text search, else the packaged one. */
export function openDatabase(file: string): DatabaseSync {
	const { DatabaseSync } = sqliteModule();
	ownOnly(file);
	const database = new DatabaseSync(file);
	try {
		database.exec('pragma busy_timeout=5000');
		retried(() => database.exec('pragma journal_mode=wal'));
		database.exec('pragma secure_delete=on; pragma synchronous=normal; pragma cache_size=-16000; pragma temp_store=memory');
		return database;
	} catch (cause) {
		database.close();
		throw cause;
	}
}

/** SQLite makes files that others may read; those beside the database get its mode. */
function ownOnly(file: string) {
	if (file === ':memory:' || process.platform === 'win32') return;
	closeSync(openSync(file, 'a', 0o600));
	chmodSync(file, 0o600);
}

let loaded: Module | undefined;

export function sqliteModule(): Module {
	loaded ??= load();
	return loaded;
}

function load(): Module {
	const load = createRequire(__filename);
	const reasons: string[] = [];
	for (const name of ['node:sqlite', '@photostructure/sqlite']) {
		try {
			if (name === 'node:sqlite') silenceExperimentalWarning();
			const module = moduleShape.parse(load(name));
			const probe = new module.DatabaseSync(':memory:');
			probe.exec('create virtual table probe using fts5(a)');
			probe.close();
			return module;
		} catch (cause) {
			reasons.push(`${name}: ${messageOf(cause).split('\n')[0] ?? ''}`);
		}
	}
	throw new UserError(`No SQLite with full-text search could be loaded (${reasons.join('; ')}). Install Codelearn again for this platform.`);
}

/** Node prints one line to stderr when node:sqlite is first loaded; it says nothing to our user. */
function silenceExperimentalWarning() {
	const emit = process.emitWarning.bind(process);
	process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
		if (!String(warning).includes('SQLite')) Reflect.apply(emit, process, [warning, ...rest]);
	};
}

function wrap(database: DatabaseSync): Sqlite {
	const statements = new Map<string, StatementSync>();
	let depth = 0;
	const prepared = (sql: string): StatementSync => {
		let statement = statements.get(sql);
		if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
		return statement;
	};
	const rowsOf = z.array(z.custom<SqlRow>((row) => typeof row === 'object' && row !== null));
	return {
		exec: (sql) => database.exec(sql),
		all: (sql, ...values) => rowsOf.parse(prepared(sql).all(...values)),
		get: (sql, ...values) => rowsOf.parse(prepared(sql).all(...values))[0],
		run: (sql, ...values) => {
			const statement = prepared(sql);
			// Large row ids overflow a number inside the binding; they are read as bigints.
			statement.setReadBigInts(true);
			return Number(statement.run(...values).lastInsertRowid);
		},
		transaction: (work) => {
			if (depth > 0) return work();
			retried(() => database.exec('begin immediate'));
			depth++;
			try {
				const result = work();
				database.exec('commit');
				return result;
			} catch (cause) {
				database.exec('rollback');
				throw cause;
			} finally {
				depth--;
			}
		},
		scrub: () => {
			retried(() => database.exec('vacuum'));
			retried(() => database.exec('pragma wal_checkpoint(truncate)'));
		},
		close: () => {
			// The binding closes the file only when no statement is left.
			statements.clear();
			database.close();
		},
	};
}

/** Another process may hold the write lock for a moment longer than the binding waits. */
function retried(work: () => void) {
	for (let attempt = 0; ; attempt++) {
		try {
			work();
			return;
		} catch (cause) {
			if (attempt >= 20 || !/lock|busy/i.test(messageOf(cause))) throw cause;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20 + Math.random() * 50);
		}
	}
}
