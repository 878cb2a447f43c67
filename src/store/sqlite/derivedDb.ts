import { renameSync, rmSync } from 'node:fs';
import { lexicalTokens } from '../../core/identifiers';
import { CheckBody, EditBody, JournalRecord, StatusBody, TombstoneBody, isLater } from '../../core/journalRecord';
import type { RecordKind } from '../../core/journalRecord';
import { Learning } from '../../core/learning';
import type { Log } from '../../core/ports';
import type { TurnFacts } from '../../core/status';
import { TurnFacts as TurnFactsSchema } from '../../core/status';
import { Turn } from '../../core/turn';
import { forgetAuthor, hunkTableNames, hunkTables } from './hunkStore';
import type { Sqlite, SqlRow } from './sqlite';
import { openSqlite } from './sqlite';

const schemaVersion = '2';

const schema = `
create table if not exists meta(key text primary key, value text not null);
create table if not exists segments(name text primary key, position integer not null, damaged integer not null);
create table if not exists records(kind text not null, id text not null, revision integer not null, at text not null, writer text not null, body text not null, primary key(kind, id)) without rowid;
create table if not exists turns(
	n integer primary key, id text not null unique, repo_id text, assistant text not null, session_id text not null, started_at text not null,
	confidence real not null, richness real not null, review text not null default 'new', outcome text not null default 'unknown',
	analyzed integer not null default 0, exported integer not null default 0, learning_id text, changed integer not null, has_turn integer not null default 1);
create index if not exists turns_by_repo on turns(repo_id, started_at);
create index if not exists turns_by_session on turns(session_id, started_at);
create table if not exists turn_repos(turn_id text not null, repo_id text not null, path text not null, primary key(repo_id, path, turn_id)) without rowid;
create index if not exists turn_repos_by_turn on turn_repos(turn_id);
create virtual table if not exists turns_fts using fts5(prompt, response, files, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
create table if not exists learnings(n integer primary key, id text not null unique, repo_id text, state text not null, updated_at text not null, changed integer not null);
create virtual table if not exists learnings_fts using fts5(description, pattern, tags, code, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
create table if not exists links(from_id text not null, to_id text not null, kind text not null, repo_id text not null, producer text not null, primary key(from_id, to_id, kind)) without rowid;
create index if not exists links_to on links(to_id);
create table if not exists sent(store text not null, id text not null, changed integer not null, primary key(store, id)) without rowid;
create table if not exists edits(id text primary key, repo_id text not null, path text not null, at text not null, turn_id text) without rowid;
create index if not exists edits_by_path on edits(repo_id, path, at);
create table if not exists checks(id text primary key, repo_id text not null, at text not null) without rowid;
create index if not exists checks_by_time on checks(repo_id, at);
create table if not exists deletions(collection text not null, id text not null, repo_id text not null, changed integer not null, primary key(collection, id)) without rowid;
`;

/**
 * What is folded out of the journal so that it can be asked fast. Disposable: when it is damaged or
 * of another version it is put aside and folded again. One process writes it, the holder of the ingest lease.
 */
export class DerivedDb {
	private constructor(
		readonly sql: Sqlite,
		/** Set when the file had to be made anew, so that the whole journal must be folded. */
		readonly fresh: boolean,
	) {}

	static open(file: string, log: Log): DerivedDb {
		try {
			return DerivedDb.checked(file);
		} catch (cause) {
			log.warn(`derived.db is unusable and is folded again: ${String(cause)}`);
			putAside(file);
			return DerivedDb.checked(file);
		}
	}

	private static checked(file: string): DerivedDb {
		const sql = openSqlite(file);
		try {
			sql.exec(schema);
			sql.exec(hunkTables);
			const version = sql.get("select value from meta where key='version'")?.['value'];
			if (version !== undefined && version !== schemaVersion) throw new Error(`version ${String(version)}`);
			sql.get('select count(*) from turns');
			sql.run("insert or ignore into meta values('version', ?)", schemaVersion);
			return new DerivedDb(sql, version === undefined);
		} catch (cause) {
			sql.close();
			throw cause;
		}
	}

	/** Counts up with every change; views and the outbox compare against it. */
	version(): number {
		return Number(this.sql.get("select value from meta where key='changed'")?.['value'] ?? 0);
	}

