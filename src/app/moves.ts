import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';

export interface Move {
	readonly from: string;
	readonly to: string;
}

/** Git says that a file was renamed: its chunks go on under the new path, by text or else by symbol. */
export function renamedChunks(index: CodeIndexDb, { from, to }: Move): Move[] {
	const targets = index.chunksOf(to);
	const moves = index.chunksOf(from).flatMap((old) => {
		const twin = targets.find((chunk) => chunk.content_hash === old.content_hash) ?? targets.find((chunk) => old.symbol !== '' && chunk.symbol === old.symbol);
		return twin === undefined ? [] : [{ from: old.id, to: twin.id }];
	});
	return [{ from: `file:${from}`, to: `file:${to}` }, ...moves];
}

/** A file is gone: chunks whose very text stands in another file now were moved there. Most of them in one file: so was the file. */
export function movedChunks(index: CodeIndexDb, path: string, gone: readonly string[]): Move[] {
	const old = index.chunksOf(path);
	const moves: Move[] = [];
	const files = new Map<string, number>();
	for (const chunk of old) {
		const twin = twinElsewhere(index, chunk, gone);
		if (twin === undefined) continue;
		moves.push({ from: chunk.id, to: twin.id });
		files.set(twin.path, (files.get(twin.path) ?? 0) + 1);
	}
	const [target] = [...files].sort((a, b) => b[1] - a[1]);
	if (target !== undefined && target[1] * 2 >= old.length) moves.push({ from: `file:${path}`, to: `file:${target[0]}` });
	return moves;
}

function twinElsewhere(index: CodeIndexDb, chunk: StoredChunk, gone: readonly string[]): { id: string; path: string } | undefined {
	if (chunk.text.trim().length < 20) return undefined;
	const rows = index.sql.all('select id, path from chunks where content_hash=? and path<>? limit 20', chunk.content_hash, chunk.path);
	const twin = rows.find((row) => !gone.includes(String(row['path'])));
	return twin === undefined ? undefined : { id: String(twin['id']), path: String(twin['path']) };
}
