import { setImmediate } from 'node:timers/promises';
import { nextWordsOf, rewardOf, rewardVersion, survivalOf } from '../attribute/reward';
import type { Signals } from '../attribute/reward';
import type { CallContext, CallOptions, Input } from '../core/api';
import { UserError } from '../core/errors';
import type { AnalysisReport, AnalyzedTurn, Findings } from '../core/outcome';
import { OutcomeRules } from '../core/outcome';
import { planStatus } from '../core/status';
import type { Turn } from '../core/turn';
import type { Fates, Ground } from './fates';
import { findingsOf } from './fates';
import type { Fingerprints } from './fingerprints';
import type { Ledger, NewRecord } from './ledger';
import type { TurnFates } from './lineFates';
import { countsOf } from './lineFates';
import { languagesOf, lossesOf, whereOf } from './losses';
import { Mainline } from './mainline';
import { OtherTips } from './otherTips';
import type { AppPorts } from './ports';
import { StandingLines } from './standingLines';
import { testsOf } from './turnSignals';

/** Turns between which findings are written down. */
const batch = 50;
const day = 86_400_000;

/** What one run works with. */
interface Evidence {
	readonly ground: Ground;
	readonly standing: StandingLines;
	readonly mainline: Mainline;
	readonly tips: OtherTips;
	readonly rules: OutcomeRules;
	/** Files that differ from HEAD. */
	readonly dirty: ReadonlySet<string>;
}

