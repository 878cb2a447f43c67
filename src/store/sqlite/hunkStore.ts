import type { Sqlite, SqlRow } from './sqlite';

/** Part of `derived.db`: what turns and persons wrote and took out, line by line, as fingerprints. */
export const hunkTables = `
create table if not exists unprinted(kind text not null, id text not null, primary key(kind, id)) without rowid;
create table if not exists hunks(
	n integer primary key, author text not null, kind text not null, repo_id text not null, path text not null, at text not null,
	edit integer not null, weak integer not null, above integer not null, below integer not null);
create index if not exists hunks_by_path on hunks(repo_id, path);
create index if not exists hunks_by_author on hunks(author);
create table if not exists hunk_lines(
	hunk integer not null, sign integer not null, k integer not null, line integer not null, print integer not null, words text not null,
	telling integer not null, edge integer not null, primary key(hunk, sign, k)) without rowid;
create index if not exists hunk_lines_by_print on hunk_lines(print, sign) where telling=1;
`;

export const hunkTableNames = ['unprinted', 'hunks', 'hunk_lines'] as const;

/** A line as it was written (`added`) or taken out. `line` is 1-based in the author's text. */
export interface HunkLine {
	readonly line: number;
	readonly print: number;
	readonly words: string;
	readonly telling: boolean;
	readonly edge: boolean;
}

export interface StoredHunk {
	readonly n: number;
	/** Id of the turn or of the person's edit. */
	readonly author: string;
	readonly kind: 'turn' | 'edit';
	readonly repo_id: string;
	readonly path: string;
	/** When its author began. */
	readonly at: string;
	readonly edit: number;
	readonly weak: boolean;
	readonly above: number;
	readonly below: number;
	readonly added: readonly HunkLine[];
	readonly removed: readonly HunkLine[];
}

export type NewHunk = Omit<StoredHunk, 'n' | 'author' | 'kind' | 'at'>;

/** Reads and writes the fingerprints. */
export class HunkStore {
	constructor(private readonly sql: Sqlite) {}

	/** Turns and edits whose fingerprints are not made yet, or of an older revision. */
	waiting(limit: number): { kind: string; id: string }[] {
		return this.sql.all('select kind, id from unprinted limit ?', limit).map((row) => ({ kind: String(row['kind']), id: String(row['id']) }));
	}

	countWaiting(): number {
		return Number(this.sql.get('select count(*) n from unprinted')?.['n'] ?? 0);
	}

	/** Replaces what is known of an author. */
	put(author: { readonly kind: 'turn' | 'edit'; readonly id: string; readonly at: string }, hunks: readonly NewHunk[]): void {
		this.sql.transaction(() => {
			forgetAuthor(this.sql, author.id);
			for (const hunk of hunks) {
				this.sql.run(
					'insert into hunks(author, kind, repo_id, path, at, edit, weak, above, below) values(?,?,?,?,?,?,?,?,?)',
					author.id,
					author.kind,
					hunk.repo_id,
					hunk.path,
					author.at,
					hunk.edit,
					Number(hunk.weak),
					hunk.above,
					hunk.below,
				);
				const n = Number(this.sql.get('select last_insert_rowid() n')?.['n']);
				this.putLines(n, 1, hunk.added);
				this.putLines(n, -1, hunk.removed);
			}
			this.sql.run('delete from unprinted where kind=? and id=?', author.kind, author.id);
		});
	}

	ofAuthor(author: string): StoredHunk[] {
		return this.load(this.sql.all('select * from hunks where author=? order by n', author));
	}

	/** Everything written into these paths of a repository. */
	ofPaths(repoId: string, paths: readonly string[]): StoredHunk[] {
		return this.load(paths.flatMap((path) => this.sql.all('select * from hunks where repo_id=? and path=? order by n', repoId, path)));
	}

	/** Paths into which turns wrote. */
	pathsOf(repoId: string): string[] {
		return this.sql.all("select distinct path from hunks where repo_id=? and kind='turn'", repoId).map((row) => String(row['path']));
	}

	byNumber(numbers: readonly number[]): StoredHunk[] {
		return this.load(numbers.flatMap((n) => this.sql.all('select * from hunks where n=?', n)));
	}

	/** Hunks of the repository that wrote (or took out) a line with this print, at most `limit` of them. */
	withPrint(repoId: string, print: number, sign: 1 | -1, limit: number): number[] {
		const rows = this.sql.all(
			'select distinct l.hunk from hunk_lines l join hunks h on h.n=l.hunk where l.print=? and l.sign=? and l.telling=1 and h.repo_id=? limit ?',
			print,
			sign,
			repoId,
			limit,
		);
		return rows.map((row) => Number(row['hunk']));
	}

	/** Prints of all telling lines written by turns in a repository. */
	*printsOf(repoId: string): Generator<number> {
		let last = 0;
		for (;;) {
			const hunks = this.sql.all("select n from hunks where repo_id=? and kind='turn' and n>? order by n limit 500", repoId, last);
			for (const row of hunks) {
				last = Number(row['n']);
				for (const line of this.sql.all('select print from hunk_lines where hunk=? and telling=1', last)) yield Number(line['print']);
			}
			if (hunks.length < 500) return;
		}
	}

	private putLines(hunk: number, sign: 1 | -1, lines: readonly HunkLine[]) {
		for (const [k, line] of lines.entries())
			this.sql.run('insert into hunk_lines values(?,?,?,?,?,?,?,?)', hunk, sign, k, line.line, line.print, line.words, Number(line.telling), Number(line.edge));
	}

	private load(rows: readonly SqlRow[]): StoredHunk[] {
		return rows.map((row) => {
			const n = Number(row['n']);
			const lines = this.sql.all('select * from hunk_lines where hunk=? order by sign, k', n);
			return {
				n,
				author: String(row['author']),
				kind: row['kind'] === 'turn' ? 'turn' : 'edit',
				repo_id: String(row['repo_id']),
				path: String(row['path']),
				at: String(row['at']),
				edit: Number(row['edit']),
				weak: Number(row['weak']) === 1,
				above: Number(row['above']),
				below: Number(row['below']),
				added: lines.filter((line) => Number(line['sign']) === 1).map(lineOf),
				removed: lines.filter((line) => Number(line['sign']) === -1).map(lineOf),
			};
		});
	}
}

export function forgetAuthor(sql: Sqlite, author: string): void {
	sql.run('delete from hunk_lines where hunk in (select n from hunks where author=?)', author);
	sql.run('delete from hunks where author=?', author);
}

function lineOf(row: SqlRow): HunkLine {
	return {
		line: Number(row['line']),
		print: Number(row['print']),
		words: String(row['words']),
		telling: Number(row['telling']) === 1,
		edge: Number(row['edge']) === 1,
	};
}
