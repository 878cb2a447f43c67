import { EditBody } from '../core/journalRecord';
import { editId, turnId } from '../core/ids';
import type { Input, Output } from '../core/api';
import type { Turn, TurnEdit, TurnObservation } from '../core/turn';
import { Turn as TurnSchema } from '../core/turn';
import type { MergedTurn } from '../capture/turnAssembler';
import { mergeTurn } from '../capture/turnAssembler';
import { enrichTurn } from '../enrich/enrichTurn';
import { redactTurn } from '../enrich/redactTurn';
import { isSecretPath } from '../enrich/secretPath';
import { sha256 } from '../platform/hash';
import { withinTree } from '../platform/repositories';
import type { Ledger, NewRecord } from './ledger';
import type { AppPorts } from './ports';

export type Outcome = 'new' | 'extended' | 'unchanged';

export interface Ingested {
	readonly turn: Turn;
	readonly outcome: Outcome;
	readonly redactions: number;
}

/** Values a caller of `log-chat` gives where nothing could be derived from edits. */
export type TurnOverrides = Partial<
	Pick<Turn, 'diff_summary' | 'code_context' | 'tool_sequence' | 'modification_type' | 'confidence_score' | 'involved_entities'>
>;

/**
 * The only way in: redact, find the repository, merge with what is known of the turn, enrich, journal.
 * An observation that adds nothing writes nothing, so that a replay of any history changes nothing.
 */
export class Ingest {
	/** Merging reads what stands before it writes, so turns go through one at a time. */
	private queue: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {}

	/** Keeps observations; when it returns they are in the journal. */
	turns(observations: readonly TurnObservation[], overrides: TurnOverrides = {}): Promise<Ingested[]> {
		const work = this.queue.catch(() => undefined).then(() => this.takeAll(observations, overrides));
		this.queue = work;
		return work;
	}

	private async takeAll(observations: readonly TurnObservation[], overrides: TurnOverrides): Promise<Ingested[]> {
		const known = new Map<string, Turn>();
		const results: Ingested[] = [];
		const records = new Map<string, NewRecord>();
		for (const observation of observations) {
			const taken = await this.take(observation, overrides, known);
			known.set(taken.turn.id, taken.turn);
			if (taken.outcome !== 'unchanged') records.set(taken.turn.id, { kind: 'turn', id: taken.turn.id, body: taken.turn });
			results.push(taken);
		}
		await this.ledger.append([...records.values()]);
		for (const { turn, outcome } of results) if (outcome !== 'unchanged') await this.claimEdits(turn);
		return results;
	}

	private async take(observation: TurnObservation, overrides: TurnOverrides, known: ReadonlyMap<string, Turn>): Promise<Ingested> {
		const id = turnId(sha256, observation.assistant, observation.session_id, observation.turn_key);
		const existing = known.get(id) ?? this.ports.derived.turn(id);
		const clean = await redactTurn(observation, this.ports.redactor);
		const { turn: placed, repo_id } = await this.placed(clean.turn);
		const merged = mergeTurn(existing === undefined ? undefined : asMerged(existing), placed);
		const turn = TurnSchema.parse({
			...merged,
			id,
			repo_id: existing?.repo_id ?? repo_id,
			redactions: Math.max(existing?.redactions ?? 0, clean.count),
			...enrichTurn(merged, { hmac: (text) => this.ports.hmac(text) }),
			...overrides,
		});
		if (existing === undefined) return { turn, outcome: 'new', redactions: clean.count };
		return { turn, outcome: sameTurn(existing, turn) ? 'unchanged' : 'extended', redactions: clean.count };
	}

	/** Paths within repositories become relative to them; what git ignores and files of secrets are left out. */
	private async placed(turn: TurnObservation): Promise<{ turn: TurnObservation; repo_id: string | undefined }> {
		const home = turn.cwd === undefined ? undefined : await this.ports.repositories.ofFile(`${turn.cwd}/.`);
		const edits: TurnEdit[] = [];
		for (const edit of turn.edits) {
			const found = await this.placeEdit(edit, turn.cwd);
			if (found !== undefined) edits.push(found);
		}
		return { turn: { ...turn, edits }, repo_id: home?.repo_id ?? edits.find((edit) => edit.repo_id !== undefined)?.repo_id };
	}

