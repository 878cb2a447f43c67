import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync, createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError, messageOf } from '../../core/errors';
import { JournalRecord } from '../../core/journalRecord';
import type { Journal, JournalPage } from '../../core/ports';
import type { BlobStore } from './blobStore';
import { rewriteSegment, unfinished } from './rewriteSegment';

const segmentLimit = 32_000_000;

/**
 * The journal as files: one append-only segment a writer, one JSON record a line. Any number of
 * processes may write at once, since none touches another's segment. A line is whole or it is torn
 * at the end of a segment whose writer died; a torn line is never read as a record.
 */
export class FileJournal implements Journal {
	private segment: { name: string; fd: number; bytes: number } | undefined;
	private count = 0;

	constructor(
		private readonly folder: string,
		/** Unique to this process and start. */
		private readonly writer: string,
		private readonly blobs: BlobStore,
	) {}

	append(records: readonly JournalRecord[]): Promise<void> {
		if (records.length === 0) return Promise.resolve();
		try {
			const lines = records.map((record) => `${JSON.stringify({ ...record, body: this.blobs.shrink(record.body) })}\n`);
			const bytes = Buffer.from(lines.join(''));
			const segment = (this.segment ??= this.begin());
			for (let written = 0; written < bytes.length;) written += writeSync(segment.fd, bytes, written);
			fdatasyncSync(segment.fd);
			segment.bytes += bytes.length;
			if (segment.bytes > segmentLimit) this.close();
			return Promise.resolve();
		} catch (cause) {
			// The segment may end in a torn line now; the next record must not stand behind it.
			this.close();
			return Promise.reject(
				new UserError(
					`The journal in ${this.folder} cannot be written: ${messageOf(cause)}. Free space on that disk; nothing that was acknowledged is lost.`,
					1,
					{ cause },
				),
			);
		}
	}

	async *read(positions: ReadonlyMap<string, number>): AsyncGenerator<JournalPage> {
		for (const name of readdirSync(this.folder)
			.filter((entry) => entry.endsWith('.jsonl'))
			.sort()) {
			const position = positions.get(name) ?? 0;
			if (statSync(join(this.folder, name)).size > position) yield* this.readSegment(name, position);
		}
	}

	/** What the journal holds on disk. */
	size(): { segments: number; bytes: number } {
		const names = readdirSync(this.folder).filter((entry) => entry.endsWith('.jsonl'));
		return { segments: names.length, bytes: names.reduce((sum, name) => sum + statSync(join(this.folder, name)).size, 0) };
	}

	/** Names of the segments that this process does not append to. Other processes' are among them, so only the only writer may rewrite them. */
	closedSegments(): string[] {
		return readdirSync(this.folder)
			.filter((entry) => entry.endsWith('.jsonl') && entry !== this.segment?.name)
			.sort();
	}

	/**
	 * Takes records out of a closed segment for good. `keeps` is given each line's record, its large texts included, or undefined for a
	 * line that is none. Records that stay keep their order; positions of readers beyond the new end mean that all of it was read.
	 */
	async rewrite(segment: string, keeps: (record: JournalRecord | undefined, line: string) => boolean): Promise<number> {
		const gone = await rewriteSegment(join(this.folder, segment), (line) => {
			const record = recordOf(line);
			return keeps(record === undefined ? undefined : { ...record, body: this.blobs.expand(record.body) }, line);
		});
		if (gone > 0) syncFolder(this.folder);
		return gone;
	}

	/** Deletes large texts that no record names any more, and what a rewriting that was stopped has left. Returns how many texts went. */
	async sweep(): Promise<number> {
		for (const entry of readdirSync(this.folder)) if (entry.endsWith(unfinished)) rmSync(join(this.folder, entry), { force: true });
		const unused = this.blobs.watchUnused();
		for await (const line of this.lines()) for (const [, hash] of line.matchAll(/"\$blob":"([0-9a-f]{64})"/g)) if (hash !== undefined) unused.uses(hash);
		return unused.remove();
	}

	private async *lines(): AsyncGenerator<string> {
		for (const name of readdirSync(this.folder).filter((entry) => entry.endsWith('.jsonl')))
			yield* createInterface({ input: createReadStream(join(this.folder, name)), crlfDelay: Infinity });
	}

	close(): void {
		if (this.segment !== undefined) closeSync(this.segment.fd);
		this.segment = undefined;
	}

	private begin(): { name: string; fd: number; bytes: number } {
		const name = `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}-${this.writer}-${String(this.count++).padStart(3, '0')}.jsonl`;
		const fd = openSync(join(this.folder, name), 'ax', 0o600);
		syncFolder(this.folder);
		return { name, fd, bytes: 0 };
	}

	private async *readSegment(segment: string, start: number): AsyncGenerator<JournalPage> {
		let position = start;
		let rest: Buffer = Buffer.alloc(0);
		for await (const piece of createReadStream(join(this.folder, segment), { start, highWaterMark: 4_000_000 })) {
			const data: Buffer = Buffer.isBuffer(piece) ? Buffer.concat([rest, piece]) : rest;
			const end = data.lastIndexOf(10) + 1;
			rest = data.subarray(end);
			if (end === 0) continue;
			position += end;
			yield { segment, position, ...this.parse(data.toString('utf8', 0, end)) };
		}
	}

	private parse(text: string): { records: JournalRecord[]; damaged: number } {
		const records: JournalRecord[] = [];
		let damaged = 0;
		for (const line of text.split('\n')) {
			if (line === '') continue;
			const record = recordOf(line);
			if (record === undefined) damaged++;
			else records.push({ ...record, body: this.blobs.expand(record.body) });
		}
		return { records, damaged };
	}
}

function recordOf(line: string): JournalRecord | undefined {
	try {
		return JournalRecord.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}

/** Makes the new file's name survive a power cut, where the platform lets a folder be opened. */
function syncFolder(folder: string) {
	try {
		const fd = openSync(folder, 'r');
		fsyncSync(fd);
		closeSync(fd);
	} catch {
		// Windows does not open folders; its file system journals names itself.
	}
}
