import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { Cancelled, UserError } from '../core/errors';
import { gitEnvironment } from './git';

/** git ran and refused. `stderr` is in English and cut to a few thousand characters. */
export class GitFailed extends Error {
	override readonly name = 'GitFailed';
	constructor(
		command: string,
		/** Exit code; -1 when a signal ended it. */
		readonly status: number,
		readonly stderr: string,
	) {
		super(`git ${command} ended with ${status}: ${stderr.trim()}`);
	}
}

export interface GitCall {
	readonly signal?: AbortSignal | undefined;
	/** Bytes for its standard input. */
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
}

const longestComplaint = 4000;

/** What the user's configuration might add to the answer, or run on the way. */
const plainly = [
	'--no-pager',
	...['core.quotePath=false', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'color.ui=false'].flatMap((entry) => ['-c', entry]),
];

/**
 * Nothing is fetched: git 2.44 and later heed GIT_NO_LAZY_FETCH, earlier ones may use no protocol. Replaced objects are read as what they were
 * at first, so that an object's name and its content always fit each other.
 */
const readingOnly = {
	GIT_OPTIONAL_LOCKS: '0',
	GIT_NO_LAZY_FETCH: '1',
	GIT_ALLOW_PROTOCOL: 'none',
	GIT_TERMINAL_PROMPT: '0',
	GIT_LITERAL_PATHSPECS: '1',
	GIT_NO_REPLACE_OBJECTS: '1',
	LC_ALL: 'C',
};

/** Starts git in a folder, in an environment of its own. Who starts it reads its stderr too, or it may hang. */
export function startGit(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcessWithoutNullStreams {
	const child = spawn('git', [...plainly, ...args], { cwd: root, env: { ...gitEnvironment(), ...readingOnly, ...env }, windowsHide: true });
	// A process that ended early breaks the pipe to it; its exit code says why.
	child.stdin.on('error', () => undefined);
	return child;
}

/** All that git prints, as text. Throws GitFailed, Cancelled, or a UserError when git or the folder is missing. */
export async function gitText(root: string, args: readonly string[], call: GitCall = {}): Promise<string> {
	let text = '';
	for await (const piece of gitStream(root, args, call)) text += piece;
	return text;
}

/** The answer, trimmed; '' when git refuses. */
export async function gitAnswer(root: string, args: readonly string[]): Promise<string> {
	try {
		return (await gitText(root, args)).trim();
	} catch (cause) {
		if (cause instanceof GitFailed) return '';
		throw cause;
	}
}

/** The fields of an answer in which each is ended by NUL, or another character; some at a time as they come. */
export async function* gitFields(root: string, args: readonly string[], call: GitCall = {}, end = '\0'): AsyncGenerator<string[]> {
	let rest = '';
	for await (const text of gitStream(root, args, call)) {
		const fields = (rest + text).split(end);
		rest = fields.pop() ?? '';
		if (fields.length > 0) yield fields;
	}
	if (rest !== '') yield [rest];
}

/** Text as git prints it. The process is gone when the generator ends, however it ends. Bytes that are not UTF-8 become U+FFFD. */
async function* gitStream(root: string, args: readonly string[], call: GitCall): AsyncGenerator<string> {
	const { signal } = call;
	throwIfAborted(signal);
	const child = startGit(root, args, call.env);
	const running = watch(child, root);
	const stop = () => child.kill();
	signal?.addEventListener('abort', stop);
	child.stdin.end(call.input ?? '');
	try {
		const decoder = new StringDecoder('utf8');
		for await (const piece of child.stdout) if (Buffer.isBuffer(piece)) yield decoder.write(piece);
		const { status, stderr } = await running;
		throwIfAborted(signal);
		if (status !== 0) throw new GitFailed(args.find((arg) => /^[a-z]/.test(arg)) ?? '', status, stderr);
	} finally {
		signal?.removeEventListener('abort', stop);
		child.kill();
		await running.catch(() => undefined);
	}
}

function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted === true) throw new Cancelled();
}

interface Ended {
	readonly status: number;
	readonly stderr: string;
}

/** Waits for the end of a process and gathers its complaints. Rejects when it could not be started. */
export function watch(child: ChildProcessWithoutNullStreams, root: string): Promise<Ended> {
	let stderr = '';
	child.stderr.on('data', (piece: Buffer) => {
		if (stderr.length < longestComplaint) stderr += piece.toString('utf8');
	});
	const ended = new Promise<Ended>((resolve, reject) => {
		child.once('error', (cause) => reject(notStarted(cause, root)));
		child.once('close', (code) => resolve({ status: code ?? -1, stderr }));
	});
	// Who waits hears of it; before that it is no unhandled rejection.
	ended.catch(() => undefined);
	return ended;
}

function notStarted(cause: Error, root: string): Error {
	if (!existsSync(root)) return new UserError(`The folder ${root} does not exist or cannot be read.`, 1, { cause });
	if ('code' in cause && cause.code === 'ENOENT')
		return new UserError('git was not found. Install git 2.30 or later and make sure it is on the PATH.', 1, { cause });
	return cause;
}

/** A name of a commit or tree that goes to git as an argument. Throws on what git would take for an option. */
export function revision(name: string): string {
	if (name === '' || name.startsWith('-') || name.includes('\0')) throw new Error(`Not a name of a commit: ${JSON.stringify(name)}`);
	return name;
}
