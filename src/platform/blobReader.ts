import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitFailed, startGit, watch } from './gitProcess';

/** A blob of more bytes than this is not read. */
const longestBlob = 2 * 1024 * 1024;
/** In bytes. As git does: NUL early on means that it is no text. */
const looksBinary = 8000;
const defaultIdleMs = 30_000;
/** Without an answer in between. */
const mostDeaths = 2;

interface Request {
	readonly sha: string;
	readonly settle: (text: string | undefined) => void;
	readonly fail: (cause: unknown) => void;
}

/** An answer of which the first line came. The text is kept when it is wanted; `left` counts the line end after it. */
interface Answer {
	readonly wanted: boolean;
	readonly pieces: Buffer[];
	left: number;
}

/**
 * Texts of blobs by their names, through one git process that ends when nobody asked for a while: an open one keeps the folder from being removed
 * on Windows. Answers come in the order of the questions. Close it when done, or the program lives until then.
 */
export class BlobReader {
	private child: ChildProcessWithoutNullStreams | undefined;
	private readonly pending: Request[] = [];
	private answer: Answer | undefined;
	private head: Buffer = Buffer.alloc(0);
	private deaths = 0;
	private idle: NodeJS.Timeout | undefined;
	private closed = false;
	private gone: Promise<unknown> = Promise.resolve();

	constructor(
		private readonly root: string,
		private readonly idleMs: number = defaultIdleMs,
	) {}

	/** undefined: missing, corrupt, binary, longer than 2 MB, or no blob. Rejects when git cannot be run, or the reader was closed. */
	read(sha: string): Promise<string | undefined> {
		if (this.closed) return Promise.reject(new Error('The reader is closed.'));
		if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) return Promise.resolve(undefined);
		return new Promise((settle, fail) => {
			this.pending.push({ sha, settle, fail });
			clearTimeout(this.idle);
			if (this.child === undefined) this.start();
			else this.child.stdin.write(`${sha}\n`);
		});
	}

	/** Ends the process and waits until it is gone. What was not answered yet is rejected. */
	async close(): Promise<void> {
		this.closed = true;
		this.failAll(new Error('The reader is closed.'));
		this.end();
		await this.gone;
	}

	private start(): void {
		const child = startGit(this.root, ['cat-file', '--batch']);
		this.child = child;
		this.head = Buffer.alloc(0);
		this.answer = undefined;
		child.stdout.on('data', (bytes: Buffer) => {
			if (this.child === child) this.take(bytes);
		});
		const ended = watch(child, this.root);
		this.gone = Promise.all([this.gone, ended.catch(() => undefined)]);
		ended.then(
			({ status, stderr }) => this.died(child, new GitFailed('cat-file', status, stderr)),
			(cause: unknown) => this.died(child, cause),
		);
		child.stdin.write(this.pending.map(({ sha }) => `${sha}\n`).join(''));
	}

	/** Asks again for what was not answered, but not for an object that git complained about: a damaged one ends the process each time. */
	private died(child: ChildProcessWithoutNullStreams, cause: unknown): void {
		if (this.child !== child) return;
		this.child = undefined;
		const first = this.pending[0];
		if (first === undefined) return;
		if (cause instanceof GitFailed && cause.stderr.includes(first.sha)) this.settle(undefined);
		else if (!(cause instanceof GitFailed) || ++this.deaths >= mostDeaths) this.failAll(cause);
		if (this.pending.length > 0) this.start();
	}

	private take(bytes: Buffer): void {
		let at = 0;
		while (at < bytes.length) {
			if (this.answer !== undefined) at = this.takeText(this.answer, bytes, at);
			else {
				const end = bytes.indexOf(10, at);
				this.head = Buffer.concat([this.head, bytes.subarray(at, end < 0 ? bytes.length : end)]);
				if (end < 0) return;
				at = end + 1;
				this.takeHead(this.head.toString('latin1'));
				this.head = Buffer.alloc(0);
			}
		}
	}

	/** `<name> <type> <size>`, or `<name> missing`. */
	private takeHead(line: string): void {
		const [, type, size = '0'] = / (blob|tree|commit|tag) (\d+)$/.exec(line) ?? [];
		if (type === undefined) this.settle(undefined);
		else this.answer = { wanted: type === 'blob' && Number(size) <= longestBlob, pieces: [], left: Number(size) + 1 };
	}

	private takeText(answer: Answer, bytes: Buffer, at: number): number {
		const end = Math.min(bytes.length, at + answer.left);
		if (answer.wanted) answer.pieces.push(bytes.subarray(at, end));
		answer.left -= end - at;
		if (answer.left > 0) return end;
		this.answer = undefined;
		this.settle(answer.wanted ? textOf(Buffer.concat(answer.pieces)) : undefined);
		return end;
	}

	private settle(text: string | undefined): void {
		this.deaths = 0;
		this.pending.shift()?.settle(text);
		if (this.pending.length === 0 && this.child !== undefined) this.idle = setTimeout(() => this.end(), this.idleMs);
	}

	private failAll(cause: unknown): void {
		this.pending.splice(0).forEach(({ fail }) => fail(cause));
	}

	private end(): void {
		clearTimeout(this.idle);
		this.child?.stdin.end();
		this.child?.kill();
		this.child = undefined;
	}
}

/** The text of an answer, which ends with a line end of git's. */
function textOf(bytes: Buffer): string | undefined {
	const text = bytes.subarray(0, -1);
	return text.subarray(0, looksBinary).includes(0) ? undefined : text.toString('utf8');
}
