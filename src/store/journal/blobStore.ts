import { createHash } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A text this long (in characters) is kept once, by its hash, instead of in every revision of its record. */
const largeText = 4096;

const mark = '$blob';

/** Large texts of journal records, one file each, named by content. */
export class BlobStore {
	/** Texts that were put while somebody looks for unused ones. */
	private readonly watches = new Set<Set<string>>();

	constructor(private readonly folder: string) {}

	/** A copy of the value in which every large string is `{ $blob: hash }`; the texts are on disk when it returns. */
	shrink(value: unknown): unknown {
		if (typeof value === 'string') return value.length > largeText ? { [mark]: this.put(value) } : value;
		if (Array.isArray(value)) return value.map((item) => this.shrink(item));
		if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.shrink(item)]));
		return value;
	}

	/** The reverse; a text whose file is gone reads as ''. */
	expand(value: unknown): unknown {
		if (Array.isArray(value)) return value.map((item) => this.expand(item));
		if (typeof value !== 'object' || value === null) return value;
		if (mark in value && typeof value[mark] === 'string') return this.get(value[mark]);
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.expand(item)]));
	}

	/** Every text counts as unused until it is said to be used, or put again; `remove` deletes the others and ends the watch. */
	watchUnused(): { uses(hash: string): void; remove(): number } {
		const candidates = new Map<string, string>();
		for (const folder of existsSync(this.folder) ? readdirSync(this.folder) : [])
			for (const name of readdirSync(join(this.folder, folder))) candidates.set(name, join(this.folder, folder, name));
		const unused = new Set(candidates.keys());
		this.watches.add(unused);
		return {
			uses: (hash) => void unused.delete(hash),
			remove: () => {
				this.watches.delete(unused);
				for (const name of unused) rmSync(candidates.get(name) ?? '', { force: true });
				return unused.size;
			},
		};
	}

	private put(text: string): string {
		const hash = createHash('sha256').update(text).digest('hex');
		for (const candidates of this.watches) candidates.delete(hash);
		const file = this.fileOf(hash);
		if (existsSync(file)) return hash;
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		const aside = `${file}.${process.pid}`;
		try {
			writeFlushed(aside, text);
			renameSync(aside, file);
		} catch (cause) {
			rmSync(aside, { force: true });
			throw cause;
		}
		return hash;
	}

	private get(hash: string): string {
		if (!/^[0-9a-f]{64}$/.test(hash)) return '';
		try {
			return readFileSync(this.fileOf(hash), 'utf8');
		} catch {
			return '';
		}
	}

	private fileOf(hash: string): string {
		return join(this.folder, hash.slice(0, 2), hash);
	}
}

function writeFlushed(file: string, text: string) {
	const fd = openSync(file, 'w', 0o600);
	try {
		const bytes = Buffer.from(text);
		for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
		fdatasyncSync(fd);
	} finally {
		closeSync(fd);
	}
}
