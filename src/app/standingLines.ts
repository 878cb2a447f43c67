import { setImmediate } from 'node:timers/promises';
import type { CallOptions } from '../core/api';
import { LineState } from '../core/attribution';
import type { Turn } from '../core/turn';
import type { StoredHunk } from '../store/sqlite/hunkStore';
import type { Fates, Ground } from './fates';
import type { LineFates, TurnFates } from './lineFates';
import type { AppPorts } from './ports';

interface Wanted {
	/** Prints of all captured lines. */
	readonly wanted: ReadonlySet<number>;
	/** Files that changed when lines of these prints went. */
	readonly changedWith: (prints: readonly number[]) => readonly string[];
}

/** Where all captured lines of a repository stand in a tree. Kept in a table for the time of an analysis, since there may be many. */
export class StandingLines {
	private constructor(
		private readonly ports: AppPorts,
		private readonly fates: LineFates,
	) {}

	static async of(ports: AppPorts, fates: Fates, ground: Ground, { wanted, changedWith }: Wanted, { signal, onProgress }: CallOptions): Promise<StandingLines> {
		const lines = new StandingLines(ports, fates.linesIn(ground, changedWith));
		const { sql } = ports.derived;
		lines.close();
		sql.exec(
			'create temp table standing(author text not null, hunk integer not null, k integer not null, path text not null, line integer not null, state text not null)',
		);
		const paths = [...new Set([...fates.homes(ground), ...ground.tree.holding(wanted)])];
		for (const [done, path] of paths.entries()) {
			signal?.throwIfAborted();
			for (const { author, hunk, index, line, state } of fates.placesIn([path], ground))
				sql.run('insert into standing values(?,?,?,?,?,?)', author, hunk, index, path, line, state);
			if (done % 20 === 0) {
				onProgress?.({ step: 'Finding lines', done, total: paths.length });
				await setImmediate();
			}
		}
		sql.exec('create index temp.standing_by_author on standing(author)');
		return lines;
	}

	fatesOf(turn: Turn, hunks: readonly StoredHunk[]): Promise<TurnFates> {
		const rows = this.ports.derived.sql.all('select hunk, k, path, line, state from standing where author=?', turn.id);
		const standing = rows.map((row) => ({
			hunk: Number(row['hunk']),
			index: Number(row['k']),
			path: String(row['path']),
			line: Number(row['line']),
			state: LineState.parse(row['state']),
		}));
		return this.fates.of(turn, hunks, standing);
	}

	close(): void {
		this.ports.derived.sql.exec('drop table if exists temp.standing');
	}
}
