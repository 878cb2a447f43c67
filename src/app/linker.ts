import type { CodeChunk } from '../core/chunk';
import type { Turn, TurnEdit } from '../core/turn';
import { collectionNames, encodeList } from '../core/record';
import type { LineRange } from '../enrich/changedLines';
import { changedLines } from '../enrich/changedLines';
import { sha256 } from '../platform/hash';
import type { Place } from '../platform/repositories';
import type { CodeIndexDb, StoredChunk } from '../store/sqlite/codeIndexDb';
import { identified, rowIdOf } from './chunkIds';
import type { AppPorts } from './ports';
import type { StoreHandle } from './stores';

/** Who made a link and by which rule; links of another version are made again. */
const producer = 'linker/1';

/** Note in a code index that links may not have reached the store. */
export const unlinked = 'unlinked';

type NamedChunk = CodeChunk & { chunk_id: string };

const mostCuts = 500;

interface RelinkOptions {
	/** Only code changed since the turns were linked, so that a link that holds by name is kept even when its lines were rewritten. */
	readonly sameTurns: boolean;
	/** Writes rows of chunks whose links are the same too: an earlier write may have failed. */
	readonly writeAll: boolean;
}

/** Ties turns to the chunks they changed, by symbol where the whole file is known, else by the text of the lines. */
export class Linker {
	/** Texts of turns, cut: a file that is saved often has its turns linked again each time. */
	private readonly cuts = new Map<string, readonly NamedChunk[]>();

	constructor(private readonly ports: AppPorts) {}

	/** False for a repository that was never linked, or whose links went with their database. */
	hasLinks(place: Pick<Place, 'repo_id'>): boolean {
		return this.ports.derived.sql.get('select 1 from links where repo_id=? and producer=? limit 1', place.repo_id, producer) !== undefined;
	}

	/** Links again every turn that changed one of the files, and writes both sides' fields. */
	async relinkFiles(place: Place, handle: StoreHandle, index: CodeIndexDb, paths: readonly string[]): Promise<void> {
		const turns = new Set<string>();
		for (const path of paths)
			for (const former of formerPaths(index, path))
				for (const row of this.ports.derived.sql.all('select turn_id from turn_repos where repo_id=? and path=?', place.repo_id, former))
					turns.add(String(row['turn_id']));
		await this.relink([...turns], { sameTurns: true, writeAll: false }, place, handle, index);
	}

	async relinkAll(place: Place, handle: StoreHandle, index: CodeIndexDb): Promise<void> {
		const rows = this.ports.derived.sql.all('select distinct turn_id from turn_repos where repo_id=?', place.repo_id);
		const turns = rows.map((row) => String(row['turn_id']));
		await this.relink(turns, { sameTurns: true, writeAll: true }, place, handle, index);
	}

	/** Links turns that are new or changed to the checkout's chunks as they stand now. */
	async relinkTurns(turnIds: readonly string[], place: Place, handle: StoreHandle, index: CodeIndexDb): Promise<void> {
		const earlier = index.meta(unlinked);
		index.setMeta(unlinked, 'yes');
		await this.relink(turnIds, { sameTurns: false, writeAll: true }, place, handle, index);
		index.setMeta(unlinked, earlier);
	}

	private async relink(
		turnIds: readonly string[],
		{ sameTurns, writeAll }: RelinkOptions,
		place: Place,
		handle: StoreHandle,
		index: CodeIndexDb,
	): Promise<void> {
		const wanted = new Map<string, { id: string; repo_id: string }[]>();
		for (const id of turnIds) {
			const turn = this.ports.derived.turn(id);
			if (turn !== undefined) wanted.set(id, await this.linksOf(turn, sameTurns, place, index));
		}
		const { derived } = this.ports;
		const touched = new Set<string>();
		// All at once, so that a stop leaves either the links of before or all of the new ones.
		derived.sql.transaction(() => {
			for (const [id, links] of wanted) {
				const old = derived.linksFrom(id, 'changed');
				if (derived.setLinks(id, 'changed', producer, links) || writeAll) for (const chunk of [...old, ...links.map((link) => link.id)]) touched.add(chunk);
			}
		});
		await this.writeBack(touched, place, handle, index);
	}

	private async linksOf(turn: Turn, sameTurn: boolean, place: Place, index: CodeIndexDb): Promise<{ id: string; repo_id: string }[]> {
		const standing = this.ports.derived.sql.all("select to_id, repo_id from links where from_id=? and kind='changed'", turn.id);
		const elsewhere = standing.filter((row) => row['repo_id'] !== place.repo_id).map((row): [string, string] => [String(row['to_id']), String(row['repo_id'])]);
		const old = standing.filter((row) => row['repo_id'] === place.repo_id).map((row) => String(row['to_id']));
		const edits = turn.edits.filter((edit) => edit.repo_id === place.repo_id && edit.state === 'applied');
		const links = new Map<string, string>(elsewhere);
		for (const edit of edits) for (const chunk of await this.chunksOf(edit, place.repo_id, index)) links.set(chunk, place.repo_id);
		for (const id of old) if (sameTurn || edits.some((edit) => edit.checkout_id !== place.checkout_id)) this.keep(id, edits, place, index, links);
		return [...links].map(([id, repo_id]) => ({ id, repo_id }));
	}

