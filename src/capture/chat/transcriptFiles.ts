import { statSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TranscriptRef } from '../captureSource';
import { readHead } from './readLines';

/** Entries of a folder in order; one that is missing or no folder has none. */
export async function entriesOf(folder: string): Promise<string[]> {
	try {
		return (await readdir(folder)).sort();
	} catch {
		return [];
	}
}

/** Files below a folder, at most so many folders down, in order. `keep` decides by the path. Links are not followed. */
export async function filesUnder(folder: string, depth: number, keep: (path: string) => boolean): Promise<string[]> {
	const found: string[] = [];
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		if (entry.isDirectory() && depth > 0) found.push(...(await filesUnder(path, depth - 1, keep)));
		else if (entry.isFile() && keep(path)) found.push(path);
	}
	return found;
}

/** Long enough for the lines before the first one that names the folder. */
const headBytes = 64 * 1024;

interface About {
	readonly session_id: string;
	readonly cwd?: string | undefined;
}

/**
 * What the heads of files told, since thousands of them are looked at again and again. A head that named the folder, or was read
 * whole, says the same as long as it is the same file and has not become shorter.
 */
const heads = new Map<string, About & { readonly inode: number; readonly bytes: number }>();
const mostHeads = 50_000;

/** Describes a transcript, session and folder as its first kilobytes tell them; undefined when it is gone. */
export async function refOf(path: string, source: string, about: (head: string) => About): Promise<TranscriptRef | undefined> {
	try {
		// Thousands of small waits cost far more than the calls themselves.
		const { size, mtime, ino } = statSync(path);
		const key = `${source}\n${path}`;
		const known = heads.get(key);
		const { session_id, cwd } = known?.inode === ino && known.bytes <= size ? known : about(await readHead(path, Math.min(headBytes, Math.max(size, 1))));
		if (cwd !== undefined || size >= headBytes) keepHead(key, { session_id, cwd, inode: ino, bytes: size });
		return { path, source, session_id, ...(cwd === undefined ? {} : { cwd }), bytes: size, modified: mtime.toISOString() };
	} catch {
		// Removed since its folder was listed.
		return undefined;
	}
}

function keepHead(key: string, head: About & { readonly inode: number; readonly bytes: number }): void {
	if (heads.size >= mostHeads) heads.clear();
	heads.set(key, head);
}

/** Describes several transcripts; those that are gone are left out. */
export async function refsOf(paths: readonly string[], source: string, about: (path: string, head: string) => ReturnType<Parameters<typeof refOf>[2]>) {
	const refs: TranscriptRef[] = [];
	for (const path of paths) {
		const ref = await refOf(path, source, (head) => about(path, head));
		if (ref !== undefined) refs.push(ref);
	}
	return refs;
}

/** The first value of a field in raw JSON. A quote inside any text is escaped there, so that text cannot imitate a field. */
export function stringField(head: string, field: string): string | undefined {
	const raw = new RegExp(`[{,]\\s*"${field}":\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(head)?.[1];
	const value = raw === undefined ? undefined : parsedJson(raw);
	return typeof value === 'string' ? value : undefined;
}

/** The value of a JSON text; undefined when it is none. */
export function parsedJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		return value;
	} catch {
		return undefined;
	}
}

/** A file longer than this is not read at once: it would not fit into memory twice. */
const longestFile = 128 * 1024 * 1024;

/** The parsed file; undefined when there is none that can be read. */
export async function jsonFile(path: string): Promise<unknown> {
	try {
		return (await stat(path)).size > longestFile ? undefined : parsedJson(await readFile(path, 'utf8'));
	} catch {
		return undefined;
	}
}
