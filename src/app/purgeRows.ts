import type { CallContext } from '../core/api';
import { messageOf } from '../core/errors';
import type { AfterWrite } from './afterWrite';
import type { Outbox } from './outbox';
import type { AppPorts } from './ports';
import type { Stores } from './stores';

/**
 * Sends the deletions of purged rows now, to the stores of all repositories that wait for it, and renews rows that changed.
 * False when a store was not reached: its rows go when it is.
 */
export async function purgeRows(ports: AppPorts, stores: Stores, outbox: Outbox, after: AfterWrite, context: CallContext): Promise<boolean> {
	try {
		const { handle } = await after.bind(context);
		const waiting = ports.derived.sql.all('select distinct repo_id from deletions').map((row) => String(row['repo_id']));
		// A store that was named holds one repository's rows at most; the default one holds everybody's.
		for (const repoId of waiting) if (!handle.shared && !stores.usedBy().has(repoId)) stores.use(repoId, handle);
		await outbox.flush();
		for (const used of new Set(stores.usedBy().values())) await used.scrub?.();
		return waiting.every((repoId) => stores.usedBy().has(repoId));
	} catch (cause) {
		ports.log.warn(`purged here, not yet in Chroma: ${messageOf(cause)}`);
		outbox.schedule();
		return false;
	}
}