	private keep(id: string, edits: readonly TurnEdit[], place: Place, index: CodeIndexDb, links: Map<string, string>) {
		const chunk = currentChunk(index, id);
		// The checkout in which the turn worked may still have what this one has not.
		if (chunk === undefined && edits.some((edit) => edit.checkout_id !== place.checkout_id)) links.set(id, place.repo_id);
		// A section without a name is known by its text alone, and that was looked for.
		if (chunk !== undefined && chunk.symbol !== '') links.set(chunk.id, place.repo_id);
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
		if (edit.after === null) return [];
		const chunks = index.chunksOf(currentPath(index, edit.file_path));
		return edit.whole ? this.bySymbol(edit, repoId, index, chunks) : byLines(edit, chunks);
	}

	/** Cuts the file as it was and as the turn left it, takes the chunks that hold changed lines, and finds what they are called today. */
	private async bySymbol(edit: TurnEdit, repoId: string, index: CodeIndexDb, chunks: readonly StoredChunk[]): Promise<string[]> {
		const changes = changedLines(edit.before ?? '', edit.after ?? '');
		const after = await this.cut(edit, edit.after ?? '', repoId);
		const changed = new Set(after.filter((chunk) => changes.added.some(meets(chunk)) || changes.gaps.some(liesIn(chunk))));
		if (changes.removed.length > 0) {
			const before = (await this.cut(edit, edit.before ?? '', repoId)).filter((chunk) => chunk.symbol !== '' && changes.removed.some(meets(chunk)));
			const shrunk = new Set(before.map((chunk) => chunk.chunk_id));
			for (const chunk of after) if (shrunk.has(chunk.chunk_id)) changed.add(chunk);
		}
		const found = [...changed].flatMap((chunk) => todays(chunk, index, chunks) ?? []);
		return found.length === 0 && changed.size > 0 ? byLines(edit, chunks) : [...new Set(found)];
	}

	private async cut(edit: TurnEdit, text: string, repoId: string): Promise<readonly NamedChunk[]> {
		const key = sha256(`${repoId}\n${edit.file_path}\n${text}`);
		const known = this.cuts.get(key);
		if (known !== undefined) return known;
		const chunks = identified(repoId, edit.file_path, (await this.ports.chunker.chunk(edit.file_path, text)).chunks);
		const [oldest] = this.cuts.keys();
		if (this.cuts.size >= mostCuts && oldest !== undefined) this.cuts.delete(oldest);
		this.cuts.set(key, chunks);
		return chunks;
	}
}

const meets = (chunk: CodeChunk) => (range: LineRange) => range.start <= chunk.end_line && range.end >= chunk.start_line;
/** Lines went from between two lines of the chunk. */
const liesIn = (chunk: CodeChunk) => (gap: number) => gap > chunk.start_line && gap <= chunk.end_line;

/** What a chunk of a turn is called today: by id and its moves, else by its text, else by its name. */
function todays(chunk: NamedChunk, index: CodeIndexDb, chunks: readonly StoredChunk[]): string | undefined {
	const hash = sha256(chunk.text);
	if (chunk.symbol === '') return chunks.find((candidate) => candidate.content_hash === hash)?.id ?? currentChunk(index, chunk.chunk_id)?.id;
	return (
		currentChunk(index, chunk.chunk_id)?.id ??
		chunks.find((candidate) => candidate.content_hash === hash)?.id ??
		chunks.find((candidate) => candidate.symbol === chunk.symbol)?.id
	);
}

/** The one chunk that holds the whole snippet; else those that alone hold a telling line which the edit added. */
function byLines(edit: TurnEdit, chunks: readonly StoredChunk[]): string[] {
	const after = (edit.after ?? '').replaceAll('\r', '').trim();
	const snippet = tellingLines(after);
	if (snippet.length === 0) return [];
	const holders = chunks.filter((chunk) => chunk.text.includes(after));
	if (holders.length > 0) return holders.length === 1 ? holders.map((chunk) => chunk.id) : [];
	const before = new Set(tellingLines(edit.before ?? ''));
	const added = snippet.filter((line) => !before.has(line));
	const wanted = new Set(added.length > 0 ? added : snippet);
	// A snippet may begin and end within a line.
	const found = [...wanted].map((line) => chunks.filter((chunk) => chunk.text.includes(line))).filter((ofLine) => ofLine.length === 1);
	return [...new Set(found.flat().map((chunk) => chunk.id))];
}

/** Lines that say something; brackets and lone keywords stand everywhere. */
function tellingLines(text: string): string[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => (line.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 5);
}

/** The chunk that an id stands for now, wherever it went. */
export function currentChunk(index: CodeIndexDb, id: string): StoredChunk | undefined {
	return index.chunk(id) ?? index.chunk(index.currentId(id));
}

/** The path a file has now. */
export function currentPath(index: CodeIndexDb, path: string): string {
	return index.file(path) === undefined ? index.currentId(`file:${path}`).slice('file:'.length) : path;
}

/** The path and all it was called before. */
export function formerPaths(index: CodeIndexDb, path: string): string[] {
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
