import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** A Chroma server of this process, in a thread or as a child. */
export interface RunningChroma {
	readonly binary: string;
	readonly ended: Promise<void>;
	stop(): Promise<void>;
}

const Started = z.object({ pid: z.number().int(), port: z.string() });

/**
 * Starts the user's own server command with Chroma's arguments appended. `note` is a file that names the
 * child: when this process is killed the child lives on, and a second server must not be started beside it.
 */
export function startCommand(command: string, chromaArgs: readonly string[], note: string): RunningChroma {
	endLeftover(note);
	// A group of its own, since the shell hands no signal on to what it has started.
	const child = spawn([command, ...chromaArgs.map(quoted)].join(' '), { shell: true, stdio: 'inherit', windowsHide: true, detached: !isWindows });
	if (child.pid !== undefined) writeFileSync(note, JSON.stringify({ pid: child.pid, port: chromaArgs.at(-1) }), { mode: 0o600 });
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => {
			rmSync(note, { force: true });
			resolve();
		});
		child.once('error', () => resolve());
	});
	const send = (name: NodeJS.Signals) => signal(child.pid, name);
	return {
		binary: command,
		ended,
		stop: () =>
			withGrace(
				ended,
				() => send('SIGINT'),
				() => send('SIGKILL'),
			),
	};
}

/** Chroma hangs on SIGTERM and may hang on SIGINT; what it acknowledged survives a kill. */
export async function withGrace(ended: Promise<void>, ask: () => void, force: () => void): Promise<void> {
	ask();
	const timer = setTimeout(force, 5000);
	await ended;
	clearTimeout(timer);
}

const isWindows = process.platform === 'win32';

function quoted(text: string): string {
	return isWindows ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`;
}

function signal(pid: number | undefined, name: NodeJS.Signals) {
	try {
		if (pid !== undefined) process.kill(isWindows ? pid : -pid, name);
	} catch {
		// It is gone already.
	}
}

/** A command whose host was killed; its port tells it from another process that got its number. */
function endLeftover(note: string) {
	try {
		const { pid, port } = Started.parse(JSON.parse(readFileSync(note, 'utf8')));
		if (!isWindows && commandLine(pid).includes(port)) signal(pid, 'SIGKILL');
		rmSync(note, { force: true });
	} catch {
		// No note: nothing was left behind.
	}
}

function commandLine(pid: number): string {
	if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', timeout: 5000 });
}
