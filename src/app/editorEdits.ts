import { dirname } from 'node:path';
import type { Input, Output } from '../core/api';
import { editId } from '../core/ids';
import { EditBody } from '../core/journalRecord';
import type { Turn, TurnEdit } from '../core/turn';
import { sha256 } from '../platform/hash';
import { isCaptured } from './captureChoice';
import type { Ledger, NewRecord } from './ledger';
import { Placing } from './placing';
import type { AppPorts } from './ports';

type SeenEdit = Input<'captureEdits'>['edits'][number];

/** Edits seen in the editor: each is a person's, unless a turn put that very text there. */
export class EditorEdits {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {}

	async keep({ edits }: Input<'captureEdits'>): Promise<Output<'captureEdits'>> {
		const placing = await Placing.of(
			this.ports,
			edits.map((edit) => edit.file_path),
		);
		const fresh = new Map<string, EditBody>();
		for (const edit of edits) {
			const body = await this.bodyOf(edit, placing);
			if (body === undefined) continue;
			const id = editId(sha256, body.checkout_id, body.file_path, body.at, sha256(body.after));
			if (this.ports.derived.record('edit', id) === undefined && this.ports.derived.record('tombstone', `edit:${id}`) === undefined) fresh.set(id, body);
		}
		await this.ledger.append([...fresh].map(([id, body]) => ({ kind: 'edit', id, body })));
		return { kept: fresh.size, attached: [...fresh.values()].filter((body) => body.turn_id !== undefined).length };
	}

	/** Edits that these turns turn out to have made are no longer a person's. */
	async claim(turns: readonly Turn[]): Promise<void> {
		const claimed = new Map<string, NewRecord>();
		for (const turn of turns)
			for (const made of turn.edits)
				for (const [id, body] of this.unclaimed(turn, made)) claimed.set(id, { kind: 'edit', id, body: { ...body, turn_id: turn.id } satisfies EditBody });
		await this.ledger.append([...claimed.values()]);
	}

	private async bodyOf(edit: SeenEdit, placing: Placing): Promise<EditBody | undefined> {
		const placed = placing.file(edit.file_path);
		if (placed === 'outside' || placed === 'private' || !isCaptured(dirname(edit.file_path), edit.at, this.ports.paths)) return undefined;
		const clean = async (text: string) => (await this.ports.redactor.redact(text)).text;
		const body = EditBody.parse({
			...edit,
			file_path: await clean(placed.path),
			symbol: await clean(edit.symbol ?? ''),
			before: await clean(edit.before),
			after: await clean(edit.after),
			reason: edit.reason ?? 'unknown',
			repo_id: placed.place.repo_id,
			checkout_id: placed.place.checkout_id,
		});
		const turn_id = this.makerOf(body);
		return turn_id === undefined ? body : { ...body, turn_id };
	}

	private unclaimed(turn: Turn, made: TurnEdit): [string, EditBody][] {
		const rows = this.ports.derived.sql.all(
			'select id from edits where repo_id=? and path=? and at between ? and ? and turn_id is null',
			made.repo_id ?? '',
			made.file_path,
			turn.started_at,
			lastClaim(turn),
		);
		return rows.flatMap((row): [string, EditBody][] => {
			const id = String(row['id']);
			const body = EditBody.safeParse(this.ports.derived.record('edit', id)?.body).data;
			return body !== undefined && madeBy(body, made) ? [[id, body]] : [];
		});
	}

	private makerOf(edit: EditBody): string | undefined {
		const rows = this.ports.derived.sql.all(
			'select distinct t.id, t.started_at from turns t join turn_repos r on r.turn_id=t.id where r.repo_id=? and r.path=? and t.started_at between ? and ? order by t.started_at desc limit 20',
			edit.repo_id,
			edit.file_path,
			new Date(Date.parse(edit.at) - longestTurn).toISOString(),
			edit.at,
		);
		const turns = rows.flatMap((row) => this.ports.derived.turn(String(row['id'])) ?? []);
		return turns.find((turn) => edit.at <= lastClaim(turn) && turn.edits.some((made) => made.file_path === edit.file_path && madeBy(edit, made)))?.id;
	}
}

/** An agent's edit reaches the editor within its turn, or when the window is next looked at. */
const claimWindow = 30 * 60_000;
/** Turns that began earlier are not asked whether they made an edit. */
const longestTurn = 12 * 3_600_000;

function lastClaim(turn: Turn): string {
	return new Date(Date.parse(turn.ended_at ?? turn.started_at) + claimWindow).toISOString();
}

/** True when what appeared in the editor is text that the turn put there, or the text it had replaced, once its edit was taken back. */
function madeBy(edit: EditBody, { before, after, state }: TurnEdit): boolean {
	return leadsTo(edit, before, after) || (state === 'undone' && leadsTo(edit, after, before));
}

/** The editor tells whole lines: they are part of a whole file, or hold the snippet that was replaced. */
function leadsTo(edit: EditBody, before: string | null, after: string | null): boolean {
	const appeared = edit.after.trim();
	if (after === null || appeared.length < 3) return false;
	if (after.includes(appeared) && !(before ?? '').includes(appeared)) return true;
	return before !== null && before !== '' && before !== after && edit.before.replace(before, () => after) === edit.after && edit.before !== edit.after;
}
