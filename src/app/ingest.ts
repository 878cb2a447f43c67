import type { z } from 'zod';
import { modelVersion } from '../core/modelVersion';
import type { Input, Output } from '../core/api';
import type { Turn, TurnObservation } from '../core/turn';
import { TurnEnrichment, Turn as TurnSchema } from '../core/turn';
import { canonicalJson } from '../capture/prefer';
import { mergeTurn } from '../capture/turnAssembler';
import { enrichTurn } from '../enrich/enrichTurn';
import { redactTurn } from '../enrich/redactTurn';
import { Attachments } from './attachments';
import { isCaptured } from './captureChoice';
import { definedOnly } from './definedOnly';
import { EditorEdits } from './editorEdits';
import type { Ledger, NewRecord } from './ledger';
import { Placing, filesOf } from './placing';
import type { AppPorts } from './ports';
import { SeenChecks, givenByCaller } from './seenChecks';
import { turnIdOf } from './turnIdOf';

/** `left out`: capture was off in its folder then, or it was purged before. */
export type Outcome = 'new' | 'extended' | 'unchanged' | 'left out';

export interface Ingested {
	readonly id: string;
	readonly outcome: Outcome;
	readonly redactions: number;
}

/** Values a caller of `log-chat` gives where nothing could be derived from edits. */
const TurnOverrides = TurnEnrichment.pick({
	diff_summary: true,
	code_context: true,
	tool_sequence: true,
	modification_type: true,
	confidence_score: true,
	involved_entities: true,
}).partial();
export type TurnOverrides = z.infer<typeof TurnOverrides>;

/**
 * The only way in: find the repository, redact, merge with what is known of the turn, enrich, journal.
 * An observation that adds nothing writes nothing, so that a replay of any history changes nothing.
 */
export class Ingest {
	private readonly editorEdits: EditorEdits;
	private readonly seenChecks: SeenChecks;
	private readonly attachments: Attachments;

	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {
		this.editorEdits = new EditorEdits(ports, ledger);
		this.attachments = new Attachments(ports);
		this.seenChecks = new SeenChecks(ports, ledger);
	}

	/** Keeps observations; when it returns they are in the journal. */
	turns(observations: readonly TurnObservation[], overrides: TurnOverrides = {}): Promise<Ingested[]> {
		return this.ledger.inTurn(() => this.takeAll(observations, overrides));
	}

	/** Keeps edits seen in the editor, in repositories only. */
	edits(input: Input<'captureEdits'>): Promise<Output<'captureEdits'>> {
		return this.ledger.inTurn(() => this.editorEdits.keep(input));
	}

	/** Keeps checks that were seen in repositories. */
	checks(input: Input<'captureChecks'>): Promise<Output<'captureChecks'>> {
		return this.ledger.inTurn(() => this.seenChecks.keep(input));
	}

	private async takeAll(observations: readonly TurnObservation[], overrides: TurnOverrides): Promise<Ingested[]> {
		const known = new Map<string, Turn>();
		const results: Ingested[] = [];
		const records = new Map<string, NewRecord>();
		const captured = observations.filter((turn) => isCaptured(turn.cwd, turn.started_at, this.ports.paths));
		for (const [place, { turn: clean, count }] of (await this.clean(captured)).entries()) {
			const id = turnIdOf(clean);
			if (this.isPurged(id)) {
				results.push({ id, outcome: 'left out', redactions: 0 });
				continue;
			}
			const observation = await this.attachments.keep({ ...clean, images: captured[place]?.images ?? [] });
			const { turn, outcome } = await this.take(id, observation, count, overrides, known);
			known.set(id, turn);
			if (outcome !== 'unchanged') records.set(id, { kind: 'turn', id, body: turn });
			results.push({ id, outcome, redactions: count });
		}
		for (let left = observations.length - captured.length; left > 0; left--) results.push({ id: '', outcome: 'left out', redactions: 0 });
		await this.ledger.append([...records.values()]);
		const written = [...records.keys()].flatMap((id) => known.get(id) ?? []);
		await this.editorEdits.claim(written);
		await this.seenChecks.release(written);
		return results;
	}

	/**
	 * Observations as they may be kept or shown: placed in their repositories, without secrets, images and what private files hold.
	 * Every text of every channel goes through here.
	 */
	async clean(
		observations: readonly TurnObservation[],
		place = (placing: Placing, turn: TurnObservation) => placing.turn(turn),
	): Promise<{ turn: TurnObservation; count: number }[]> {
		const placing = await Placing.of(this.ports, filesOf(observations));
		const done: { turn: TurnObservation; count: number }[] = [];
		for (const turn of observations)
			done.push(await redactTurn(place(placing, { ...turn, images: [] }), this.ports.redactor, (path) => placing.isPrivate(path, turn.cwd)));
		return done;
	}

	/** The same for looking at what a source tells: paths stay as the assistant wrote them. */
	async shown(observations: readonly TurnObservation[]): Promise<TurnObservation[]> {
		const clean = await this.clean(observations, (placing, turn) => placing.withoutPrivate(turn));
		return clean.map(({ turn }) => turn);
	}

	private isPurged(id: string): boolean {
		return this.ports.derived.standing('tombstone', `turn:${id}`) !== undefined;
	}

	private async take(
		id: string,
		clean: TurnObservation,
		redactions: number,
		overrides: TurnOverrides,
		known: ReadonlyMap<string, Turn>,
	): Promise<{ turn: Turn; outcome: Outcome }> {
		const existing = known.get(id) ?? this.ports.derived.turn(id);
		const merged = mergeTurn(existing, clean);
		const repo_id = (await this.repositoryOf(merged.cwd)) ?? existing?.repo_id ?? merged.edits.find((edit) => edit.repo_id !== undefined)?.repo_id;
		const turn = TurnSchema.parse({
			...merged,
			id,
			repo_id,
			model_version: modelVersion(merged.model, merged.adapter) ?? merged.model_version,
			redactions: Math.max(existing?.redactions ?? 0, redactions),
			...enrichTurn(merged, { hmac: (text) => this.ports.hmac(text) }, this.seenChecks.during({ ...merged, repo_id })),
			...(await this.cleanOverrides(overrides)),
			...(overrides.confidence_score !== undefined && { confidence_parts: [{ what: givenByCaller, weight: overrides.confidence_score }] }),
		});
		const outcome = existing === undefined ? 'new' : canonicalJson(existing) === canonicalJson(turn) ? 'unchanged' : 'extended';
		return { turn, outcome };
	}

	/** What a caller says of a turn is text like any other. */
	private async cleanOverrides(overrides: TurnOverrides): Promise<object> {
		const { value } = await this.ports.redactor.redactDeep(overrides);
		return definedOnly(TurnOverrides.parse(value));
	}

	private async repositoryOf(cwd: string | undefined): Promise<string | undefined> {
		return cwd === undefined ? undefined : (await this.ports.repositories.ofFile(`${cwd}/.`))?.repo_id;
	}
}
