import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError, messageOf } from '../../core/errors';
import type { Log } from '../../core/ports';
import { ServerState, serverFiles } from './serverState';
import { isAlive } from '../../platform/processes';

export interface EmbeddedServerOptions {
	/** Absolute Chroma directory. */
	readonly path: string;
	/** dist/chromaHost.cjs */
	readonly hostEntry: string;
	/** Where a relaxed copy of the binding may be put. */
	readonly cacheFolder: string;
	readonly command?: string;
	readonly log: Log;
}

const startLimit = 40_000;

/**
 * Returns the server of the directory, starting it when none runs, and takes a lease on it for this
 * process. Safe to call from several processes at once: one server results. Throws a UserError that
 * says why when it cannot be started.
 */
export async function ensureServer(options: EmbeddedServerOptions, signal?: AbortSignal): Promise<ServerState> {
	const files = serverFiles(options.path);
	let attempt: StartAttempt | undefined;
	let nextStart = 0;
	for (const end = Date.now() + startLimit; Date.now() < end;) {
		signal?.throwIfAborted();
		// The answer to it carries the nonce too.
		const state = readServerState(options.path);
		if (state !== undefined && (await ask(state, 'lease'))) return state;
		if (attempt?.failure !== undefined) {
			// Somebody else took the free port in between: the next one is another.
			if (!/in use/i.test(attempt.failure)) throw couldNotStart(options.path, attempt.failure);
			nextStart = 0;
		}
		if (Date.now() > nextStart) {
			attempt = start(options);
			// Chroma starts within a second; a start that lost the race for the lock ends at once.
			nextStart = Date.now() + 5000;
		}
		await new Promise((resolve) => setTimeout(resolve, 30));
	}
	throw new UserError(
		`The Chroma server of ${options.path} did not start within ${startLimit / 1000} seconds. See ${files.log}, or run \`chroma-client doctor\`.`,
	);
}

/** The server that now runs on the directory: its state file, confirmed by the nonce on its port. */
export async function runningServer(path: string): Promise<ServerState | undefined> {
	const state = readServerState(path);
	return state !== undefined && (await ask(state, 'state')) ? state : undefined;
}

/** Asks the server to stop and waits until it is gone. false: none ran. */
export async function stopServer(path: string): Promise<boolean> {
	const state = await runningServer(path);
	if (state === undefined || !(await ask(state, 'stop'))) return false;
	const stateFile = serverFiles(path).state;
	for (const end = Date.now() + 10_000; existsSync(stateFile) && isAlive(state.pid) && Date.now() < end;)
		await new Promise((resolve) => setTimeout(resolve, 50));
	return true;
}

/** Gives this process's lease back; the server stops when it was the last one. Waits a moment for that. */
export async function releaseServer(path: string, state: ServerState): Promise<void> {
	if (!(await ask(state, 'release'))) return;
	for (const end = Date.now() + 3000; Date.now() < end && readServerState(path)?.nonce === state.nonce && (await ask(state, 'state'));)
		await new Promise((resolve) => setTimeout(resolve, 50));
}

function readServerState(path: string): ServerState | undefined {
	try {
		const parsed = ServerState.safeParse(JSON.parse(readFileSync(serverFiles(path).state, 'utf8')));
		return parsed.success ? parsed.data : undefined;
	} catch {
		return undefined;
	}
}

const Answer = z.object({ nonce: z.string() });

async function ask(state: ServerState, what: 'state' | 'lease' | 'release' | 'stop'): Promise<boolean> {
	try {
		const response = await fetch(`http://127.0.0.1:${state.control_port}/${what}`, {
			method: 'POST',
			headers: { 'x-codelearn-nonce': state.nonce },
			body: JSON.stringify({ pid: process.pid }),
			signal: AbortSignal.timeout(3000),
		});
		return response.ok && Answer.parse(await response.json()).nonce === state.nonce;
	} catch {
		return false;
	}
}

/** One start of the host process; `failure` is set once it has ended without success. */
interface StartAttempt {
	failure: string | undefined;
}

function start({ path, hostEntry, cacheFolder, command, log }: EmbeddedServerOptions): StartAttempt {
	const files = serverFiles(path);
	const attempt: StartAttempt = { failure: undefined };
	try {
		mkdirSync(files.folder, { recursive: true, mode: 0o700 });
		const output = openSync(files.log, 'a', 0o600);
		const args = [hostEntry, '--path', path, '--nonce', randomUUID(), '--cache', cacheFolder, ...(command === undefined ? [] : ['--command', command])];
		const child = spawn(process.execPath, args, {
			detached: true,
			windowsHide: true,
			stdio: ['ignore', output, output],
			env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
		});
		child.on('error', (cause) => {
			log.error(`Chroma host for ${path}`, cause);
			attempt.failure = cause.message;
		});
		// 0: another process holds the directory, so its server will answer. Chroma aborts the process where it cannot open the directory.
		child.on('exit', (code, signal) => {
			if (code !== 0) attempt.failure = lastWords(files.log) ?? `its process ended with ${signal ?? String(code)}.`;
		});
		child.unref();
		closeSync(output);
		return attempt;
	} catch (cause) {
		throw new UserError(
			`The Chroma directory ${path} cannot be used: ${messageOf(cause)}. Free space, or set CHROMA_DB_PATH to a folder you may write to.`,
			1,
			{ cause },
		);
	}
}

function couldNotStart(path: string, why: string): UserError {
	const advice = advices.find(([pattern]) => pattern.test(why))?.[1] ?? 'See `chroma-client doctor`.';
	return new UserError(`The Chroma server of ${path} could not start: ${why} ${advice} Nothing was changed.`);
}

const advices: readonly (readonly [RegExp, string])[] = [
	[/MigrationValidation|Inconsistent/, 'Another version of Chroma wrote this directory. Update Codelearn, or set CHROMA_DB_PATH to another folder.'],
	[
		/not a database|malformed|corrupt/i,
		'Its database is damaged. Move the directory away, then run `chroma-client rebuild`: the journal holds all but the code, which is indexed again.',
	],
	[/disk is full|disk full|no space/i, 'Free space on that disk.'],
	[/readonly|read-only|permission|denied|unable to open/i, 'Set CHROMA_DB_PATH to a folder you may write to.'],
];

/** What the server printed last: it says there why it could not open the directory. */
function lastWords(logFile: string): string | undefined {
	try {
		const lines = readFileSync(logFile, 'utf8')
			.replace(/\u001b\[[0-9;]*m/g, '')
			.split('\n')
			.filter((line) => /error|failed|mismatch|migration|denied|space|not found/i.test(line) && !/fatal runtime error|RUST_BACKTRACE/.test(line));
		return lines.length === 0 ? undefined : `${[...new Set(lines)].slice(-2).join(' ').trim().slice(0, 500)}.`;
	} catch {
		return undefined;
	}
}
