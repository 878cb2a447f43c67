import { open } from 'node:fs/promises';

/** A line longer than this is not read: it would not fit into memory twice. */
const longestLine = 128 * 1024 * 1024;
const pieceSize = 1024 * 1024;
const newline = 0x0a;

/** What a reader of lines meets: a whole line, or one that was too long to read. `start` is the place of its first byte in the file. */
export type FileLine = { readonly start: number } & ({ readonly text: string } | { readonly tooLong: number });

/**
 * Reads the whole lines of a file, from the beginning of one of them on, without loading the file at once.
 * What follows the last newline is given too when it is valid JSON: a writer that flushes lines whole may leave the newline out,
 * while a half-written record never parses.
 */
export async function* readLines(path: string, signal?: AbortSignal, from = 0): AsyncGenerator<FileLine> {
	for await (const lines of readLineGroups(path, signal, from)) yield* lines;
}

/** The same in groups, one for each piece of the file that is read: a step of an async generator costs more than most lines. */
export async function* readLineGroups(path: string, signal?: AbortSignal, from = 0): AsyncGenerator<Iterable<FileLine>> {
	const file = await open(path, 'r');
	try {
		const rest = new LineRest(from);
		const piece = Buffer.allocUnsafe(pieceSize);
		for (let at = from; ;) {
			signal?.throwIfAborted();
			const { bytesRead } = await file.read(piece, 0, pieceSize, at);
			if (bytesRead === 0) break;
			at += bytesRead;
			yield rest.lines(piece.subarray(0, bytesRead));
		}
		yield rest.end();
	} finally {
		await file.close();
	}
}

/** The same for text that is in memory already. */
export function* linesOf(text: Buffer): Generator<FileLine> {
	const rest = new LineRest(0);
	yield* rest.lines(text);
	yield* rest.end();
}

/** The bytes after the last newline seen so far. */
class LineRest {
	#parts: Buffer[] = [];
	#length = 0;
	/** Where the line begins that is being read. */
	#start: number;

	constructor(start: number) {
		this.#start = start;
	}

	*lines(piece: Buffer): Generator<FileLine> {
		let start = 0;
		for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, start)) {
			this.#keep(piece.subarray(start, end));
			start = end + 1;
			yield this.take();
		}
		// The piece is filled anew by the next read, so what is left of it is copied.
		this.#keep(Buffer.from(piece.subarray(start)));
	}

	*end(): Generator<FileLine> {
		const last = this.take();
		if ('text' in last && isJson(last.text)) yield last;
	}

	take(): FileLine {
		const length = this.#length;
		const parts = this.#parts;
		const start = this.#start;
		this.#parts = [];
		this.#length = 0;
		this.#start += length + 1;
		if (length > longestLine) return { start, tooLong: length };
		const [only] = parts;
		return { start, text: (parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length)).toString('utf8') };
	}

	#keep(part: Buffer): void {
		this.#length += part.length;
		if (this.#length > longestLine) this.#parts = [];
		else if (part.length > 0) this.#parts.push(part);
	}
}

function isJson(text: string): boolean {
	if (text.trim() === '') return false;
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** The first bytes of a file, for telling its format and its folder. */
export async function readHead(path: string, bytes: number): Promise<string> {
	const file = await open(path, 'r');
	try {
		const head = Buffer.alloc(bytes);
		const { bytesRead } = await file.read(head, 0, bytes, 0);
		return head.toString('utf8', 0, bytesRead);
	} finally {
		await file.close();
	}
}
