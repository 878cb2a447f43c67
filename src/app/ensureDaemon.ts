import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROTOCOL } from '../core/api';
import { UserError, messageOf } from '../core/errors';
import type { DataPaths } from '../platform/dataPaths';
import { createDataFolders } from '../platform/dataPaths';
import { packageRoot } from '../platform/packageRoot';
import { packageVersion } from '../platform/packageVersion';
import { isAlive, killMarked, pause } from '../platform/processes';
import { readState } from '../platform/stateFile';
import { DaemonState, daemonFiles } from './daemonState';
import { callDaemon } from './rpcClient';

const startLimit = 30_000;
/** A daemon that is stopped or starved for this long has lost the lease: its successor must be there within ten seconds. */
const answerLimit = 4000;
/**
 * What an import reads and lets go is collected soon: a young heap of at most 4 MB, and an old one that grows by 30% between two collections
 * instead of up to fourfold. A runtime that does not know the flags ends with `invalidArgument`; it is started without them.
 */
let heapFlags: readonly string[] = ['--max-semi-space-size=4', '--heap-growing-percent=30'];
const invalidArgument = 9;
/** In bytes, the usual value; set, it stays so: glibc raises it otherwise, and large pieces that the embedding model lets go are not given back. Other systems ignore it. */
const giveBack = { MALLOC_MMAP_THRESHOLD_: '131072' };

/**
 * Returns the data directory's daemon, starting it when none answers. Safe from many processes at
 * once: those that lose the race for the lease end by themselves. A holder that does not answer is
 * ended. Throws a UserError when the directory belongs to a newer program or a start fails.
 */
export async function ensureDaemon(paths: DataPaths, extraEnv: Readonly<Record<string, string>> = {}): Promise<DaemonState> {
	createDataFolders(paths);
	const files = daemonFiles(paths);
	const oldFailure = failureAt(files.failed);
	let nextStart = 0;
	for (const end = Date.now() + startLimit; Date.now() < end;) {
		const state = readState(files.state, DaemonState);
		if (state !== undefined && isAlive(state.pid)) {
			if (await answers(state)) {
				if (isOurs(state)) return state;
				await replaceOlder(state);
			} else killMarked(state.pid, state.nonce);
		}
		const failure = failureAt(files.failed);
		if (failure !== undefined && failure.at !== oldFailure?.at) throw new UserError(failure.text);
		if (Date.now() > nextStart) {
			start(paths, extraEnv);
			nextStart = Date.now() + 5000;
		}
		await pause(20);
	}
	throw new UserError(`Codelearn's background process did not start within ${startLimit / 1000} seconds. See ${files.log} and ${files.output}.`);
}

/** The daemon that runs now, if it answers. */
export async function runningDaemon(paths: DataPaths): Promise<DaemonState | undefined> {
	const state = readState(daemonFiles(paths).state, DaemonState);
	return state !== undefined && isAlive(state.pid) && (await answers(state)) ? state : undefined;
}

/** Asks the daemon to stop and waits until it has. false: none ran. */
export async function stopDaemon(paths: DataPaths): Promise<boolean> {
	const state = await runningDaemon(paths);
	if (state === undefined) return false;
	await callDaemon(state, '/stop', {}, {}, answerLimit).catch(() => undefined);
	for (const end = Date.now() + 10_000; isAlive(state.pid) && Date.now() < end;) await pause(30);
	if (isAlive(state.pid)) killMarked(state.pid, state.nonce);
	return true;
}

async function answers(state: DaemonState): Promise<boolean> {
	try {
		const answer = z.object({ nonce: z.string() }).parse(await callDaemon(state, '/ping', {}, {}, answerLimit));
		return answer.nonce === state.nonce;
	} catch {
		return false;
	}
}

/** A newer program may run beside us after an update of one of two installations. It may be used while the protocol is the same. */
function isOurs(state: DaemonState): boolean {
	if (state.protocol > PROTOCOL)
		throw new UserError(
			`The data directory is in use by a newer Codelearn (${state.version}; this is ${packageVersion()}). Update this one, or set CODELEARN_HOME to another folder.`,
		);
	return state.protocol === PROTOCOL;
}

async function replaceOlder(state: DaemonState) {
	await callDaemon(state, '/stop', {}, {}, answerLimit).catch(() => undefined);
	await pause(200);
}

function start(paths: DataPaths, extraEnv: Readonly<Record<string, string>>) {
	const files = daemonFiles(paths);
	try {
		const output = openSync(files.output, 'a', 0o600);
		const child = spawn(process.execPath, [...heapFlags, join(packageRoot(), 'dist', 'daemon.cjs'), '--nonce', randomUUID()], {
			detached: true,
			windowsHide: true,
			stdio: ['ignore', output, output],
			env: { ...giveBack, ...process.env, ...extraEnv, CODELEARN_HOME: paths.root, ELECTRON_RUN_AS_NODE: '1' },
			cwd: paths.root,
		});
		child.on('error', () => undefined);
		child.on('exit', (code) => {
			if (code === invalidArgument) heapFlags = [];
		});
		child.unref();
		closeSync(output);
	} catch (cause) {
		throw new UserError(
			`Codelearn's background process could not be started: ${messageOf(cause)}. Check that ${paths.root} is writable and has free space.`,
			1,
			{ cause },
		);
	}
}

/** Why a start failed, and when, since the next start may well fail for the same reason. */
function failureAt(file: string): { text: string; at: number } | undefined {
	try {
		return { at: statSync(file).mtimeMs, text: readFileSync(file, 'utf8') };
	} catch {
		return undefined;
	}
}

/** Forgets an older failure, so that the next start is judged by itself. */
export function forgetFailure(paths: DataPaths): void {
	rmSync(daemonFiles(paths).failed, { force: true });
}