	private async placeEdit(edit: TurnEdit, cwd: string | undefined): Promise<TurnEdit | undefined> {
		if (edit.repo_id !== undefined) return edit;
		const path = isAbsolutePath(edit.file_path) ? edit.file_path : cwd === undefined ? undefined : `${cwd}/${edit.file_path}`;
		if (path === undefined) return edit;
		const place = await this.ports.repositories.ofFile(path);
		const inside = place === undefined ? undefined : withinTree(place.tree.root, path);
		if (place === undefined || inside === undefined) return edit;
		if (isSecretPath(inside) || (await this.ports.git.ignoreRule(place.tree.root, inside)) !== '') return undefined;
		return { ...edit, file_path: inside, repo_id: place.repo_id, checkout_id: place.checkout_id };
	}

	/** Edits seen in the editor that this turn turns out to have made are no longer a person's. */
	private async claimEdits(turn: Turn): Promise<void> {
		const until = new Date(Date.parse(turn.ended_at ?? turn.started_at) + claimWindow).toISOString();
		const claimed: NewRecord[] = [];
		for (const edit of turn.edits) {
			const rows = this.ports.derived.sql.all(
				'select id from edits where repo_id=? and path=? and at between ? and ? and turn_id is null',
				edit.repo_id ?? '',
				edit.file_path,
				turn.started_at,
				until,
			);
			for (const row of rows) {
				const body = EditBody.safeParse(this.ports.derived.record('edit', String(row['id']))?.body).data;
				if (body !== undefined && madeBy(body, edit)) claimed.push({ kind: 'edit', id: String(row['id']), body: { ...body, turn_id: turn.id } });
			}
		}
		await this.ledger.append(claimed);
	}

	/** Keeps edits seen in the editor, in repositories only. */
	async edits({ edits }: Input<'captureEdits'>): Promise<Output<'captureEdits'>> {
		const records: NewRecord[] = [];
		let attached = 0;
		for (const edit of edits) {
			const place = await this.ports.repositories.ofFile(edit.file_path);
			const path = place === undefined ? undefined : withinTree(place.tree.root, edit.file_path);
			if (place === undefined || path === undefined || isSecretPath(path) || (await this.ports.git.ignoreRule(place.tree.root, path)) !== '') continue;
			const before = (await this.ports.redactor.redact(edit.before)).text;
			const after = (await this.ports.redactor.redact(edit.after)).text;
			const body = EditBody.parse({ ...edit, before, after, file_path: path, repo_id: place.repo_id, checkout_id: place.checkout_id });
			const turn_id = this.makerOf(body);
			if (turn_id !== undefined) attached++;
			records.push({
				kind: 'edit',
				id: editId(sha256, place.checkout_id, path, edit.at, sha256(after)),
				body: { ...body, ...(turn_id !== undefined && { turn_id }) },
			});
		}
		const fresh = records.filter((record) => this.ports.derived.record('edit', record.id) === undefined);
		await this.ledger.append(fresh);
		return { kept: fresh.length, attached };
	}

	private makerOf(edit: EditBody): string | undefined {
		const since = new Date(Date.parse(edit.at) - claimWindow).toISOString();
		const rows = this.ports.derived.sql.all(
			'select t.id from turns t join turn_repos r on r.turn_id=t.id where r.repo_id=? and r.path=? and t.started_at between ? and ? order by t.started_at desc limit 20',
			edit.repo_id,
			edit.file_path,
			since,
			edit.at,
		);
		return rows
			.map((row) => String(row['id']))
			.find((id) => this.ports.derived.turn(id)?.edits.some((made) => made.file_path === edit.file_path && madeBy(edit, made)));
	}
}

/** An agent's edit reaches the editor within its turn, or when the window is next looked at. */
const claimWindow = 30 * 60_000;

/** True when what appeared in the editor is text that the turn put there. */
function madeBy(edit: EditBody, made: TurnEdit): boolean {
	const appeared = edit.after.trim();
	if (made.after === null || appeared.length < 3) return false;
	return made.after.includes(appeared) && !(made.before ?? '').includes(appeared);
}

function asMerged(turn: Turn): MergedTurn {
	return turn;
}

function sameTurn(a: Turn, b: Turn): boolean {
	return stable(a) === stable(b);
}

/** JSON with sorted keys: a turn read back from the journal has its keys in another order. */
function stable(value: unknown): string {
	return JSON.stringify(value, (_key, item: unknown) =>
		isPlain(item)
			? Object.fromEntries(
					Object.entries(item)
						.filter(([, inner]) => inner !== undefined)
						.sort(byName),
				)
			: item,
	);
}

function isPlain(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
	return a[0] < b[0] ? -1 : 1;
}

function isAbsolutePath(path: string): boolean {
	return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}
