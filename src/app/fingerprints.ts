import { setImmediate } from 'node:timers/promises';
import { hunksOf } from '../attribute/writes';
import type { CallOptions } from '../core/api';
import { messageOf } from '../core/errors';
import { EditBody } from '../core/journalRecord';
import type { TurnEdit } from '../core/turn';
import type { NewHunk } from '../store/sqlite/hunkStore';
import { HunkStore } from '../store/sqlite/hunkStore';
import type { Ledger } from './ledger';
import type { AppPorts } from './ports';

/** Between a change and the work for it: an import changes a lot. */
const quietMs = 2000;
/** Turns that are compared before others get their turn. */
const batch = 20;

/** Keeps the fingerprints of what was written in step with the turns and edits that are known. */
export class Fingerprints {
	readonly hunks: HunkStore;
	private running: Promise<void> | undefined;
	private readonly closing = new AbortController();
	private timer: NodeJS.Timeout | undefined;

	constructor(private readonly ports: AppPorts) {
		this.hunks = new HunkStore(ports.derived.sql);
	}

	/** Keeps up with what is captured, so that nobody has to wait for it later. */
	start(ledger: Ledger): void {
		const soon = () => {
			this.timer ??= setTimeout(() => {
				this.timer = undefined;
				this.catchUp().catch((cause: unknown) => {
					if (!this.closing.signal.aborted) this.ports.log.warn(`fingerprints wait for the next change: ${messageOf(cause)}`);
				});
			}, quietMs);
		};
		ledger.onChange(soon);
		soon();
	}

	async close(): Promise<void> {
		clearTimeout(this.timer);
		this.closing.abort();
		await this.running?.catch(() => undefined);
	}

	/** Returns once every turn that was known at the call has its fingerprints. */
	async catchUp({ signal, onProgress }: CallOptions = {}): Promise<void> {
		const total = this.hunks.countWaiting();
		for (let left = total; left > 0; left = this.hunks.countWaiting()) {
			signal?.throwIfAborted();
			this.closing.signal.throwIfAborted();
			if (total > batch) onProgress?.({ step: 'Comparing what turns wrote', done: Math.max(0, total - left), total });
			// One batch serves all who wait.
			this.running ??= this.oneBatch().finally(() => (this.running = undefined));
			await this.running;
		}
	}

	private async oneBatch() {
		for (const { kind, id } of this.hunks.waiting(batch))
			if (kind === 'turn') this.printTurn(id);
			else this.printEdit(id);
		await setImmediate();
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
