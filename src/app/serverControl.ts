import { dataPaths } from '../platform/dataPaths';
import { ensureDaemon, forgetFailure, runningDaemon, stopDaemon } from './ensureDaemon';
import { callDaemon } from './rpcClient';

/** Starts the daemon and keeps it until `stopServer`, whoever else leaves. */
export async function startServer(): Promise<void> {
	const paths = dataPaths();
	forgetFailure(paths);
	const state = await ensureDaemon(paths);
	await callDaemon(state, '/lease', { pid: state.pid, what: 'server start', hold: true });
}

/** Stops the daemon and with it the Chroma server that only it holds; whoever calls next starts a new one. false: nothing ran. */
export async function stopServer(): Promise<boolean> {
	const paths = dataPaths();
	const stopped = await stopDaemon(paths);
	forgetFailure(paths);
	return stopped;
}

export async function isRunning(): Promise<boolean> {
	return (await runningDaemon(dataPaths())) !== undefined;
}
