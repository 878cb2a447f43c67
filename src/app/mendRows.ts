import type { VectorCollection } from '../core/ports';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import { chunkOfRow, rowIdOf } from './chunkIds';

/** Rows asked for before the whole is compared. */
const sampleSize = 60;

/**
 * Rows that were lost with their directory, or dropped by another program, must not count as indexed: their
 * files are forgotten, so that they are indexed again. A sample tells whether to look at all. Returns how many chunks were lost.
 */
export async function forgetLostRows(index: CodeIndexDb, place: Place, collection: VectorCollection, rows: number): Promise<number> {
	const { chunks } = index.counts();
	if (chunks === 0) return 0;
	const every = Math.max(1, Math.floor(chunks / sampleSize));
	const sample = chunkIds(index, every);
	if (rows > 0 && (await missingOf(place, collection, sample)).length === 0) return 0;
	const all = chunkIds(index, 1);
	const missing = rows === 0 ? all : await missingOf(place, collection, all);
	const files = new Set(missing.flatMap((id) => index.chunk(id)?.path ?? []));
	index.sql.transaction(() => {
		for (const path of files) index.removeFile(path);
	});
	return missing.length;
}

/** Drops rows of this checkout that its index, made anew, knows nothing of: their files went while it was away. */
export async function sweepRows(index: CodeIndexDb, place: Place, collection: VectorCollection): Promise<void> {
	const orphans: string[] = [];
	for await (const page of collection.pages())
		for (const row of page) {
			const chunk = chunkOfRow(place, row.id);
			if (row.metadata['checkout_id'] === place.checkout_id && chunk !== undefined && index.chunk(chunk) === undefined) orphans.push(row.id);
		}
	await collection.delete(orphans);
}

function chunkIds(index: CodeIndexDb, every: number): string[] {
	return index.sql.all('select id from chunks where n % ? = 0', every).map((row) => String(row['id']));
}

async function missingOf(place: Place, collection: VectorCollection, ids: readonly string[]): Promise<string[]> {
	const present = new Set((await collection.get(ids.map((id) => rowIdOf(place, id)))).map((row) => row.id));
	return ids.filter((id) => !present.has(rowIdOf(place, id)));
}
