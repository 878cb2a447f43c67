import type { CallContext } from '../core/api';
import { messageOf } from '../core/errors';
import { pause } from '../platform/processes';
import type { Place } from '../platform/repositories';
import type { Linker } from './linker';
import type { Outbox } from './outbox';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';

const retryMs = 15_000;
const longestWaitMs = 2500;

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
		const settled = this.settleWhole(context, turnIds);
		// A server of the team may be slow or away, and nobody should wait for that: it goes on behind.
		await (this.stores.of(context).config.impl === 'http' ? Promise.race([settled, pause(longestWaitMs)]) : settled);
	}

	private async settleWhole(context: CallContext, turnIds: readonly string[]): Promise<void> {
		for (const id of turnIds) this.unlinked.add(id);
		const waiting = [...this.unlinked];
		try {
			const { place, handle } = await this.bind(context);
			const storeOf = (repoId: string) => (repoId === place?.repo_id ? handle : (this.stores.usedBy().get(repoId) ?? (handle.shared ? undefined : handle)));
			await this.link(waiting, storeOf, place);
			for (const id of waiting) this.unlinked.delete(id);
			await this.outbox.flush();
		} catch (cause) {
			this.ports.log.warn(`kept in the journal, not yet in Chroma: ${messageOf(cause)}`);
			this.outbox.schedule(retryMs);
		}
	}

	/** The same for turns that came by themselves, without a call: what belongs to a repository whose store is not known yet waits for a call that names it. */
	async settleAlone(turnIds: readonly string[]): Promise<void> {
		for (const id of turnIds) this.unlinked.add(id);
		const known = this.stores.usedBy();
		const ready = turnIds.filter((id) => [...this.repositoriesOf([id])].every((repoId) => known.has(repoId)));
		try {
			await this.link(ready, (repoId) => known.get(repoId), undefined);
			for (const id of ready) this.unlinked.delete(id);
		} catch (cause) {
			this.ports.log.warn(`not linked yet: ${messageOf(cause)}`);
		}
		this.outbox.schedule();
	}

	private async link(turnIds: readonly string[], storeOf: (repoId: string) => StoreHandle | undefined, here: Place | undefined): Promise<void> {
		for (const repoId of this.repositoriesOf(turnIds)) {
			const home = repoId === here?.repo_id ? here : await this.mainPlace(repoId);
			const store = storeOf(repoId);
			if (home === undefined || store === undefined) continue;
			const index = this.stores.codeIndex(home.checkout_id, store);
			if (index.counts().chunks > 0) await this.linker.relinkTurns(turnIds, home, store, index);
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
