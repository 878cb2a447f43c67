import { join } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from '../platform/dataPaths';

/** How a running daemon is found. */
export const DaemonState = z.object({
	protocol: z.number().int(),
	version: z.string(),
	pid: z.number().int(),
	port: z.number().int(),
	/** Secret of this start: authorises calls and marks the process. */
	nonce: z.string(),
	started_at: z.string(),
});
export type DaemonState = z.infer<typeof DaemonState>;

export const daemonFiles = (paths: DataPaths) => ({
	state: join(paths.state, 'daemon.json'),
	lease: join(paths.state, 'ingest-lease.db'),
	failed: join(paths.state, 'daemon.failed'),
	output: join(paths.logs, 'daemon.out'),
	log: join(paths.logs, 'daemon.log'),
});

/** Who holds the daemon: a host that stays (vscode, mcp) or a command that is gone after its answer. */
export const LeaseBody = z.object({ pid: z.number().int(), what: z.string(), hold: z.boolean() });
export type LeaseBody = z.infer<typeof LeaseBody>;

/** A line of an answer: progress any number of times, then one result or one error. */
export const WireLine = z.union([
	z.object({ progress: z.object({ step: z.string(), done: z.number(), total: z.number().optional(), rate: z.number().optional() }) }),
	z.object({ result: z.unknown() }),
	z.object({ error: z.object({ name: z.string(), message: z.string(), exitCode: z.union([z.literal(1), z.literal(2), z.literal(3)]) }) }),
]);
