import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf, said } from '../attribute/said';
import { isSecretPath } from '../core/secretPath';
import type { Git } from '../platform/git';

/** Larger files hold data, and lines that nobody wrote by hand. */
const largestFile = 1024 * 1024;
const filesAtOnce = 16;

interface IndexedText {
	readonly mtime: number;
	readonly size: number;
	/** Print of each line, negative for those that tell nothing; 0 for a blank one. */
	readonly prints: Float64Array;
}

/** What the lines of a working tree say, so that a line is found wherever it went. Kept in memory: 8 bytes a line. */
export class TreeIndex {
	private files = new Map<string, IndexedText>();
	private running: Promise<void> | undefined;

	constructor(
		readonly root: string,
		private readonly git: Git,
	) {}

	/** Reads what changed since it was last asked. */
	refresh(signal?: AbortSignal): Promise<void> {
		this.running ??= this.read(signal).finally(() => (this.running = undefined));
		return this.running;
	}

	paths(): readonly string[] {
		return [...this.files.keys()];
	}

	has(path: string): boolean {
		return this.files.has(path);
	}

	/** Empty for a file that is not there. */
	prints(path: string): Float64Array {
		return this.files.get(path)?.prints ?? none;
	}

	/** Files with a telling line of these prints. */
	holding(prints: ReadonlySet<number>): string[] {
		return [...this.files].filter(([, file]) => file.prints.some((print) => print > 0 && prints.has(print))).map(([path]) => path);
	}

	private async read(signal: AbortSignal | undefined) {
		const paths = (await this.git.files(this.root)).filter((path) => !isSecretPath(path));
		const next = new Map<string, IndexedText>();
		for (let start = 0; start < paths.length; start += filesAtOnce) {
			signal?.throwIfAborted();
			const some = paths.slice(start, start + filesAtOnce);
			const read = await Promise.all(some.map((path) => this.one(path)));
			for (const [at, file] of read.entries()) if (file !== undefined) next.set(some[at] ?? '', file);
		}
		this.files = next;
	}

	private async one(path: string): Promise<IndexedText | undefined> {
		try {
			const file = join(this.root, path);
			const { mtimeMs, size } = await stat(file);
			const known = this.files.get(path);
			if (known?.mtime === mtimeMs && known.size === size) return known;
			return size > largestFile ? undefined : { mtime: mtimeMs, size, prints: printsOf(await readFile(file, 'utf8')) };
		} catch {
			// Gone since it was listed, or a link to nowhere.
			return undefined;
		}
	}
}

const none = new Float64Array(0);

/** Print of each line of a text, see `IndexedText`. Empty for what is no text. */
export function printsOf(text: string): Float64Array {
	if (text.slice(0, 8000).includes('\0')) return none;
	return Float64Array.from(linesOf(text), (line) => {
		const { print, telling } = said(line);
		return telling ? print : -print;
	});
}
