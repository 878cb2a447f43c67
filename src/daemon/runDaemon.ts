import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { startDaemon } from '../app/startDaemon';
import { serveDaemon } from './serveDaemon';

/**
 * Runs the daemon of the data directory until nobody needs it. Returns at once when another process
 * holds the ingest lease. A failure to start is left in a file for whoever waits for this process.
 */
export async function runDaemon(nonce: string): Promise<void> {
	const started = await startDaemon(nonce);
	if (started.outcome === 'taken') return;
	if (started.outcome === 'failed') {
		// Whole at once: somebody looks at it every few milliseconds.
		writeFileSync(`${started.file}.new`, started.message, { mode: 0o600 });
		renameSync(`${started.file}.new`, started.file);
		process.exitCode = 1;
		return;
	}
	const { daemon } = started;
	rmSync(daemon.failedFile, { force: true });
	await serveDaemon(daemon, nonce);
	await daemon.close();
	// A native thread (the embedding runtime) may still be alive; everything of ours is flushed.
	process.exit();
}
