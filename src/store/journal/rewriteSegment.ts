import { closeSync, createReadStream, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Says of a line of a segment, without its end, whether it stays. */
export type KeepsLine = (line: string) => boolean;

/** Ends in this while it is written; no reader takes it for a segment. */
export const unfinished = '.new';

/**
 * Replaces a segment that nobody appends to by one without the lines that are not kept; one without any line is deleted. The new
 * one is written aside, flushed and renamed, so that a stop at any point leaves the old or the new. Returns the bytes that went.
 */
export async function rewriteSegment(file: string, keeps: KeepsLine): Promise<number> {
	const aside = `${file}${unfinished}`;
	const before = statSync(file).size;
	const output = openSync(aside, 'w', 0o600);
	let kept = 0;
	try {
		for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
			if (line === '' || !keeps(line)) continue;
			const bytes = Buffer.from(`${line}\n`);
			for (let written = 0; written < bytes.length;) written += writeSync(output, bytes, written);
			kept += bytes.length;
		}
		fsyncSync(output);
	} catch (cause) {
		rmSync(aside, { force: true });
		throw cause;
	} finally {
		closeSync(output);
	}
	if (kept === 0) rmSync(file, { force: true });
	if (kept === 0 || kept === before) rmSync(aside, { force: true });
	else renameSync(aside, file);
	return before - kept;
}
