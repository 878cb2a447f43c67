import { z } from 'zod';
import { lacksOf } from '../capture/chat/assistantFacts';
import { isByHand, isImported } from '../core/incompleteness';
import type { Lack } from '../core/incompleteness';
import { Channel, Fidelity, TurnObservation } from '../core/turn';
import type { AppPorts } from './ports';

/** Turns that are read at one go; between two goes others may work. */
const pageSize = 25;

/** A turn as the meter counts it. */
export interface CapturedTurn {
	readonly assistant: string;
	readonly at: string;
	/** Its end, or the last that is known of it. */
	readonly until: string;
	readonly version: string | undefined;
	readonly channels: readonly Channel[];
	readonly isOpen: boolean;
	readonly isByHand: boolean;
	/** Taken over from another tool's record; it is counted, and not judged. */
	readonly isImported: boolean;
	/** What it misses of that which its assistant offers. */
	readonly lacks: readonly Lack[];
}

/** The parts of a stored turn that are looked at; a turn that another version wrote is judged as far as it can be. */
const Stored = z.object({
	assistant: z.string(),
	started_at: z.string(),
	ended_at: z.string().optional(),
	state: TurnObservation.shape.state,
	prompt: z.string(),
	response: z.string(),
	model: z.string().optional(),
	cwd: z.string().optional(),
	source_version: z.string().optional(),
	channels: z.array(Channel),
	tools: z.array(z.object({ ok: z.boolean().optional(), at: z.string().optional() })),
	edits: z.array(z.object({ fidelity: Fidelity })),
});

/** All turns as the meter counts them. Each is judged once, and again when it has changed. */
export class CapturedTurns {
	private readonly judged = new Map<string, CapturedTurn>();
	private upTo = 0;
	private reading: Promise<void> = Promise.resolve();

	constructor(private readonly ports: AppPorts) {}

	/** In the order of their times. */
	async all(): Promise<CapturedTurn[]> {
		// One reading at a time: a second one would take what the first has yet to read for known.
		this.reading = this.reading.catch(() => undefined).then(() => this.readChanged());
		await this.reading;
		return [...this.judged.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
	}

	private async readChanged(): Promise<void> {
		const { sql } = this.ports.derived;
		// Names first: sorting whole turns would read each of them for every page.
		const changed = sql.all('select id, changed from turns where changed>? and has_turn=1 order by changed', this.upTo);
		for (const [place, row] of changed.entries()) {
			this.take(String(row['id']), Number(row['changed']));
			if (place % pageSize === pageSize - 1) await new Promise((resolve) => setImmediate(resolve));
		}
		if (this.judged.size > Number(sql.get('select count(*) n from turns where has_turn=1')?.['n'])) this.forgetRemoved();
	}

	private take(id: string, changed: number): void {
		this.upTo = Math.max(this.upTo, changed);
		const body = this.ports.derived.sql.get("select body from records where kind='turn' and id=?", id)?.['body'];
		const turn = typeof body === 'string' ? Stored.safeParse(JSON.parse(body)).data : undefined;
		if (turn === undefined) return;
		const { assistant, started_at, ended_at, channels, source_version, state, tools } = turn;
		this.judged.set(id, {
			assistant,
			at: started_at,
			until: ended_at ?? tools.reduce((last, { at }) => (at !== undefined && at > last ? at : last), started_at),
			version: source_version,
			channels,
			isOpen: state === 'open',
			isByHand: isByHand(turn),
			isImported: isImported(turn),
			lacks: lacksOf(assistant, turn),
		});
	}

	private forgetRemoved(): void {
		const there = new Set(this.ports.derived.sql.all('select id from turns where has_turn=1').map((row) => String(row['id'])));
		for (const id of this.judged.keys()) if (!there.has(id)) this.judged.delete(id);
	}
}
