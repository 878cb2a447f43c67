import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './dist';

export interface HookResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** The shell script with a spool filled in, as installing does; a spool that is read, unless told otherwise. */
export function installedScript(folder: string, spool = join(folder, 'spool'), isRead = true): string {
	const text = readFileSync(join(projectRoot, 'resources/hooks/hook.sh'), 'utf8');
	const file = join(folder, 'hook.sh');
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, text.replace("spool=''", `spool='${spool}'`));
	chmodSync(file, 0o755);
	if (isRead) {
		mkdirSync(spool, { recursive: true });
		writeFileSync(join(spool, '.read'), `${Math.floor(Date.now() / 1000)}\n`);
	}
	return file;
}

/** Runs a hook as an assistant does: JSON on stdin without a newline, then its end. */
export function runHook(
	script: string,
	args: readonly string[],
	input: string | Buffer,
	options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<HookResult> {
	const child = spawn(script, [...args], { stdio: 'pipe', timeout: 20_000, killSignal: 'SIGKILL', ...options, env: { ...process.env, ...options.env } });
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
	child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
	return new Promise((resolve, reject) => {
		// A broken pipe would be the assistant's problem, so it is the test's.
		child.stdin.on('error', reject);
		child.once('close', (code) => resolve({ code, stdout, stderr }));
		child.stdin.end(input);
	});
}
