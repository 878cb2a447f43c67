import type { CallContext } from '../core/api';
import { messageOf } from '../core/errors';
import type { Place } from '../platform/repositories';
import type { Linker } from './linker';
import type { Outbox } from './outbox';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';

const retryMs = 15_000;

/** What follows a write: links, then rows in the store. */
export class AfterWrite {
	/** Turns whose links could not be written to the store. */
	private readonly unlinked = new Set<string>();

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly linker: Linker,
		private readonly outbox: Outbox,
	) {}

	/** Binds the call's repository to its store, so that what is written finds its way there, now or later. */
	async bind(context: CallContext): Promise<{ place: Place | undefined; handle: StoreHandle }> {
		const place = context.folder === '' ? undefined : await this.ports.repositories.at(context.folder);
		const handle = this.stores.of(context);
		const met = this.stores.use(place?.repo_id, handle);
		if (!handle.shared) this.stores.use(undefined, handle);
		if (met) this.outbox.schedule();
		return { place, handle };
	}

	/**
	 * Links the turns and sends the rows; waited for, so that the caller's next query sees them. A store that is
	 * away delays both, and nothing is lost: the journal has the turns.
	 */
	async settle(context: CallContext, turnIds: readonly string[]): Promise<void> {
		for (const id of turnIds) this.unlinked.add(id);
		const waiting = [...this.unlinked];
		try {
			const { place, handle } = await this.bind(context);
			for (const repoId of this.repositoriesOf(waiting)) {
				const home = repoId === place?.repo_id ? place : await this.mainPlace(repoId);
				const store = repoId === place?.repo_id ? handle : (this.stores.usedBy().get(repoId) ?? (handle.shared ? undefined : handle));
				if (home === undefined || store === undefined) continue;
				const index = this.stores.codeIndex(home.checkout_id, store);
				if (index.counts().chunks > 0) await this.linker.relinkTurns(waiting, home, store, index);
			}
			for (const id of waiting) this.unlinked.delete(id);
			await this.outbox.flush();
		} catch (cause) {
			this.ports.log.warn(`kept in the journal, not yet in Chroma: ${messageOf(cause)}`);
			this.outbox.schedule(retryMs);
		}
	}

	private repositoriesOf(turnIds: readonly string[]): ReadonlySet<string> {
		const repos = turnIds.flatMap((id) => this.ports.derived.sql.all('select distinct repo_id from turn_repos where turn_id=?', id));
		return new Set(repos.map((row) => String(row['repo_id'])));
	}

	private async mainPlace(repoId: string): Promise<Place | undefined> {
		const root = this.ports.repositories.rootOf(repoId);
		return root === undefined ? undefined : this.ports.repositories.ofFile(`${root}/.`);
	}
}
