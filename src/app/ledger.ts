import type { JournalRecord, RecordKind } from '../core/journalRecord';
import type { AppPorts } from './ports';

export interface NewRecord {
	readonly kind: RecordKind;
	readonly id: string;
	readonly body: unknown;
}

/** The one way to write: journal first and flushed, then folded. Whoever waits for a change is told. */
export class Ledger {
	private readonly listeners = new Set<() => void>();
	private queue: Promise<unknown> = Promise.resolve();

	constructor(private readonly ports: AppPorts) {}

	/** For work that reads what stands before it writes: such work is done one at a time. Must not be nested. */
	inTurn<T>(work: () => Promise<T>): Promise<T> {
		const mine = this.queue.then(work);
		this.queue = mine.catch(() => undefined);
		return mine;
	}

	async append(records: readonly NewRecord[]): Promise<void> {
		if (records.length === 0) return;
		const at = this.ports.clock.now().toISOString();
		const full = records.map((record): JournalRecord => ({ ...record, at, writer: this.ports.writer, revision: this.nextRevision(record) }));
		await this.ports.journal.append(full);
		this.ports.derived.fold(full, undefined);
		this.changed();
	}

	/** Folds what stands in the journal and was not folded yet: all of it after a rebuild, other writers' records else. */
	async catchUp(): Promise<{ records: number; damaged: number }> {
		let records = 0;
		let damaged = 0;
		for await (const page of this.ports.journal.read(this.ports.derived.positions())) {
			records += this.ports.derived.fold(page.records, { name: page.segment, position: page.position, damaged: page.damaged });
			damaged += page.damaged;
		}
		if (records > 0) this.changed();
		return { records, damaged };
	}

	/** Folds the whole journal again. Nothing is written meanwhile, since revisions are counted from what was folded. */
	refold(): Promise<{ records: number; damaged: number }> {
		return this.inTurn(() => {
			this.ports.derived.reset();
			return this.catchUp();
		});
	}

	changed(): void {
		for (const listener of this.listeners) listener();
	}

	onChange(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	private nextRevision({ kind, id }: NewRecord): number {
		return (this.ports.derived.standing(kind, id)?.revision ?? 0) + 1;
	}
}