/** Finds out what became of the code that turns wrote. Says the same however often it runs, as long as nothing changed. */
export class Analysis {
	private queue: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
		private readonly prints: Fingerprints,
		private readonly fates: Fates,
	) {}

	/** One at a time: they share a table. */
	run(context: CallContext, input: Input<'analyze'>, options: CallOptions): Promise<AnalysisReport> {
		const mine = this.queue.then(() => this.analyze(context, input, options));
		this.queue = mine.catch(() => undefined);
		return mine;
	}

	private async analyze(context: CallContext, { limit = 0, ids = [] }: Input<'analyze'>, options: CallOptions): Promise<AnalysisReport> {
		const began = Date.now();
		const ground = await this.fates.ground(context, options);
		if (ground === undefined) throw new UserError('There is no git repository here, so it cannot be seen what became of code. Run this in a repository.');
		const all = this.turnsOf(ground.place.repo_id);
		const wanted = ids.length === 0 ? all : ids.map((id) => this.known(id, all));
		const chosen = limit === 0 ? wanted : wanted.slice(0, limit);
		const results: AnalyzedTurn[] = [];
		let [changed, open] = [0, 0];
		const evidence = chosen.length === 0 ? undefined : await this.gather(ground, context, options);
		try {
			for (let start = 0; evidence !== undefined && start < chosen.length; start += batch) {
				const records: NewRecord[] = [];
				for (const id of chosen.slice(start, start + batch)) {
					options.signal?.throwIfAborted();
					const turn = this.ports.derived.turn(id);
					if (turn === undefined) continue;
					if (turn.state === 'open') open++;
					const was = planStatus(this.ports.derived.facts(id));
					const own = this.recordsOf(turn, await this.findingsFor(turn, evidence), evidence.rules);
					if (own.records.length > 0) changed++;
					records.push(...own.records);
					results.push({ ...own.result, was });
					await setImmediate();
				}
				await this.ledger.inTurn(() => this.ledger.append(records));
				options.onProgress?.({ step: 'Analysing turns', done: Math.min(start + batch, chosen.length), total: chosen.length });
			}
		} finally {
			evidence?.standing.close();
		}
		const shown = results.map((result) => ({ ...result, status: planStatus(this.ports.derived.facts(result.id)) }));
		return {
			turns: all.length,
			analyzed: shown.length,
			changed,
			open,
			by_status: tally(shown.map(({ status }) => status)),
			flagged: shown.filter(({ flags }) => flags.length > 0),
			results: shown,
			commits: evidence?.mainline.length ?? 0,
			seconds: (Date.now() - began) / 1000,
			notes: all.length === 0 ? ['No turn was captured in this repository yet.'] : [],
		};
	}

	private known(id: string, all: readonly string[]): string {
		const found = all.filter((known) => known.startsWith(id));
		const [only] = found;
		if (found.length !== 1 || only === undefined)
			throw new UserError(found.length === 0 ? `No turn of this repository begins with ${id}.` : `Several turns begin with ${id}. Give more of the id.`, 2);
		return only;
	}

	/** Those first that are likely to hold something, and changed much. A turn is judged in one repository only, or two would overrule each other. */
	private turnsOf(repoId: string): string[] {
		const rows = this.ports.derived.sql.all(
			`select t.id from turns t where t.has_turn=1 and (t.repo_id=? or (t.repo_id is null and t.id in (select turn_id from turn_repos where repo_id=?)))
			order by t.confidence * (1 + min(4, (select count(*) from turn_repos r where r.turn_id=t.id))) desc, t.started_at desc, t.id`,
			repoId,
			repoId,
		);
		return rows.map((row) => String(row['id']));
	}

	private async gather(ground: Ground, context: CallContext, options: CallOptions): Promise<Evidence> {
		await this.prints.catchUp(options);
		const repoId = ground.place.repo_id;
		const wanted = new Set(this.prints.hunks.printsOf(repoId));
		const { root, head } = ground.place.tree;
		const mainline = await Mainline.read(root, wanted, options);
		const differing = head === '' ? [] : await this.ports.git.changedSince(root, 'HEAD');
		const dirty = new Set(head === '' ? ground.tree.paths() : differing.map(({ path }) => path));
		const changedWith = (prints: readonly number[]) => [...new Set([...prints.flatMap((print) => mainline.diedIn(print)?.paths ?? []), ...dirty])];
		const standing = await StandingLines.of(this.ports, this.fates, ground, { wanted, changedWith }, options);
		return { ground, standing, mainline, dirty, tips: new OtherTips(root, head), rules: OutcomeRules.parse(context.outcome ?? {}) };
	}

	private async findingsFor(turn: Turn, evidence: Evidence): Promise<Findings> {
		const { ground, standing, mainline, tips, dirty } = evidence;
		const hunks = this.prints.hunks.ofAuthor(turn.id).filter(({ repo_id }) => repo_id === ground.place.repo_id);
		const fates = await standing.fatesOf(turn, hunks);
		const counts = countsOf(fates.lines);
		const where = await whereOf(turn, fates, { mainline, tips, dirty, checkoutId: ground.place.checkout_id });
		const survival = counts.written > 0 ? survivalOf(counts, fates.share) : removalSurvival(fates);
		const signals = this.signalsOf(turn, fates);
		const wrote = counts.written > 0 || fates.removed > 0;
		const { reward, evidence: parts } = rewardOf(survival, signals);
		const born = fates.lines.flatMap(({ written }) => mainline.bornIn(written.print) ?? []).sort((a, b) => a.place - b.place)[0];
		const days = round(Math.max(0, (this.ports.clock.now().getTime() - Date.parse(turn.started_at)) / day));
		const tooEarly = where === 'elsewhere' || (where === 'working tree' && days < evidence.rules.waitDays) || turn.state === 'open';
		const refusedAll = !wrote && signals.refused === 1;
		const decided = (wrote && !tooEarly) || refusedAll;
		return {
			version: rewardVersion,
			counts,
			survival: round(survival),
			...(decided && { reward: round(reward) }),
			evidence: parts.map(({ what, weight }) => ({ what, weight: round(weight) })),
			where,
			commit_sha: born?.sha ?? '',
			commits: born === undefined ? 0 : mainline.length - 1 - born.place,
			// By whole days, or each run would find something new.
			days: Math.floor(days),
			losses: lossesOf(turn, fates, mainline, this.prints.hunks, ground.place.repo_id),
			languages: languagesOf(fates.lines),
			flags: flagsOf(turn, this.ports.derived.facts(turn.id).review, { survival, decided, signals, lines: counts.written }, evidence.rules),
		};
	}

	private signalsOf(turn: Turn, fates: TurnFates): Signals {
		const refused = turn.edits.filter((edit) => edit.state !== 'applied').length;
		return {
			tests: testsOf(turn),
			nextWords: nextWordsOf(this.nextPrompt(turn)),
			mendedSoon: this.mendedSoon(turn, fates),
			refused: turn.edits.length === 0 ? 0 : refused / turn.edits.length,
		};
	}

	private nextPrompt(turn: Turn): string | undefined {
		const row = this.ports.derived.sql.get(
			'select id from turns where session_id=? and assistant=? and started_at>? and has_turn=1 order by started_at limit 1',
			turn.session_id,
			turn.assistant,
			turn.started_at,
		);
		return row === undefined ? undefined : this.ports.derived.turn(String(row['id']))?.prompt;
	}

	/** Share of its lines that bug fixes of the next day took out. */
	private mendedSoon(turn: Turn, { lines }: TurnFates): number {
		const gone = lines.filter(({ fate }) => fate === 'rewritten' || fate === 'deleted');
		const until = new Date(Date.parse(turn.started_at) + day).toISOString();
		const mended = gone.filter(({ hunk, written }) =>
			this.prints.hunks
				.byNumber(this.prints.hunks.withPrint(hunk.repo_id, written.print, -1, 5))
				.some(({ author, kind, at }) => kind === 'turn' && author !== turn.id && at > turn.started_at && at < until && this.isFix(author)),
		);
		return lines.length === 0 ? 0 : mended.length / lines.length;
	}

	private isFix(id: string): boolean {
		return this.ports.derived.turn(id)?.modification_type === 'bugfix';
	}

	private recordsOf(turn: Turn, findings: Findings, rules: OutcomeRules): { records: NewRecord[]; result: Omit<AnalyzedTurn, 'was'> } {
		const value = findings.reward === undefined ? 'unknown' : findings.survival >= rules.keptShare ? 'implemented' : 'not_implemented';
		const facts = this.ports.derived.facts(turn.id);
		const records: NewRecord[] = [];
		const known = findingsOf(this.ports, turn.id);
		if (facts.outcome !== value || known === undefined || tells(known, findings))
			records.push({ kind: 'status', id: `${turn.id}:outcome`, body: { turn_id: turn.id, facet: 'outcome', value, findings } });
		if (!facts.analyzed) records.push({ kind: 'status', id: `${turn.id}:analyzed`, body: { turn_id: turn.id, facet: 'analyzed', value: true } });
		const { survival, reward, where, flags } = findings;
		const result = {
			id: turn.id,
			prompt_summary: turn.prompt_summary,
			status: planStatus(facts),
			survival,
			where,
			flags,
			...(reward !== undefined && { reward }),
		};
		return { records, result };
	}
}

