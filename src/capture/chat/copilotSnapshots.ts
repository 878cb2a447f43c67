import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { jsonFile } from './transcriptFiles';

/** A file's text before a prompt, and the hash of its text after it. */
export interface FileSnapshot {
	/** null: the file did not exist. */
	readonly before: string | null;
	readonly afterHash: string;
}

/** Snapshots of changed files by the id of the prompt's event, then by path. */
export type Snapshots = ReadonlyMap<string, ReadonlyMap<string, FileSnapshot>>;

const Index = z.object({
	snapshots: z.array(
		z.object({
			eventId: z.string(),
			files: z.record(
				z.string(),
				z.object({
					path: z.string(),
					preimage: z.object({ kind: z.string(), backupFile: z.string().optional() }),
					postimage: z.object({ kind: z.string(), contentHash: z.string().optional() }).optional(),
				}),
			),
		}),
	),
});

/** A backup longer than this is not read. */
const longestBackup = 4 * 1024 * 1024;

/** The files that Copilot kept beside a session's events, so that a prompt can be taken back. */
export async function snapshotsOf(path: string): Promise<Snapshots> {
	const folder = join(dirname(path), 'rewind-file-snapshots');
	const index = Index.safeParse(await jsonFile(join(folder, 'index.json'))).data;
	const found = new Map<string, Map<string, FileSnapshot>>();
	for (const snapshot of index?.snapshots ?? []) {
		const files = new Map<string, FileSnapshot>();
		for (const file of Object.values(snapshot.files)) {
			const afterHash = file.postimage?.contentHash;
			const before = file.preimage.kind === 'absent' ? null : await backup(folder, file.preimage.backupFile);
			if (before !== undefined && afterHash !== undefined) files.set(file.path, { before, afterHash });
		}
		found.set(snapshot.eventId, files);
	}
	return found;
}

async function backup(folder: string, name: string | undefined): Promise<string | undefined> {
	// The name comes out of a file: it must not lead elsewhere.
	if (name === undefined || name !== basename(name)) return undefined;
	try {
		const bytes = await readFile(join(folder, 'backups', name));
		return bytes.length > longestBackup ? undefined : bytes.toString('utf8');
	} catch {
		return undefined;
	}
}
