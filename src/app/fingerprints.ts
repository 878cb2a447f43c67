import { setImmediate } from 'node:timers/promises';
import { hunksOf } from '../attribute/writes';
import type { CallOptions } from '../core/api';
import { EditBody } from '../core/journalRecord';
import type { TurnEdit } from '../core/turn';
import type { NewHunk } from '../store/sqlite/hunkStore';
import { HunkStore } from '../store/sqlite/hunkStore';
import type { AppPorts } from './ports';

/** Turns that are compared before others get their turn. */
const batch = 20;

/** Keeps the fingerprints of what was written in step with the turns and edits that are known. */
export class Fingerprints {
	readonly hunks: HunkStore;
	private running: Promise<void> | undefined;

	constructor(private readonly ports: AppPorts) {
		this.hunks = new HunkStore(ports.derived.sql);
	}

	/** Returns once every turn that was known at the call has its fingerprints. */
	async catchUp(options: CallOptions = {}): Promise<void> {
		while (this.hunks.waiting(1).length > 0) {
			this.running ??= this.work(options).finally(() => (this.running = undefined));
			await this.running;
		}
	}

	private async work({ signal, onProgress }: CallOptions) {
		const total = this.hunks.countWaiting();
		for (let done = 0; ; done += batch) {
			signal?.throwIfAborted();
			const waiting = this.hunks.waiting(batch);
			if (waiting.length === 0) return;
			for (const { kind, id } of waiting)
				if (kind === 'turn') this.printTurn(id);
				else this.printEdit(id);
			if (total > batch) onProgress?.({ step: 'Comparing what turns wrote', done: Math.min(done + waiting.length, total), total });
			await setImmediate();
		}
	}

	private printTurn(id: string) {
		const turn = this.ports.derived.turn(id);
		const repos = new Set(turn?.edits.flatMap((edit) => edit.repo_id ?? []));
		const hunks = [...repos].flatMap((repo_id) => hunksOf(turn?.edits ?? [], repo_id).map((hunk): NewHunk => ({ ...hunk, repo_id })));
		this.hunks.put({ kind: 'turn', id, at: turn?.started_at ?? '' }, hunks);
	}

	/** Only what was seen being typed is a person's for certain. */
	private printEdit(id: string) {
		const body = EditBody.safeParse(this.ports.derived.record('edit', id)?.body).data;
		const typed = body?.reason === 'typed' && body.turn_id === undefined ? body : undefined;
		const hunks = typed === undefined ? [] : hunksOf([editOf(typed)], typed.repo_id).map((hunk): NewHunk => ({ ...hunk, repo_id: typed.repo_id }));
		this.hunks.put({ kind: 'edit', id, at: body?.at ?? '' }, hunks);
	}
}

/** The editor tells whole lines. */
function editOf(body: EditBody): TurnEdit {
	const { repo_id, file_path, before, after } = body;
	return { repo_id, file_path, before, after, kind: 'edit', whole: true, fidelity: 'document', state: 'applied' };
}
