import { turnId } from '../core/ids';
import { modelVersion } from '../core/modelVersion';
import type { Input, Output } from '../core/api';
import type { Turn, TurnObservation } from '../core/turn';
import { Turn as TurnSchema } from '../core/turn';
import { canonicalJson } from '../capture/prefer';
import { mergeTurn } from '../capture/turnAssembler';
import { enrichTurn } from '../enrich/enrichTurn';
import { redactTurn } from '../enrich/redactTurn';
import { sha256 } from '../platform/hash';
import { Attachments } from './attachments';
import { EditorEdits } from './editorEdits';
import type { Ledger, NewRecord } from './ledger';
import { Placing, filesOf } from './placing';
import type { AppPorts } from './ports';
import { SeenChecks, givenByCaller } from './seenChecks';

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
		const placing = await Placing.of(this.ports, filesOf(observations));
		const known = new Map<string, Turn>();
		const results: Ingested[] = [];
		const records = new Map<string, NewRecord>();
		for (const observation of observations) {
			const taken = await this.take(placing.turn(await this.attachments.keep(observation)), overrides, known);
			known.set(taken.turn.id, taken.turn);
			if (taken.outcome !== 'unchanged') records.set(taken.turn.id, { kind: 'turn', id: taken.turn.id, body: taken.turn });
			results.push(taken);
		}
		await this.ledger.append([...records.values()]);
		const written = [...records.keys()].flatMap((id) => known.get(id) ?? []);
		await this.editorEdits.claim(written);
		await this.seenChecks.release(written);
		return results;
	}

	private async take(placed: TurnObservation, overrides: TurnOverrides, known: ReadonlyMap<string, Turn>): Promise<Ingested> {
		const id = turnId(sha256, placed.assistant, placed.session_id, placed.turn_key);
		const existing = known.get(id) ?? this.ports.derived.turn(id);
		const clean = await redactTurn(placed, this.ports.redactor);
		const merged = mergeTurn(existing, clean.turn);
		const repo_id = (await this.repositoryOf(merged.cwd)) ?? existing?.repo_id ?? merged.edits.find((edit) => edit.repo_id !== undefined)?.repo_id;
		const turn = TurnSchema.parse({
			...merged,
			id,
			repo_id,
			model_version: modelVersion(merged.model, merged.adapter) ?? merged.model_version,
			redactions: Math.max(existing?.redactions ?? 0, clean.count),
			...enrichTurn(merged, { hmac: (text) => this.ports.hmac(text) }, this.seenChecks.during({ ...merged, repo_id })),
			...overrides,
			...(overrides.confidence_score !== undefined && { confidence_parts: [{ what: givenByCaller, weight: overrides.confidence_score }] }),
		});
		const outcome = existing === undefined ? 'new' : canonicalJson(existing) === canonicalJson(turn) ? 'unchanged' : 'extended';
		return { turn, outcome, redactions: clean.count };
	}

	private async repositoryOf(cwd: string | undefined): Promise<string | undefined> {
		return cwd === undefined ? undefined : (await this.ports.repositories.ofFile(`${cwd}/.`))?.repo_id;
	}
}
