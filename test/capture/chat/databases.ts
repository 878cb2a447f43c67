import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TranscriptSource } from '../../../src/capture/captureSource';
import { TurnObservation } from '../../../src/core/turn';
import { sqliteModule } from '../../../src/store/sqlite/sqlite';
import type { Reading } from './reading';

type Cell = string | number | null | Uint8Array | object;
export type Rows = Record<string, readonly Record<string, Cell>[]>;
type Database = InstanceType<ReturnType<typeof sqliteModule>['DatabaseSync']>;

/** A new database of another program, still open for writing, with all its rows in the write-ahead log. Objects are stored as JSON. */
export function writtenDatabase(path: string, schema: string, rows: Rows): Database {
	mkdirSync(dirname(path), { recursive: true });
	const database = new (sqliteModule().DatabaseSync)(path);
	database.exec(`pragma journal_mode=wal; pragma wal_autocheckpoint=0; pragma foreign_keys=off; ${schema}`);
	put(database, rows);
	return database;
}

export function put(database: Database, rows: Rows): void {
	for (const [table, list] of Object.entries(rows))
		for (const row of list) {
			const names = Object.keys(row);
			const cells = Object.values(row).map((cell) =>
				typeof cell === 'object' && cell !== null && !(cell instanceof Uint8Array) ? JSON.stringify(cell) : cell,
			);
			database.prepare(`insert or replace into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`).run(...cells);
		}
}

/** Reads one session, or all of them, and sees to it that the file stays as it is. */
export async function readSession(source: TranscriptSource, path: string, session_id?: string): Promise<Reading> {
	const before = readFileSync(path);
	const reading: Reading = { turns: [], unknown: [] };
	for await (const event of source.read(path, { session_id })) {
		if (event.type === 'turn') reading.turns.push(TurnObservation.parse(event.turn));
		else if (event.type === 'unknown') reading.unknown.push(event.what);
	}
	assert.deepEqual(readFileSync(path), before);
	return reading;
}

/** What stands where a program's own values should. */
export const oddCells: readonly Cell[] = [
	'not json',
	'{"role":',
	'42',
	'null',
	'[]',
	'{}',
	'[null,1,[]]',
	7,
	-1.5,
	Uint8Array.of(0, 255, 1),
	`${'['.repeat(5_000)}${']'.repeat(5_000)}`,
];
