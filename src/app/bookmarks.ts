import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ReadMark, TranscriptRef, TranscriptSource } from '../capture/captureSource';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';
import { sha256 } from '../platform/hash';
import { readState, writeState } from '../platform/stateFile';

/** So many bytes are compared at the beginning of a file and before a mark. */
const samples = 256;

const Mark = z.object({ offset: z.number().int().nonnegative(), carry: z.unknown() });
const Bookmark = z.object({
	key: z.string(),
	source: z.string(),
	reader: z.number(),
	inode: z.string(),
	head: z.string().regex(/^\d{1,3}:/),
	/** State of the file when it was read to its end. */
	read: z.object({ bytes: z.number(), modified: z.string(), beside: z.string().optional() }).optional(),
	mark: Mark.extend({ before: z.string() }).optional(),
});
type Bookmark = z.infer<typeof Bookmark>;

/** How a transcript stood before it was read. */
export interface OpenedTranscript {
	readonly ref: TranscriptRef;
	/** Where to go on; undefined: from the start. */
	readonly from: ReadMark | undefined;
	readonly inode: string;
	readonly head: string;
}

/**
 * How far each transcript was read: one small file a transcript, so that thousands of them cost no more each than one.
 * A bookmark counts only for the file it was made of: another one under its name, a shorter or a changed one is read from its start,
 * and so is every one after its source has learned to see more. What cannot be read or written only makes a transcript be read again.
 */
export class Bookmarks {
	/** Without the marks, which may be large. */
	private readonly read = new Map<string, Bookmark['read']>();

	constructor(
		private readonly folder: string,
		private readonly sources: readonly Pick<TranscriptSource, 'name' | 'readerVersion'>[],
		private readonly log: Log,
	) {}

	/** True when the file is as it was when it was last read to its end. Costs no look at the disk for a transcript that was met before. */
	isRead(ref: TranscriptRef): boolean {
		const key = keyOf(ref);
		if (!this.read.has(key)) this.read.set(key, this.of(ref)?.read);
		const read = this.read.get(key);
		return read?.bytes === ref.bytes && read.modified === ref.modified && read.beside === ref.beside;
	}

	/** Where to go on in a file; `anew`: from its start. Call before it is read; throws what looking at the file throws. */
	open(ref: TranscriptRef, anew = false): OpenedTranscript {
		const fd = openSync(ref.path, 'r');
		try {
			const stat = fstatSync(fd);
			const known = anew ? undefined : this.of(ref);
			// A file may have grown since it began; what it began with counts as far as it was known.
			const headBytes = Number(known?.head.split(':')[0] ?? samples);
			const isSame = known?.inode === inodeOf(stat) && known.head === sampleOf(fd, 0, headBytes);
			const mark = isSame ? known.mark : undefined;
			const from = mark !== undefined && mark.offset <= stat.size && mark.before === beforeMark(fd, mark.offset) ? mark : undefined;
			return { ref, from: from && { offset: from.offset, carry: from.carry }, inode: inodeOf(stat), head: sampleOf(fd, 0, samples) };
		} finally {
			closeSync(fd);
		}
	}

	/** Keeps how far a file was read: to its end, or to a mark only. Call when the journal has what stands before. */
	keep({ ref, inode, head, from }: OpenedTranscript, at: ReadMark | undefined, isWhole: boolean): void {
		const mark = at ?? from;
		const read = isWhole ? { bytes: ref.bytes, modified: ref.modified, ...(ref.beside !== undefined && { beside: ref.beside }) } : undefined;
		try {
			const bookmark: Bookmark = {
				key: keyOf(ref),
				source: ref.source,
				reader: this.versionOf(ref.source),
				inode,
				head,
				...(read !== undefined && { read }),
				...(mark !== undefined && { mark: { ...mark, before: beforeMarkOf(ref.path, mark.offset) } }),
			};
			const file = this.fileOf(ref);
			mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
			writeState(file, bookmark);
			this.read.set(keyOf(ref), read);
		} catch (cause) {
			this.log.warn(`how far ${ref.path} was read could not be kept, so it will be read again: ${messageOf(cause)}`);
		}
	}

	private of(ref: TranscriptRef): Bookmark | undefined {
		const found = readState(this.fileOf(ref), Bookmark);
		return found?.key === keyOf(ref) && found.source === ref.source && found.reader === this.versionOf(ref.source) ? found : undefined;
	}

	private versionOf(source: string): number {
		return this.sources.find((one) => one.name === source)?.readerVersion ?? 1;
	}

	private fileOf(ref: TranscriptRef): string {
		const name = sha256(keyOf(ref));
		return join(this.folder, name.slice(0, 2), `${name.slice(2, 32)}.json`);
	}
}

/** A file may hold several sessions; then each has a bookmark. */
export function keyOf(ref: TranscriptRef): string {
	return ref.shared === true ? `${ref.path}\n${ref.session_id}` : ref.path;
}

function inodeOf(stat: Stats): string {
	return `${stat.dev}:${stat.ino}`;
}

/** How many bytes were there, and their hash. */
function sampleOf(fd: number, start: number, length: number): string {
	const bytes = Buffer.alloc(length);
	const read = readSync(fd, bytes, 0, length, start);
	return `${read}:${sha256(bytes.toString('latin1', 0, read)).slice(0, 24)}`;
}

function beforeMark(fd: number, offset: number): string {
	const start = Math.max(0, offset - samples);
	return sampleOf(fd, start, offset - start);
}

function beforeMarkOf(path: string, offset: number): string {
	const fd = openSync(path, 'r');
	try {
		return beforeMark(fd, offset);
	} finally {
		closeSync(fd);
	}
}
