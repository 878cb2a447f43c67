import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** True when a process of that id runs, ours or not. One that has ended but is not cleared away yet, as long stays the case in some containers, does not run. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return !hasEnded(pid);
	} catch (cause) {
		return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
	}
}

function hasEnded(pid: number): boolean {
	if (process.platform !== 'linux') return false;
	try {
		return readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.startsWith('Z');
	} catch {
		return false;
	}
}

/**
 * Ends a process of ours that does not answer any more. Its command line must hold `mark`, a random
 * word it was started with, since the id may have passed to somebody else's process.
 */
export function killMarked(pid: number, mark: string): boolean {
	if (!isAlive(pid) || !commandLine(pid).includes(mark)) return false;
	try {
		process.kill(pid, 'SIGKILL');
		return true;
	} catch {
		return false;
	}
}

function commandLine(pid: number): string {
	try {
		// `ps` is missing in slim containers.
		if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
		const [command, args] =
			process.platform === 'win32'
				? ['powershell', ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`]]
				: ['ps', ['-ww', '-o', 'args=', '-p', String(pid)]];
		return execFileSync(command, args, { encoding: 'utf8', timeout: 5000, windowsHide: true, stdio: ['ignore', 'pipe', 'ignore'] });
	} catch {
		return '';
	}
}

/** Resolves after `ms`, or rejects when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted === true) {
			stopped();
			return;
		}
		const timer = setTimeout(done, ms);
		function done() {
			signal?.removeEventListener('abort', stopped);
			resolve();
		}
		function stopped() {
			clearTimeout(timer);
			reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
		}
		signal?.addEventListener('abort', stopped, { once: true });
	});
}