	positions(): Map<string, number> {
		return new Map(this.sql.all('select name, position from segments').map((row) => [String(row['name']), Number(row['position'])]));
	}

	/** Folds one page; all or nothing, so that a kill in between folds it again. Returns how many records changed something. */
	fold(records: readonly JournalRecord[], segment: { name: string; position: number; damaged: number } | undefined): number {
		return this.sql.transaction(() => {
			const changed = records.filter((record) => this.foldOne(record)).length;
			if (segment !== undefined)
				this.sql.run(
					'insert into segments values(?,?,?) on conflict(name) do update set position=max(position, excluded.position), damaged=damaged+excluded.damaged',
					segment.name,
					segment.position,
					segment.damaged,
				);
			return changed;
		});
	}

	record(kind: RecordKind, id: string): JournalRecord | undefined {
		const row = this.sql.get('select * from records where kind=? and id=?', kind, id);
		return row === undefined ? undefined : recordOf(row);
	}

	*records(kind: RecordKind): Generator<JournalRecord> {
		let last = '';
		for (;;) {
			const rows = this.sql.all('select * from records where kind=? and id>? order by id limit 200', kind, last);
			for (const row of rows) yield recordOf(row);
			if (rows.length < 200) return;
			last = String(rows.at(-1)?.['id']);
		}
	}

	turn(id: string): Turn | undefined {
		return Turn.safeParse(this.record('turn', id)?.body).data;
	}

	/** Keys of the turns that are known of a session. */
	turnKeys(assistant: string, session: string): string[] {
		const rows = this.sql.all('select id from turns where assistant=? and session_id=?', assistant, session);
		return rows.flatMap((row) => this.turn(String(row['id']))?.turn_key ?? []);
	}

	facts(id: string): TurnFacts {
		return factsOf(this.sql.get('select * from turns where id=?', id));
	}

	learning(id: string): Learning | undefined {
		return Learning.safeParse(this.record('learning', id)?.body).data;
	}

	/** Replaces the links that one producer made from one end. Returns whether anything changed. */
	setLinks(from: string, kind: string, producer: string, to: readonly { id: string; repo_id: string }[]): boolean {
		return this.sql.transaction(() => {
			const old = this.sql.all('select to_id from links where from_id=? and kind=? and producer=?', from, kind, producer).map((row) => String(row['to_id']));
			const wanted = to.map((end) => end.id);
			if (old.length === wanted.length && wanted.every((id) => old.includes(id))) return false;
			this.sql.run('delete from links where from_id=? and kind=? and producer=?', from, kind, producer);
			for (const end of to) this.sql.run('insert or ignore into links values(?,?,?,?,?)', from, end.id, kind, end.repo_id, producer);
			this.sql.run('update turns set changed=? where id=?', this.next(), from);
			return true;
		});
	}

	linksFrom(id: string, kind: string): string[] {
		return this.sql.all('select to_id from links where from_id=? and kind=?', id, kind).map((row) => String(row['to_id']));
	}

	linksTo(id: string, kind: string): string[] {
		return this.sql.all('select from_id from links where to_id=? and kind=?', id, kind).map((row) => String(row['from_id']));
	}

	/** The revision that stands, without its body. */
	standing(kind: string, id: string): Pick<JournalRecord, 'revision' | 'at' | 'writer'> | undefined {
		const row = this.sql.get('select revision, at, writer from records where kind=? and id=?', kind, id);
		return row === undefined ? undefined : { revision: Number(row['revision']), at: String(row['at']), writer: String(row['writer']) };
	}

	/** Overwrites what was deleted: in the word indexes, in free pages and in the write-ahead log. */
	scrub(): void {
		for (const table of ['turns_fts', 'learnings_fts']) this.sql.exec(`insert into ${table}(${table}) values('optimize')`);
		this.sql.scrub();
	}

	/** Forgets everything, so that the journal is folded from its first byte. */
	reset(): void {
		this.sql.transaction(() => {
			const version = this.version();
			const tables = [
				'segments',
				'records',
				'turns',
				'turn_repos',
				'turns_fts',
				'learnings',
				'learnings_fts',
				'links',
				'sent',
				'edits',
				'checks',
				'deletions',
				...hunkTableNames,
			];
			for (const table of tables) this.sql.exec(`delete from ${table}`);
			this.sql.run("insert or replace into meta values('changed', ?)", String(version + 1));
		});
	}

