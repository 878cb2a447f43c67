import type { Input, Output } from '../core/api';
import type { SeenCheck } from '../core/check';
import { checkTypeOf } from '../core/checkCommand';
import { checkId } from '../core/ids';
import { CheckBody } from '../core/journalRecord';
import type { Turn } from '../core/turn';
import { canonicalJson } from '../capture/prefer';
import type { Moment } from '../capture/hooks/hookEvent';
import { evidenceOfTurn, type EnrichableTurn } from '../enrich/enrichTurn';
import { sha256 } from '../platform/hash';
import { reportedCounts } from './junitReports';
import type { Ledger, NewRecord } from './ledger';
import { Placing } from './placing';
import type { AppPorts } from './ports';

type GivenCheck = Input<'captureChecks'>['checks'][number];
type PlacedTurn = EnrichableTurn & { readonly repo_id?: string | undefined };

/** A confidence that a caller of `log-chat` named is not computed again. */
export const givenByCaller = 'given by the caller';

/** What a person checks right after a turn still says something of it, until the next turn of the session begins. */
const afterwardsMs = 10 * 60_000;
/** Turns that began earlier are not asked whether they cover a check. */
const longestTurnMs = 12 * 3_600_000;

/**
 * Checks that the editor or the daemon saw, apart from those that a turn's own tools tell. Which turns a check belongs to follows from
 * repository and time alone and is worked out whenever a check or a turn comes, so that their order does not matter.
 */
export class SeenChecks {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {}

	async keep({ checks }: Input<'captureChecks'>): Promise<Output<'captureChecks'>> {
		const placing = await Placing.of(
			this.ports,
			checks.flatMap((check) => (check.type === 'diagnostics' ? [check.file_path] : [])),
		);
		const fresh = new Map<string, CheckBody>();
		for (const given of checks) {
			const body = await this.bodyOf(given, placing);
			if (body === undefined) continue;
			const { check } = body;
			const [via, what] = check.type === 'diagnostics' ? ['editor', check.file_path] : [check.via, check.command];
			const id = checkId(sha256, body.checkout_id, check.type, via, what, check.at);
			if (this.ports.derived.record('check', id) === undefined) fresh.set(id, body);
		}
		await this.ledger.append([...fresh].map(([id, body]) => ({ kind: 'check', id, body })));
		const turns = new Map([...fresh.values()].flatMap((body) => this.turnsAt(body)).map((turn) => [turn.id, turn]));
		return { kept: fresh.size, attached: await this.refresh([...turns.values()]) };
	}

	/** Takes from the turns before these, in their sessions, the checks that came after these had begun. */
	async release(turns: readonly Turn[]): Promise<void> {
		const former = turns.flatMap((turn) =>
			this.rows(reposOf(turn), turn.started_at, later(turn.started_at, afterwardsMs)).length === 0 ? [] : this.before(turn),
		);
		await this.refresh([...new Map(former.map((turn) => [turn.id, turn])).values()]);
	}

	/** The checks within a turn's time, in its repositories; diagnostics only of files that it changed. */
	during(turn: PlacedTurn): SeenCheck[] {
		const bodies = this.rows(reposOf(turn), turn.started_at, this.endOf(turn)).flatMap((id) => {
			const body = CheckBody.safeParse(this.ports.derived.record('check', id)?.body).data;
			return body === undefined ? [] : [body];
		});
		return bodies.flatMap(({ check, repo_id }) =>
			check.type !== 'diagnostics' || turn.edits.some((edit) => edit.repo_id === repo_id && edit.file_path === check.file_path) ? [check] : [],
		);
	}

