import { messageOf } from '../core/errors';
import type { Compactor } from './compactor';
import type { AppPorts } from './ports';
import type { Purger } from './purger';

const dayMs = 24 * 3_600_000;
/** The start of a host is not the time for it. */
const firstMs = 60_000;

/** Once a day: purges what is older or more than the user wants kept, and compacts the journal. */
export class Retention {
	private timer: NodeJS.Timeout | undefined;
	private running: Promise<void> = Promise.resolve();
	private readonly stopping = new AbortController();

	constructor(
		private readonly ports: AppPorts,
		private readonly purger: Purger,
		private readonly compactor: Compactor,
		/** Called when rows are to leave the store. */
		private readonly purged: () => void,
	) {}

	start(): void {
		this.later(firstMs);
	}

	/** Does it now. Never throws. */
	async apply(): Promise<void> {
		try {
			const before = this.limit();
			if (before !== undefined) {
				await this.purger.removeOlder(before);
				this.purged();
			}
			await this.compactor.compact(this.stopping.signal);
		} catch (cause) {
			this.ports.log.warn(`retention failed, will try again: ${messageOf(cause)}`);
		}
	}

	async close(): Promise<void> {
		this.stopping.abort();
		clearTimeout(this.timer);
		await this.running;
	}

	private later(delay: number): void {
		this.timer = setTimeout(() => {
			this.running = this.apply().then(() => {
				if (!this.stopping.signal.aborted) this.later(dayMs);
			});
		}, delay).unref();
	}

	/** What began before this instant goes; undefined when nothing does. */
	private limit(): string | undefined {
		const { days, megabytes } = this.ports.privacy.retention();
		const byAge = days === undefined ? '' : new Date(this.ports.clock.now().getTime() - days * dayMs).toISOString();
		const bySize = megabytes === undefined ? '' : this.beginOf(megabytes * 1_000_000);
		const limit = byAge > bySize ? byAge : bySize;
		return limit !== '' && this.holdsOlder(limit) ? limit : undefined;
	}

	/** The instant since which the texts of turns and edits are this large; '' when all of them are smaller. */
	private beginOf(bytes: number): string {
		const rows = this.ports.derived.sql.all(
			`select coalesce(json_extract(body, '$.ended_at'), json_extract(body, '$.started_at'), json_extract(body, '$.at')) at, length(body) size
			from records where kind in ('turn', 'edit') order by 1 desc`,
		);
		let sum = 0;
		for (const [place, row] of rows.entries()) {
			sum += Number(row['size']);
			if (sum > bytes) return String(rows[place - 1]?.['at'] ?? this.ports.clock.now().toISOString());
		}
		return '';
	}

	private holdsOlder(limit: string): boolean {
		const row = this.ports.derived.sql.get(
			`select 1 found from records where (kind='turn' and coalesce(json_extract(body, '$.ended_at'), json_extract(body, '$.started_at')) < ?)
			or (kind='edit' and json_extract(body, '$.at') < ?) limit 1`,
			limit,
			limit,
		);
		return row !== undefined;
	}
}