	close(): void {
		this.sql.close();
	}

	private foldOne(record: JournalRecord): boolean {
		const standing = this.standing(record.kind, record.id);
		if (standing !== undefined && !isLater(record, standing)) return false;
		if (this.isBuried(record.kind, record.id)) {
			this.noteDeletion(record);
			return false;
		}
		this.sql.run(
			'insert or replace into records values(?,?,?,?,?,?)',
			record.kind,
			record.id,
			record.revision,
			record.at,
			record.writer,
			JSON.stringify(record.body),
		);
		if (record.kind === 'turn' || record.kind === 'edit') this.sql.run('insert or ignore into unprinted values(?,?)', record.kind, record.id);
		this.project(record);
		return true;
	}

	private project(record: JournalRecord) {
		if (record.kind === 'turn') this.projectTurn(Turn.safeParse(record.body).data);
		else if (record.kind === 'learning') this.projectLearning(Learning.safeParse(record.body).data);
		else if (record.kind === 'status') this.projectStatus(StatusBody.safeParse(record.body).data);
		else if (record.kind === 'edit') this.projectEdit(EditBody.safeParse(record.body).data, record.id);
		else if (record.kind === 'check') this.projectCheck(CheckBody.safeParse(record.body).data, record.id);
		else if (record.kind === 'tombstone') this.bury(TombstoneBody.safeParse(record.body).data);
		else this.next();
	}

	private projectTurn(turn: Turn | undefined) {
		if (turn === undefined) return;
		this.sql.run(
			`insert into turns(id, repo_id, assistant, session_id, started_at, confidence, richness, changed) values(?,?,?,?,?,?,?,?)
			on conflict(id) do update set repo_id=excluded.repo_id, assistant=excluded.assistant, session_id=excluded.session_id, started_at=excluded.started_at,
			confidence=excluded.confidence, richness=excluded.richness, changed=excluded.changed, has_turn=1`,
			turn.id,
			turn.repo_id ?? null,
			turn.assistant,
			turn.session_id,
			turn.started_at,
			turn.confidence_score,
			turn.context_richness,
			this.next(),
		);
		const n = Number(this.sql.get('select n from turns where id=?', turn.id)?.['n']);
		const files = [...new Set(turn.edits.map((edit) => edit.file_path))].join(' ');
		this.sql.run('delete from turns_fts where rowid=?', n);
		this.sql.run(
			'insert into turns_fts(rowid, prompt, response, files) values(?,?,?,?)',
			n,
			lexicalTokens(turn.prompt),
			lexicalTokens(turn.response),
			lexicalTokens(files),
		);
		this.sql.run('delete from turn_repos where turn_id=?', turn.id);
		for (const edit of turn.edits)
			if (edit.repo_id !== undefined) this.sql.run('insert or ignore into turn_repos values(?,?,?)', turn.id, edit.repo_id, edit.file_path);
	}

	private projectLearning(learning: Learning | undefined) {
		if (learning === undefined) return;
		this.sql.run(
			'insert into learnings(id, repo_id, state, updated_at, changed) values(?,?,?,?,?) on conflict(id) do update set repo_id=excluded.repo_id, state=excluded.state, updated_at=excluded.updated_at, changed=excluded.changed',
			learning.learning_id,
			learning.repo_id ?? null,
			learning.state,
			learning.updated_at,
			this.next(),
		);
		const n = Number(this.sql.get('select n from learnings where id=?', learning.learning_id)?.['n']);
		this.sql.run('delete from learnings_fts where rowid=?', n);
		this.sql.run(
			'insert into learnings_fts(rowid, description, pattern, tags, code) values(?,?,?,?,?)',
			n,
			lexicalTokens(learning.description),
			lexicalTokens(learning.pattern),
			lexicalTokens([...learning.tags, learning.category].join(' ')),
			lexicalTokens(`${learning.diff_summary} ${learning.code_context.slice(0, 2000)}`),
		);
	}

	private projectEdit(edit: EditBody | undefined, id: string) {
		if (edit === undefined) return;
		this.sql.run('insert or replace into edits values(?,?,?,?,?)', id, edit.repo_id, edit.file_path, edit.at, edit.turn_id ?? null);
		this.next();
	}

