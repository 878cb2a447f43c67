import { z } from 'zod';
import { statsBy, statsOfAll } from '../attribute/turnStats';
import type { AnalysedTurn } from '../attribute/turnStats';
import type { CallContext, CallOptions, Output } from '../core/api';
import { Findings } from '../core/outcome';
import type { StatsBy, StatsInput } from '../core/stats';
import { Outcome, planStatus } from '../core/status';
import type { SqlRow } from '../store/sqlite/sqlite';
import { factsOf } from '../store/sqlite/derivedDb';
import type { AppPorts } from './ports';

/** Turns that are read at one go; between two goes others may work. */
const pageSize = 200;

const Analysed = z.object({ value: Outcome.catch('unknown'), findings: Findings });
/** What a turn's own record says of these; null where it says nothing. */
const Told = z.object({ model: z.string().min(1).catch('unknown'), modification: z.string().min(1).catch('unknown') });

/** Sums up what analyses found out about turns. */
export class TurnStats {
	constructor(private readonly ports: AppPorts) {}

	async of(context: CallContext, { by, since, everywhere }: z.output<typeof StatsInput>, options: CallOptions): Promise<Output<'stats'>> {
		const repoId = everywhere ? undefined : await this.repositoryOf(context.folder);
		const turns: AnalysedTurn[] = [];
		const status: Output<'stats'>['status'] = {};
		let captured = 0;
		let unreadable = 0;
		for await (const row of this.rows(repoId, since ?? '', by, options)) {
			captured++;
			const standing = planStatus(factsOf(row));
			status[standing] = (status[standing] ?? 0) + 1;
			const turn = analysedOf(row);
			if (turn === 'unreadable') unreadable++;
			else if (turn !== undefined) turns.push(turn);
		}
		const groups = by === undefined ? [] : statsBy(turns, by);
		return { at: this.ports.clock.now().toISOString(), ...(since !== undefined && { since }), captured, unreadable, status, all: statsOfAll(turns), groups };
	}

	/** Only what is grouped by is taken out of the turn's own record: turns are large. */
	private async *rows(repoId: string | undefined, since: string, by: StatsBy | undefined, { signal }: CallOptions): AsyncGenerator<SqlRow> {
		const told =
			"(select json_object('model', r.body ->> '$.model', 'modification', r.body ->> '$.modification_type') from records r where r.kind='turn' and r.id=t.id)";
		const needed = by === 'model' || by === 'modification';
		const here = repoId === undefined ? '' : "and (coalesce(t.repo_id,'')=? or t.id in (select turn_id from turn_repos where repo_id=?))";
		const query = `select t.*, s.body as outcome_body, ${needed ? `case when s.body is null then null else ${told} end` : 'null'} as told
			from turns t left join records s on s.kind='status' and s.id = t.id || ':outcome'
			where t.has_turn=1 and t.n>? and t.started_at>=? ${here} order by t.n limit ${pageSize}`;
		let last = 0;
		for (;;) {
			signal?.throwIfAborted();
			const rows = this.ports.derived.sql.all(query, last, since, ...(repoId === undefined ? [] : [repoId, repoId]));
			yield* rows;
			if (rows.length < pageSize) return;
			last = Number(rows.at(-1)?.['n']);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	/** '' outside any repository: then turns without one count. */
	private async repositoryOf(folder: string): Promise<string> {
		return folder === '' ? '' : ((await this.ports.repositories.at(folder))?.repo_id ?? '');
	}
}

/** undefined: no analysis has looked at the turn. */
function analysedOf(row: SqlRow): AnalysedTurn | 'unreadable' | undefined {
	const text = row['outcome_body'];
	const body: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
	if (typeof body !== 'object' || body === null || !('findings' in body)) return undefined;
	const { data } = Analysed.safeParse(body);
	if (data === undefined) return 'unreadable';
	const told = Told.parse(typeof row['told'] === 'string' ? JSON.parse(row['told']) : {});
	return { assistant: String(row['assistant']), ...told, outcome: data.value, findings: data.findings };
}
