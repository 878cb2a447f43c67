import type { Output } from '../core/api';
import type { Outbox } from './outbox';
import type { AppPorts } from './ports';
import type { Stores } from './stores';

/** What the app knows of itself; the process that serves it adds its own version, protocol and leases. */
export async function appStatus(ports: AppPorts, stores: Stores, outbox: Outbox): Promise<Output<'status'>> {
	const chroma = [];
	for (const handle of stores.all()) chroma.push({ impl: handle.config.impl, where: handle.label, ...(await handle.report()) });
	const count = (sql: string) => Number(ports.derived.sql.get(sql)?.['n']);
	return {
		pid: process.pid,
		version: '',
		protocol: 0,
		data_dir: ports.paths.root,
		started_at: ports.clock.now().toISOString(),
		leases: [],
		embedder: stores.embedderNames(),
		chroma,
		journal: {
			...ports.journal.size(),
			records: count('select count(*) n from records'),
			damaged: count('select coalesce(sum(damaged),0) n from segments'),
		},
		outbox: outbox.waiting(),
		turns: count('select count(*) n from turns where has_turn=1'),
		learnings: count('select count(*) n from learnings'),
	};
}
