import { messageOf } from '../core/errors';
import type { VectorRow } from '../core/ports';
import { LearningRow, chatHistoryRow, collectionNames, encodeChatHistory, encodeLearning } from '../core/record';
import { findingsOf } from './fates';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';

/** Rows go out in groups of this many. */
const groupSize = 100;
const quietMs = 250;
const retryMs = 15_000;

/**
 * Brings what was folded from the journal to the vector store, now or when it can be reached again. What
 * was sent is remembered a store, so that a second store, or a rebuilt one, gets everything.
 */
export class Outbox {
	private timer: NodeJS.Timeout | undefined;
	private running: Promise<number> | undefined;
	private closed = false;

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
	) {}

	/** Sends soon, so that many changes make one batch. Failures are logged and tried again. */
	schedule(delay = quietMs): void {
		if (this.closed || this.timer !== undefined) return;
		this.timer = setTimeout(() => {
			this.timer = undefined;
			this.flush().catch((cause: unknown) => {
				this.ports.log.warn(`sending to Chroma failed, will try again: ${messageOf(cause)}`);
				this.schedule(retryMs);
			});
		}, delay).unref();
	}

	/** Sends everything that waits. Returns how many rows were written. Throws when a store cannot be reached; the rows keep waiting. */
	async flush(): Promise<number> {
		while (this.running !== undefined) await this.running.catch(() => undefined);
		this.running = this.sendAll();
		try {
			return await this.running;
		} finally {
			this.running = undefined;
		}
	}

	/** Forgets what was sent to a store, so that all of it is sent again. */
	forget(handle: StoreHandle): void {
		this.ports.derived.sql.run('delete from sent where store=?', handle.key);
	}

	waiting(): number {
		let count = 0;
		for (const [repoId, handle] of this.stores.usedBy()) {
			count += this.pending('learnings', handle, repoId, 1_000_000).length;
			if (handle.takesTurns) count += this.pending('turns', handle, repoId, 1_000_000).length;
		}
		return count;
	}

	/** Waits for what is being sent. */
	async close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.timer);
		await this.running?.catch(() => undefined);
	}

	private async sendAll(): Promise<number> {
		let sent = 0;
		for (const [repoId, handle] of this.stores.usedBy()) {
			sent += await this.send('learnings', handle, repoId);
			if (handle.takesTurns) sent += await this.send('turns', handle, repoId);
			await this.deleteGone(handle, repoId);
		}
		return sent;
	}

	private async send(table: 'turns' | 'learnings', handle: StoreHandle, repoId: string): Promise<number> {
		let sent = 0;
		for (;;) {
			const pending = this.pending(table, handle, repoId, groupSize);
			if (pending.length === 0) return sent;
			const rows = pending.flatMap((entry) => (table === 'turns' ? this.turnRow(entry.id) : this.learningRow(entry.id)));
			const vectors = await handle.embedder.embed(rows.map((row) => row.document));
			const collection = await handle.collection(repoId, table === 'turns' ? collectionNames.turns : collectionNames.learnings);
			await collection.upsert(
				rows.flatMap((row, position) => {
					const embedding = vectors[position];
					return embedding === undefined ? [] : [{ ...row, embedding }];
				}),
			);
			this.ports.derived.sql.transaction(() => {
				for (const entry of pending) this.ports.derived.sql.run('insert or replace into sent values(?,?,?)', handle.key, entry.id, entry.changed);
			});
			sent += rows.length;
		}
	}

	private pending(table: 'turns' | 'learnings', handle: StoreHandle, repoId: string, limit: number): { id: string; changed: number }[] {
		const real = table === 'turns' ? 'and t.has_turn=1' : "and t.state<>'candidate'";
		return this.ports.derived.sql
			.all(
				`select t.id, t.changed from ${table} t left join sent s on s.store=? and s.id=t.id where coalesce(t.repo_id, '')=? ${real} and t.changed > coalesce(s.changed, -1) limit ?`,
				handle.key,
				repoId,
				limit,
			)
			.map((row) => ({ id: String(row['id']), changed: Number(row['changed']) }));
	}

	private turnRow(id: string): Omit<VectorRow, 'embedding'>[] {
		const { derived } = this.ports;
		const turn = derived.turn(id);
		return turn === undefined ? [] : [encodeChatHistory(chatHistoryRow(turn, derived.facts(id), derived.linksFrom(id, 'changed'), findingsOf(this.ports, id)))];
	}

	private learningRow(id: string): Omit<VectorRow, 'embedding'>[] {
		const learning = this.ports.derived.learning(id);
		return learning === undefined ? [] : [encodeLearning(LearningRow.parse(learning))];
	}

	private async deleteGone(handle: StoreHandle, repoId: string) {
		const rows = this.ports.derived.sql.all(
			"select d.collection, d.id, d.changed from deletions d left join sent s on s.store=? and s.id='gone:'||d.id where d.repo_id=? and d.changed > coalesce(s.changed, -1)",
			handle.key,
			repoId,
		);
		for (const row of rows) {
			if (row['collection'] === collectionNames.turns && !handle.takesTurns) continue;
			await (await handle.collection(repoId, String(row['collection']))).delete([String(row['id'])]);
			this.ports.derived.sql.run('insert or replace into sent values(?,?,?)', handle.key, `gone:${String(row['id'])}`, Number(row['changed']));
		}
	}
}
