import type { TurnEdit } from '../core/turn';
import { chunkId } from '../core/ids';
import { collectionNames, encodeList } from '../core/record';
import { changedLines } from '../enrich/changedLines';
import { sha256 } from '../platform/hash';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';
import { rowIdOf } from './fileIndexer';
import type { AppPorts } from './ports';
import type { StoreHandle } from './stores';

/** Who made a link and by which rule; links of another version are made again. */
const producer = 'linker/1';

/** Ties turns to the chunks they changed, by symbol where the whole file is known, else by the text of the lines. */
export class Linker {
	constructor(private readonly ports: AppPorts) {}

	/** Links again every turn that changed one of the files, and writes both sides' fields. */
	async relinkFiles(place: Place, handle: StoreHandle, index: CodeIndexDb, paths: readonly string[]): Promise<void> {
		const turns = new Set<string>();
		for (const path of paths) for (const former of formerPaths(index, path)) for (const id of this.turnsOf(place.repo_id, former)) turns.add(id);
		await this.relinkTurns([...turns], place, handle, index);
	}

	/** Links the turns to the checkout's chunks as they stand now. */
	async relinkTurns(turnIds: readonly string[], place: Place, handle: StoreHandle, index: CodeIndexDb): Promise<void> {
		const touched = new Set<string>();
		for (const id of turnIds) {
			const turn = this.ports.derived.turn(id);
			if (turn === undefined) continue;
			const old = this.ports.derived.linksFrom(id, 'changed');
			const found = new Set<string>();
			for (const edit of turn.edits)
				if (edit.repo_id === place.repo_id && edit.state === 'applied') for (const chunk of await this.chunksOf(edit, place.repo_id, index)) found.add(chunk);
			const kept = old.filter((chunk) => this.repositoryOf(id, chunk) !== place.repo_id);
			const now = [...found].map((chunk) => ({ id: chunk, repo_id: place.repo_id }));
			if (this.ports.derived.setLinks(id, 'changed', producer, [...now, ...kept.map((chunk) => ({ id: chunk, repo_id: this.repositoryOf(id, chunk) }))])) {
				for (const chunk of [...old, ...found]) touched.add(chunk);
			}
		}
		await this.writeBack(touched, place, handle, index);
	}

	private turnsOf(repoId: string, path: string): string[] {
		return this.ports.derived.sql.all('select turn_id from turn_repos where repo_id=? and path=?', repoId, path).map((row) => String(row['turn_id']));
	}

	private repositoryOf(from: string, to: string): string {
		return String(this.ports.derived.sql.get('select repo_id from links where from_id=? and to_id=?', from, to)?.['repo_id'] ?? '');
	}

	/** The chunks' side of the link. */
	private async writeBack(touched: ReadonlySet<string>, place: Place, handle: StoreHandle, index: CodeIndexDb) {
		const rows = [...touched].flatMap((id) => {
			if (index.chunk(id) === undefined) return [];
			// Written when empty too, since Chroma keeps a field that an update leaves out.
			return [{ id: rowIdOf(place, id), metadata: { related_chat_ids: encodeList(this.ports.derived.linksTo(id, 'changed')) } }];
		});
		if (rows.length > 0) await (await handle.collection(place.repo_id, collectionNames.code)).updateMetadata(rows);
	}

	private async chunksOf(edit: TurnEdit, repoId: string, index: CodeIndexDb): Promise<string[]> {
		const path = currentPath(index, edit.file_path);
		const chunks = index.chunksOf(path);
		if (chunks.length === 0 || edit.after === null) return [];
		const named = edit.whole ? await this.bySymbol(edit, repoId, index, chunks) : [];
		return named.length > 0 ? named : byLines(edit, chunks);
	}

	/** Cuts the file as the turn left it, takes the chunks that hold changed lines, and finds what they are called today. */
	private async bySymbol(edit: TurnEdit, repoId: string, index: CodeIndexDb, chunks: readonly StoredChunk[]): Promise<string[]> {
		const after = edit.after ?? '';
		const ranges = changedLines(edit.before ?? '', after);
		const cut = await this.ports.chunker.chunk(edit.file_path, after);
		const present = new Set(chunks.map((chunk) => chunk.id));
		const ordinals = new Map<string, number>();
		const found: string[] = [];
		for (const chunk of cut.chunks) {
			const name = chunk.symbol === '' ? `#${chunk.symbol_kind}` : chunk.symbol;
			const ordinal = ordinals.get(name) ?? 0;
			ordinals.set(name, ordinal + 1);
			if (!ranges.some((range) => range.start <= chunk.end_line && range.end >= chunk.start_line)) continue;
			const id = index.currentId(chunkId(sha256, repoId, edit.file_path, name, ordinal));
			const twin = present.has(id)
				? id
				: chunks.find((candidate) => candidate.content_hash === sha256(chunk.text) || (chunk.symbol !== '' && candidate.symbol === chunk.symbol))?.id;
			if (twin !== undefined) found.push(twin);
		}
		return [...new Set(found)];
	}
}

/** Chunks that hold lines which the edit added and which tell: a line that stands in many chunks says nothing. */
function byLines(edit: TurnEdit, chunks: readonly StoredChunk[]): string[] {
	const before = new Set(tellingLines(edit.before ?? ''));
	const after = tellingLines(edit.after ?? '');
	const added = after.filter((line) => !before.has(line));
	const wanted = new Set(added.length > 0 ? added : after);
	const holders = new Map<string, string[]>();
	for (const chunk of chunks)
		for (const line of new Set(tellingLines(chunk.text))) if (wanted.has(line)) holders.set(line, [...(holders.get(line) ?? []), chunk.id]);
	return [...new Set([...holders.values()].filter((ids) => ids.length <= 2).flat())];
}

function tellingLines(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => (line.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 4);
}

/** The path a file has now. */
function currentPath(index: CodeIndexDb, path: string): string {
	return index.currentId(`file:${path}`).slice('file:'.length);
}

/** The path and all it was called before. */
function formerPaths(index: CodeIndexDb, path: string): string[] {
	const found = [path];
	for (let at = 0; at < found.length && found.length < 50; at++) {
		const rows = index.sql.all('select old_id from moved where new_id=?', `file:${found[at] ?? ''}`);
		for (const row of rows) {
			const former = String(row['old_id']).slice('file:'.length);
			if (!found.includes(former)) found.push(former);
		}
	}
	return found;
}