/** That days and commits went by is written down when something else changed, or after a while. */
function tells(old: Findings, now: Findings): boolean {
	const aged = now.days - old.days >= Math.max(1, old.days / 4) || now.commits - old.commits >= Math.max(5, old.commits / 4);
	return aged || JSON.stringify({ ...old, days: 0, commits: 0 }) !== JSON.stringify({ ...now, days: 0, commits: 0 });
}

/** A turn that only took lines out succeeded as far as they stayed out. */
function removalSurvival({ removed, restored }: TurnFates): number {
	return removed === 0 ? 0 : 1 - restored / removed;
}

/** Why a person should look at a turn that nobody reviewed. */
function flagsOf(
	turn: Turn,
	review: 'new' | 'promoted' | 'ignored',
	{ survival, decided, signals, lines }: { survival: number; decided: boolean; signals: Signals; lines: number },
	rules: OutcomeRules,
): string[] {
	if (!decided) return [];
	const flags: string[] = [];
	const kept = survival >= rules.keptShare;
	if (review === 'new' && kept && turn.confidence_score >= 0.6 && lines >= 5) flags.push('kept, of some size, and likely to hold something: worth promoting');
	if (review === 'new' && kept && signals.tests === 'mended') flags.push('it made failing tests pass, and stayed');
	if (review === 'promoted' && !kept) flags.push('it was promoted, but its code is gone: the learning may be wrong');
	if (!kept && turn.confidence_score >= 0.75) flags.push('it looked good, but its code did not stay');
	return flags;
}

function tally(values: readonly string[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
}

function round(value: number): number {
	return Math.round(value * 1000) / 1000;
}
