import type { Output } from '../core/api';
import { EditBody } from '../core/journalRecord';
import type { JournalRecord } from '../core/journalRecord';
import { Learning } from '../core/learning';
import { Turn, TurnEnrichment } from '../core/turn';
import { enrichTurn } from '../enrich/enrichTurn';
import { redactTurn } from '../enrich/redactTurn';
import type { Ledger, NewRecord } from './ledger';
import type { AppPorts } from './ports';

interface Redone {
	readonly body: unknown;
	readonly count: number;
}

/** Applies today's rules to what was kept under yesterday's: new rules of ours, or new patterns of the user. */
export class JournalRedaction {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
		/** Drops the revisions that were replaced. */
		private readonly dropReplaced: (kinds: ReadonlySet<string>) => Promise<number>,
	) {}

	redact(dryRun: boolean): Promise<Output<'redactJournal'>> {
		return this.ledger.inTurn(async () => {
			const changed: { kind: string; id: string; redactions: number }[] = [];
			let records = 0;
			for (const kind of ['turn', 'edit', 'learning'] as const)
				for (const record of this.ports.derived.records(kind)) {
					records++;
					const redone = await this.again(record);
					if (redone.count === 0) continue;
					changed.push({ kind, id: record.id, redactions: redone.count });
					if (!dryRun) await this.ledger.append([{ kind, id: record.id, body: redone.body } satisfies NewRecord]);
				}
			const bytes = dryRun || changed.length === 0 ? 0 : await this.dropReplaced(new Set(changed.map(({ kind, id }) => `${kind}:${id}`)));
			return { records, changed, bytes, store_done: true };
		});
	}

	private async again({ kind, body }: JournalRecord): Promise<Redone> {
		if (kind === 'turn') return this.turn(Turn.parse(body));
		const { value, count } = await this.ports.redactor.redactDeep(body);
		return { body: kind === 'edit' ? EditBody.parse(value) : Learning.parse(value), count };
	}

	/** What enrichment made of the texts is made again from the redacted ones, or redacted where it was handed in. */
	private async turn(turn: Turn): Promise<Redone> {
		const clean = await redactTurn({ ...turn, channel: 'transcript', images: [] }, this.ports.redactor);
		const told = await this.ports.redactor.redactDeep(TurnEnrichment.parse(turn));
		const count = clean.count + told.count;
		// The channel that is added above is stripped by the schema.
		const rest = clean.turn;
		const again = TurnEnrichment.parse(told.value);
		const seen = again.checks.filter((check) => check.type === 'diagnostics' || check.via !== 'tool');
		const made = turn.edits.length > 0 ? enrichTurn(rest, { hmac: (text) => this.ports.hmac(text) }, seen) : {};
		return { body: Turn.parse({ ...turn, ...rest, ...again, ...made, redactions: turn.redactions + clean.count }), count };
	}
}
