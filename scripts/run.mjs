import { spawn } from 'node:child_process';
import { onAbort } from './onAbort.mjs';

/**
 * Runs a program in a process group of its own and resolves to its exit code and, with `capture`, its output.
 * At the limit the whole group is ended and the code is 124. Whatever the program left behind in its group is ended too.
 * `started` gets the child process; `input` is what it reads, nothing when left out.
 */
export async function run(program, args, { cwd, env, limitSeconds = 600, capture = false, started, input } = {}) {
	const windows = process.platform === 'win32'; // has no process groups, and starts npm, which is a script there, only by a shell
	const stream = capture ? 'pipe' : 'inherit';
	const child = spawn(program, args, {
		cwd,
		env,
		detached: !windows,
		shell: windows && program === 'npm',
		stdio: [input === undefined ? 'ignore' : 'pipe', stream, stream],
	});
	// One that leaves before it has read all says so by its exit code.
	child.stdin?.on('error', () => undefined).end(input);
	started?.(child);
	const output = [];
	child.stdout?.on('data', (data) => output.push(data));
	child.stderr?.on('data', (data) => output.push(data));
	const closed = new Promise((resolve, reject) => {
		child.once('error', (cause) => reject(new Error(`${program} could not be started: ${cause.message}`, { cause })));
		child.once('close', (status) => resolve(status ?? 128));
	});
	const forget = onAbort(() => endGroup(child, closed));
	let late = false;
	const limit = setTimeout(() => {
		late = true;
		void endGroup(child, closed);
	}, limitSeconds * 1000);
	try {
		const code = await closed;
		return { code: late ? 124 : code, output: Buffer.concat(output).toString() };
	} finally {
		clearTimeout(limit);
		signalGroup(child.pid, 'SIGKILL');
		forget();
	}
}

/** As `run`, but anything else than success is an error that names the command. */
export async function runOrThrow(program, args, options = {}) {
	const { code, output } = await run(program, args, options);
	if (code === 0) return output;
	const why = code === 124 ? `took longer than ${options.limitSeconds ?? 600} s` : `ended with exit code ${code}`;
	throw new Error([`"${[program, ...args].join(' ')}" ${why}.`, lastLines(output)].filter((part) => part !== '').join('\n'));
}

/** Asks a child and its group to end and waits; after 10 s, which a program with servers of its own may need, it is ended. */
export async function endGroup(child, closed) {
	signalGroup(child.pid, 'SIGTERM');
	const force = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 10_000);
	await closed.catch(() => undefined);
	clearTimeout(force);
}

export function signalGroup(pid, signal) {
	if (pid === undefined) return; // it could not be started
	try {
		process.kill(process.platform === 'win32' ? pid : -pid, signal);
	} catch {
		// It is gone, which is what was wanted.
	}
}

function lastLines(text) {
	return text.trimEnd().split('\n').slice(-40).join('\n');
}
