import { isLater } from '../core/journalRecord';
import type { JournalRecord } from '../core/journalRecord';
import { messageOf } from '../core/errors';
import type { AppPorts } from './ports';

/** A segment is rewritten when this share of its bytes is of no use any more. */
const worthIt = 0.5;
/** A segment that was looked at and left is looked at again after this long. */
const againMs = 7 * 24 * 3_600_000;

/**
 * Drops revisions that later ones have replaced: each revision of a record holds all of it. Only closed segments whose records
 * are all folded are touched, so that nothing is lost whenever it is stopped.
 */
export class Compactor {
	constructor(private readonly ports: AppPorts) {}

	/** Rewrites segments that are mostly of no use. Returns the bytes that went. */
	async compact(signal?: AbortSignal): Promise<number> {
		let gone = 0;
		for (const segment of this.ports.journal.closedSegments()) {
			if (signal?.aborted === true) return gone;
			if (!this.isDue(segment)) continue;
			try {
				gone += await this.compactOne(segment);
			} catch (cause) {
				this.ports.log.warn(`the journal's segment ${segment} could not be compacted: ${messageOf(cause)}`);
			}
			this.noteLook(segment);
		}
		if (gone > 0) await this.ports.journal.sweep();
		return gone;
	}

	/** Drops all replaced revisions of these records (`kind:id`), wherever they stand, and overwrites what the database had of them. */
	async dropReplaced(ids: ReadonlySet<string>): Promise<number> {
		const { journal, derived } = this.ports;
		journal.close();
		let gone = 0;
		for (const segment of journal.closedSegments())
			gone += await journal.rewrite(segment, (record) => record === undefined || !ids.has(`${record.kind}:${record.id}`) || !this.isReplaced(record));
		await journal.sweep();
		derived.scrub();
		return gone;
	}

	private async compactOne(segment: string): Promise<number> {
		let bytes = 0;
		let useless = 0;
		for await (const page of this.ports.journal.read(new Map(this.allBut(segment))))
			for (const record of page.records) {
				const size = JSON.stringify(record).length;
				bytes += size;
				if (this.isReplaced(record)) useless += size;
			}
		if (bytes === 0 || useless / bytes < worthIt) return 0;
		return this.ports.journal.rewrite(segment, (record) => record === undefined || !this.isReplaced(record));
	}

	/** A later revision stands, or the record is buried. */
	isReplaced(record: JournalRecord): boolean {
		const { derived } = this.ports;
		if (record.kind !== 'tombstone' && derived.standing('tombstone', `${record.kind}:${record.id}`) !== undefined) return true;
		const standing = derived.standing(record.kind, record.id);
		return standing !== undefined && isLater(standing, record);
	}

	/** Positions that make a reader skip every other segment. */
	private allBut(segment: string): [string, number][] {
		return this.ports.journal.closedSegments().flatMap((name) => (name === segment ? [] : [[name, Number.MAX_SAFE_INTEGER]]));
	}

	private isDue(segment: string): boolean {
		const looked = this.ports.derived.sql.get('select value from meta where key=?', `looked:${segment}`)?.['value'];
		return looked === undefined || Date.parse(String(looked)) + againMs < this.ports.clock.now().getTime();
	}

	private noteLook(segment: string): void {
		this.ports.derived.sql.run('insert or replace into meta values(?,?)', `looked:${segment}`, this.ports.clock.now().toISOString());
	}
}
