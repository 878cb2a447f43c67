import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { DatabaseSyncInstance as DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { UserError, messageOf } from '../../core/errors';
import type { ForeignDatabase } from '../../core/ports';
import { sqliteModule } from './sqlite';

/** How long one attempt waits for a lock, how often it is made, and the pause between two, in milliseconds. */
const busy = { timeout: 200, attempts: 4, pause: 100 };

/**
 * Opens a database that another program may be writing to at the same time.
 *
 * Nothing is written: the connection is read-only, so that it never moves the write-ahead log into the file. Reading a database in WAL mode
 * makes SQLite create the log and its index beside it, and a reader cannot remove them again; where there is no log, the file is
 * therefore read as unchanging, and read again as a living one when it turns out that a writer came meanwhile.
 */
export function openForeign(path: string): ForeignDatabase {
	let open = attempted(path, () => connect(path));
	const all = (sql: string, values: readonly (string | number)[]) => {
		const statement = open.database.prepare(sql);
		statement.setReadBigInts(true);
		return Rows.parse(statement.all(...values));
	};
	return {
		all: (sql, ...values) =>
			attempted(path, () => {
				try {
					const rows = all(sql, values);
					if (isStill(path, open.still)) return rows;
				} catch (cause) {
					if (isStill(path, open.still)) throw cause;
				}
				open.database.close();
				open = connect(path);
				return all(sql, values);
			}),
		close: () => open.database.close(),
	};
}

/** A number that does not fit is rounded: no such value is an id or a time. */
const Rows = z.array(
	z
		.custom<Record<string, unknown>>((row) => typeof row === 'object' && row !== null)
		.transform((row) => {
			return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]));
		}),
);

interface Connection {
	readonly database: DatabaseSync;
	/** State of the file when it was opened as unchanging; undefined when it is read as a living one. */
	readonly still: string | undefined;
}

function connect(path: string): Connection {
	const state = stateOf(path);
	const still = isLogged(path) && !hasLog(path) ? state : undefined;
	const url = pathToFileURL(path);
	url.search = still === undefined ? '?mode=ro' : '?mode=ro&immutable=1';
	const { DatabaseSync } = sqliteModule();
	const database = new DatabaseSync(url, { readOnly: true, timeout: busy.timeout });
	return { database, still };
}

function isStill(path: string, still: string | undefined): boolean {
	return still === undefined || (!hasLog(path) && stateOf(path) === still);
}

function stateOf(path: string): string {
	const { size, mtimeMs } = statSync(path);
	return `${size} ${mtimeMs}`;
}

function hasLog(path: string): boolean {
	return statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined;
}

/** True for a database in WAL mode, as the header says. */
function isLogged(path: string): boolean {
	const header = Buffer.alloc(20);
	const file = openSync(path, 'r');
	try {
		return readSync(file, header, 0, header.length, 0) === header.length && header[18] === 2;
	} finally {
		closeSync(file);
	}
}

/** Tries again while another program holds its lock; any other failure is told at once. */
function attempted<T>(path: string, work: () => T): T {
	for (let attempt = 1; ; attempt++) {
		try {
			return work();
		} catch (cause) {
			const message = messageOf(cause);
			if (!isBusy.test(message) || attempt >= busy.attempts) throw new UserError(`${path} ${reasonOf(message)}.`, 1, { cause });
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busy.pause);
		}
	}
}

const isBusy = /\b(?:locked|busy)\b/i;

/** By SQLite's messages: not every binding gives its result codes with every error. */
function reasonOf(message: string): string {
	if (isBusy.test(message)) return 'is locked by the program it belongs to; try again when that is idle or closed';
	if (/malformed/i.test(message)) return 'is damaged: SQLite cannot read it';
	if (/not a database/i.test(message)) return 'is no SQLite database, or a damaged or encrypted one';
	return `cannot be read: ${message}`;
}
