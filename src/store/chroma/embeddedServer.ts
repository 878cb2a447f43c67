import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError, messageOf } from '../../core/errors';
import type { Log } from '../../core/ports';
import { ServerState, serverFiles } from './serverState';

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
	const failures = new StartFailures(`${files.state}.failed`);
	let nextStart = 0;
	for (const end = Date.now() + startLimit; Date.now() < end;) {
		signal?.throwIfAborted();
		const state = await runningServer(options.path);
		if (state !== undefined && (await ask(state, 'lease'))) return state;
		failures.throwIfNew(options.path);
		if (Date.now() > nextStart) {
			start(options);
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
	for (const end = Date.now() + 10_000; existsSync(stateFile) && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 50));
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

function start({ path, hostEntry, cacheFolder, command, log }: EmbeddedServerOptions) {
	const files = serverFiles(path);
	try {
		mkdirSync(files.folder, { recursive: true, mode: 0o700 });
		const output = openSync(files.log, 'w', 0o600);
		const args = [hostEntry, '--path', path, '--nonce', randomUUID(), '--cache', cacheFolder, ...(command === undefined ? [] : ['--command', command])];
		const child = spawn(process.execPath, args, {
			detached: true,
			windowsHide: true,
			stdio: ['ignore', output, output],
			env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
		});
		child.on('error', (cause) => log.error(`Chroma host for ${path}`, cause));
		child.unref();
		closeSync(output);
	} catch (cause) {
		throw new UserError(
			`The Chroma directory ${path} cannot be used: ${messageOf(cause)}. Free space, or set CHROMA_DB_PATH to a folder you may write to.`,
			1,
			{ cause },
		);
	}
}

/** Tells a failure of this start from the trace of an older one. */
class StartFailures {
	private readonly known: string | undefined;

	constructor(private readonly file: string) {
		this.known = this.read();
	}

	throwIfNew(path: string) {
		const now = this.read();
		if (now === undefined || now === this.known) return;
		throw new UserError(
			`The Chroma server of ${path} could not start: ${now} If a newer version wrote this directory, update Codelearn; else run \`chroma-client doctor\`. Nothing was changed.`,
		);
	}

	private read(): string | undefined {
		try {
			return readFileSync(this.file, 'utf8');
		} catch {
			return undefined;
		}
	}
}