	private async bodyOf(given: GivenCheck, placing: Placing): Promise<CheckBody | undefined> {
		const clean = async (text: string): Promise<string> => (await this.ports.redactor.redact(text)).text;
		if (given.type === 'diagnostics') {
			const placed = placing.file(given.file_path);
			if (placed === 'outside' || placed === 'private') return undefined;
			const { repo_id, checkout_id } = placed.place;
			return CheckBody.parse({ repo_id, checkout_id, check: { ...given, file_path: await clean(placed.path) } });
		}
		// A task of the group `test` may have a name that tells nothing, so only what ran in a terminal must look like a check.
		if (given.via === 'terminal' && checkTypeOf(given.command) === undefined) return undefined;
		const place = await this.ports.repositories.ofFile(`${given.folder}/.`).catch(() => undefined);
		if (place === undefined) return undefined;
		const counts = given.type === 'test' ? reportedCounts([given.folder, place.tree.root], given.started_at, given.at) : undefined;
		return CheckBody.parse({ repo_id: place.repo_id, checkout_id: place.checkout_id, check: { ...counts, ...given, command: await clean(given.command) } });
	}

	/** Works out the checks of stored turns again. Returns how many turns that changed. */
	private async refresh(turns: readonly Turn[]): Promise<number> {
		const changed = turns.flatMap((turn): NewRecord[] => {
			const evidence = evidenceOfTurn(turn, this.during(turn));
			const isGiven = turn.confidence_parts.some(({ what }) => what === givenByCaller);
			const { confidence_score, confidence_parts } = isGiven ? turn : evidence;
			const body: Turn = { ...turn, ...evidence, confidence_score, confidence_parts };
			return canonicalJson(body) === canonicalJson(turn) ? [] : [{ kind: 'turn', id: turn.id, body }];
		});
		await this.ledger.append(changed);
		return changed.length;
	}

	private turnsAt({ repo_id, check: { at } }: CheckBody): Turn[] {
		const rows = this.ports.derived.sql.all(
			'select distinct t.id from turns t left join turn_repos r on r.turn_id=t.id where (t.repo_id=? or r.repo_id=?) and t.has_turn=1 and t.started_at between ? and ?',
			repo_id,
			repo_id,
			later(at, -longestTurnMs),
			at,
		);
		return rows.flatMap((row) => this.ports.derived.turn(String(row['id'])) ?? []).filter((turn) => at <= this.endOf(turn));
	}

	/** The turn before in the same session. */
	private before({ assistant, session_id, started_at }: Turn): Turn[] {
		const row = this.ports.derived.sql.get(
			'select id from turns where session_id=? and assistant=? and has_turn=1 and started_at<? order by started_at desc limit 1',
			session_id,
			assistant,
			started_at,
		);
		return row === undefined ? [] : [this.ports.derived.turn(String(row['id'])) ?? []].flat();
	}

	/** Until when a check belongs to a turn. */
	private endOf({ assistant, session_id, started_at, ended_at = started_at }: EnrichableTurn): string {
		const next = this.ports.derived.sql.get(
			'select min(started_at) at from turns where session_id=? and assistant=? and has_turn=1 and started_at>? and started_at>=?',
			session_id,
			assistant,
			started_at,
			ended_at,
		)?.['at'];
		const longest = later(ended_at, afterwardsMs);
		return typeof next === 'string' && next < longest ? next : longest;
	}

	private rows(repos: readonly string[], from: string, until: string): string[] {
		return repos.flatMap((repo) =>
			this.ports.derived.sql.all('select id from checks where repo_id=? and at between ? and ? order by at', repo, from, until).map((row) => String(row['id'])),
		);
	}
}

/** What the reports say that a test command of an assistant has written; its end itself is told by the assistant's own record. */
export function reportedChecks({ folder, at, call }: Moment): GivenCheck[] {
	if (call?.shell !== true || checkTypeOf(call.command) !== 'test') return [];
	const counts = reportedCounts([folder], undefined, at);
	return counts === undefined ? [] : [{ type: 'test', command: call.command, ok: counts.failed === 0, ...counts, via: 'report', by: 'agent', folder, at }];
}

function reposOf(turn: PlacedTurn): string[] {
	return [...new Set([turn.repo_id, ...turn.edits.map((edit) => edit.repo_id)].flatMap((repo) => repo ?? []))];
}

function later(instant: string, milliseconds: number): string {
	return new Date(Date.parse(instant) + milliseconds).toISOString();
}