	private projectCheck(body: CheckBody | undefined, id: string) {
		if (body === undefined) return;
		this.sql.run('insert or replace into checks values(?,?,?)', id, body.repo_id, body.check.at);
		this.next();
	}

	/** A status may come before its turn, out of another writer's segment: a bare row waits for it. */
	private projectStatus(status: StatusBody | undefined) {
		if (status === undefined || this.isBuried('turn', status.turn_id)) return;
		this.sql.run(
			"insert or ignore into turns(id, assistant, session_id, started_at, confidence, richness, changed, has_turn) values(?, '', '', '', 0, 0, 0, 0)",
			status.turn_id,
		);
		const change = this.next();
		switch (status.facet) {
			case 'review':
				this.sql.run('update turns set review=?, learning_id=?, changed=? where id=?', status.value, status.learning_id ?? null, change, status.turn_id);
				break;
			case 'outcome':
				this.sql.run('update turns set outcome=?, changed=? where id=?', status.value, change, status.turn_id);
				break;
			case 'analyzed':
				this.sql.run('update turns set analyzed=?, changed=? where id=?', Number(status.value), change, status.turn_id);
				break;
			case 'exported':
				this.sql.run('update turns set exported=?, changed=? where id=?', Number(status.value), change, status.turn_id);
				break;
		}
	}

	/** Tombstones are named by what they bury, so that a record that comes after its tombstone is known as dead. */
	private isBuried(kind: RecordKind, id: string): boolean {
		return kind !== 'tombstone' && this.standing('tombstone', `${kind}:${id}`) !== undefined;
	}

	private bury(body: TombstoneBody | undefined) {
		if (body === undefined) return;
		this.next();
		const buried = this.record(body.kind, body.id);
		if (buried !== undefined) this.noteDeletion(buried);
		if (body.kind === 'turn' || body.kind === 'learning') {
			const table = body.kind === 'turn' ? 'turns' : 'learnings';
			this.sql.run(`delete from ${table}_fts where rowid in (select n from ${table} where id=?)`, body.id);
			this.sql.run(`delete from ${table} where id=?`, body.id);
			this.sql.run('delete from links where from_id=? or to_id=?', body.id, body.id);
			this.sql.run('delete from turn_repos where turn_id=?', body.id);
		}
		if (body.kind === 'turn' || body.kind === 'edit') {
			forgetAuthor(this.sql, body.id);
			this.sql.run('delete from unprinted where kind=? and id=?', body.kind, body.id);
		}
		if (body.kind === 'edit') this.sql.run('delete from edits where id=?', body.id);
		if (body.kind === 'check') this.sql.run('delete from checks where id=?', body.id);
		this.sql.run('delete from records where kind=? and id=?', body.kind, body.id);
	}

	/** The row of a buried record may stand in a store, sent from here or before a rebuild. */
	private noteDeletion({ kind, id, body }: JournalRecord) {
		if (kind !== 'turn' && kind !== 'learning') return;
		const repoId = (kind === 'turn' ? Turn.safeParse(body).data : Learning.safeParse(body).data)?.repo_id ?? '';
		const collection = kind === 'turn' ? 'chat_history_v1' : 'derived_learnings_v1';
		const known = this.sql.get('select 1 from deletions where collection=? and id=?', collection, id);
		if (known === undefined) this.sql.run('insert into deletions values(?,?,?,?)', collection, id, repoId, this.next());
	}

	private next(): number {
		const value = this.version() + 1;
		this.sql.run("insert or replace into meta values('changed', ?)", String(value));
		return value;
	}
}

export function factsOf(row: SqlRow | undefined): TurnFacts {
	if (row === undefined) return TurnFactsSchema.parse({});
	return TurnFactsSchema.parse({
		review: row['review'],
		outcome: row['outcome'],
		analyzed: Number(row['analyzed']) === 1,
		exported: Number(row['exported']) === 1,
		...(row['learning_id'] !== null && { learning_id: row['learning_id'] }),
	});
}

function recordOf(row: SqlRow): JournalRecord {
	const body: unknown = JSON.parse(String(row['body']));
	return JournalRecord.parse({ ...row, revision: Number(row['revision']), body });
}

function putAside(file: string) {
	for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
	renameSync(file, `${file}.damaged`);
}
