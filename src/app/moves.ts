import { MoveBody } from '../core/journalRecord';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';
import type { Ledger } from './ledger';
import type { AppPorts } from './ports';

export interface Move {
	readonly from: string;
	readonly to: string;
}

/** Journals where chunks and files (`file:` before the path) went, so that links and references follow. */
export class Moves {
	constructor(
		private readonly ports: AppPorts,
		private readonly ledger: Ledger,
	) {}

	/** Call before what moved is dropped from the index. */
	async record(index: CodeIndexDb, place: Place, moves: readonly Move[]): Promise<void> {
		const latest = new Map(moves.filter((move) => move.from !== move.to).map((move) => [move.from, move]));
		if (latest.size === 0) return;
		const records = [...latest.values()].map(({ from, to }) => ({
			kind: 'link' as const,
			id: `move:${place.repo_id}:${from}`,
			body: { repo_id: place.repo_id, from, to } satisfies MoveBody,
		}));
		await this.ledger.inTurn(() => this.ledger.append(records));
		const at = this.ports.clock.now().toISOString();
		for (const move of latest.values()) follow(index, move, at);
	}

	/** Tells an index that was made anew what the journal knows. */
	restore(index: CodeIndexDb, repoId: string): void {
		const known = [...this.ports.derived.records('link')].flatMap((record) => {
			const body = MoveBody.safeParse(record.body).data;
			return body?.repo_id === repoId ? [{ ...body, at: record.at }] : [];
		});
		for (const move of known.sort((a, b) => (a.at < b.at ? -1 : 1))) follow(index, move, move.at);
	}
}

/** What is there has not gone elsewhere: an older move away from it is over, or moving there and back would make a ring. */
function follow(index: CodeIndexDb, { from, to }: Move, at: string) {
	stays(index, to);
	index.recordMove(from, to, at);
}

/** The chunk or file stands under its own id. */
export function stays(index: CodeIndexDb, id: string): void {
	index.sql.run('delete from moved where old_id=?', id);
}

/** A chunk whose text stands elsewhere in the same file under another name was renamed or moved. */
export function successor(gone: StoredChunk, added: readonly { chunk_id: string; content_hash: string; text: string }[]): Move | undefined {
	const twin = added.find((chunk) => chunk.content_hash === gone.content_hash || bodyOf(chunk.text) === bodyOf(gone.text));
	return twin === undefined ? undefined : { from: gone.id, to: twin.chunk_id };
}

/** Text without its first line, where the name stands. */
function bodyOf(text: string): string {
	const body = text.slice(text.indexOf('\n') + 1).trim();
	return body.length > 40 ? body : text;
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
export function movedFile(index: CodeIndexDb, path: string, gone: readonly string[]): Move[] {
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

/** Chunks that went out of files which are still there, and stand in another file now. */
export function movedChunks(index: CodeIndexDb, lost: readonly StoredChunk[], gone: readonly string[]): Move[] {
	return lost.flatMap((chunk) => {
		const twin = index.chunk(chunk.id) === undefined ? twinElsewhere(index, chunk, gone) : undefined;
		return twin === undefined ? [] : [{ from: chunk.id, to: twin.id }];
	});
}

/** Of several equal texts the one with the same name; of several without a name none, since licence headers are no moves. */
function twinElsewhere(index: CodeIndexDb, chunk: StoredChunk, gone: readonly string[]): { id: string; path: string } | undefined {
	if (chunk.text.trim().length < 20) return undefined;
	const twins = index.sql
		.all('select id, path, symbol from chunks where content_hash=? and path<>? limit 20', chunk.content_hash, chunk.path)
		.map((row) => ({ id: String(row['id']), path: String(row['path']), symbol: String(row['symbol']) }))
		.filter((twin) => !gone.includes(twin.path));
	return twins.length === 1 ? twins[0] : twins.find((twin) => twin.symbol !== '' && twin.symbol === chunk.symbol);
}
