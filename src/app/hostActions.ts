import { approve } from '../platform/approvals';
import { dataPaths } from '../platform/dataPaths';
import { forgetFailure, stopDaemon } from './ensureDaemon';

/** Ends the background server; whoever calls next starts a new one. A failure of the last start is forgotten. */
export async function stopServer(): Promise<void> {
	const paths = dataPaths();
	await stopDaemon(paths);
	forgetFailure(paths);
}

/** A person said yes to what a folder's `.env` asks for; `hash` stands for these very values. */
export function approveFolder(folder: string, hash: string): void {
	approve(dataPaths(), folder, hash);
}
