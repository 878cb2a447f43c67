import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cliEntry, ensureDist } from './dist';
import { temporaryFolder } from './temporaryFolder';
import { gone, isRunning } from './waiting';

export interface CliResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CliCall {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
	readonly input?: string;
	/** Called with the process as soon as it is started. */
	readonly onStart?: (child: ChildProcess) => void;
}

/** Set by a developer's shell, they would change what a test sees. */
const foreign = /^(CHROMA_|CODELEARN_|EMBEDDING_|OPENAI_|HF_|GOOGLE_|LOG_LEVEL$|GIT_)/;

/** A data directory and home of its own for the real command line program. `stop` ends what it has started. */
export class CliHome {
	private readonly folder = temporaryFolder('home');
	readonly env: Readonly<Record<string, string>>;

	constructor(extra: Readonly<Record<string, string>> = {}) {
		ensureDist();
		const kept = Object.entries(process.env).flatMap(([name, value]) => (value === undefined || foreign.test(name) ? [] : [[name, value] as const]));
		this.env = { ...Object.fromEntries(kept), NO_COLOR: '1', HOME: this.folder.path, CODELEARN_HOME: this.data, CODELEARN_LINGER_MS: '2000', ...extra };
	}

	get data(): string {
		return join(this.folder.path, 'data');
	}

	async run(args: readonly string[], { cwd = this.folder.path, env = {}, input, onStart }: CliCall = {}): Promise<CliResult> {
		const child = spawn(process.execPath, [cliEntry, ...args], { cwd, env: { ...this.env, ...env }, stdio: 'pipe', timeout: 90_000, killSignal: 'SIGKILL' });
		let stdout = '';
		let stderr = '';
		child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
		child.stderr.setEncoding('utf8').on('data', (piece: string) => {
			stderr += piece;
		});
		child.stdin.on('error', () => undefined);
		child.stdin.end(input ?? '');
		onStart?.(child);
		const code = await new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
		return { code, stdout, stderr };
	}

	/** Runs with --json and gives the parsed answer; fails when the command does. */
	async json<T = Record<string, unknown>>(args: readonly string[], call: CliCall = {}): Promise<T> {
		const result = await this.run([...args, '--json'], call);
		if (result.code !== 0) throw new Error(`${args.join(' ')} ended with ${String(result.code)}: ${result.stderr}${result.stdout}`);
		return JSON.parse(result.stdout) as T;
	}

	/** The daemon as its state file names it. */
	daemon(): { pid: number; port: number; nonce: string } | undefined {
		return DaemonFile.safeParse(parsed(join(this.data, 'state/daemon.json'))).data;
	}

	/** The embedded Chroma server of the default store. */
	chroma(): { pid: number; port: number } | undefined {
		return ServerFile.safeParse(parsed(join(this.data, 'chroma/.codelearn/server.json'))).data;
	}

	/** Ends the daemon and its Chroma server and waits until both are gone, whatever state they are in. */
	async stop(): Promise<void> {
		await this.run(['server', 'stop']);
		for (const pid of this.processes()) {
			await gone(pid, 8000).catch(() => {
				if (isRunning(pid)) process.kill(pid, 'SIGKILL');
			});
		}
	}

	async remove(): Promise<void> {
		await this.stop();
		this.folder.remove();
	}

	/** Processes that name this home in their command line or their environment, Linux only. */
	processes(): number[] {
		const names = (pid: string) => {
			try {
				return [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`].some((file) => readFileSync(file, 'utf8').includes(this.folder.path));
			} catch {
				return false;
			}
		};
		try {
			return readdirSync('/proc')
				.filter((name) => /^\d+$/.test(name) && names(name))
				.map(Number)
				.filter((pid) => isRunning(pid));
		} catch {
			return [];
		}
	}
}

const DaemonFile = z.object({ pid: z.number(), port: z.number(), nonce: z.string() });
const ServerFile = z.object({ pid: z.number(), port: z.number() });

function parsed(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
}
