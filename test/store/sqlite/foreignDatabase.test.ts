import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors';
import { openForeign } from '../../../src/store/sqlite/foreignDatabase';
import { sqliteModule } from '../../../src/store/sqlite/sqlite';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('a database of another program', () => {
	const place = temporaryFolder('foreign');
	after(() => place.remove());
	let count = 0;

	/** A new database with one row, open for writing. */
	const writer = (mode: 'wal' | 'delete') => {
		count += 1;
		const name = `program${count}.db`;
		const path = join(place.path, name);
		const database = new (sqliteModule().DatabaseSync)(path);
		database.exec(`pragma journal_mode=${mode}; pragma wal_autocheckpoint=0; create table t (id integer primary key, a); insert into t (a) values ('one')`);
		const files = () => readdirSync(place.path).filter((file) => file.startsWith(name));
		return { path, database, files };
	};
	const texts = (path: string) => {
		const foreign = openForeign(path);
		try {
			return foreign.all('select a from t order by id').map((row) => row['a']);
		} finally {
			foreign.close();
		}
	};

	it('shows rows that are only in the write-ahead log, also while a writer holds its transaction', () => {
		const { path, database } = writer('wal');
		database.exec("insert into t (a) values ('two'); begin exclusive; insert into t (a) values ('three')");
		const before = readFileSync(path);
		assert.deepEqual(texts(path), ['one', 'two']);
		database.exec('commit');
		assert.deepEqual(texts(path), ['one', 'two', 'three']);
		assert.deepEqual(readFileSync(path), before);
		database.close();
	});

	for (const mode of ['wal', 'delete'] as const) {
		it(`leaves a closed database as it was (journal mode ${mode})`, () => {
			const { path, database, files } = writer(mode);
			database.close();
			const before = readFileSync(path);
			assert.deepEqual(texts(path), ['one']);
			assert.deepEqual(readFileSync(path), before);
			assert.equal(files().length, 1);
		});
	}

	it('sees what a writer does that came after it was opened', () => {
		const { path, database } = writer('wal');
		database.close();
		const foreign = openForeign(path);
		assert.equal(foreign.all('select * from t').length, 1);
		const later = new (sqliteModule().DatabaseSync)(path);
		later.exec("insert into t (a) values ('two')");
		assert.equal(foreign.all('select * from t').length, 2);
		later.exec("insert into t (a) values ('three')");
		assert.equal(foreign.all('select * from t').length, 3);
		later.close();
		foreign.close();
	});

	it('never writes', () => {
		const { path, database } = writer('wal');
		const foreign = openForeign(path);
		assert.throws(() => foreign.all("insert into t (a) values ('two') returning a"), UserError);
		foreign.close();
		database.close();
		assert.deepEqual(texts(path), ['one']);
	});

	it('gives numbers beyond the safe range and blobs', () => {
		const { path, database } = writer('wal');
		database.close();
		const foreign = openForeign(path);
		assert.deepEqual(foreign.all("select 9223372036854775807 as big, x'00ff' as blob, null as none, ? as given", 'x'), [
			{ big: Number(9223372036854775807n), blob: Uint8Array.of(0, 255), none: null, given: 'x' },
		]);
		foreign.close();
	});

	it('says that it is locked, damaged, no database, gone, or of another form', () => {
		const { path, database } = writer('delete');
		database.exec("begin exclusive; insert into t (a) values ('two')");
		assert.throws(() => texts(path), /program\d+\.db is locked by the program/);
		database.exec('rollback');
		const foreign = openForeign(path);
		assert.throws(() => foreign.all('select * from missing'), /no such table: missing/);
		foreign.close();
		database.exec(`insert into t (a) values ('${'x'.repeat(20_000)}')`);
		database.close();
		const damaged = readFileSync(path).fill(0xaa, 4096, 12_000);
		for (const [name, bytes, reason] of [
			['damaged.db', damaged, /is damaged/],
			['other.db', Buffer.from('hello '.repeat(1000)), /is no SQLite database/],
			['empty.db', Buffer.alloc(0), /no such table/],
		] as const) {
			writeFileSync(join(place.path, name), bytes);
			assert.throws(() => texts(join(place.path, name)), reason);
		}
		assert.throws(() => texts(join(place.path, 'none.db')), UserError);
		assert.throws(() => texts(place.path), UserError);
	});
});
