import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { CallContext, CallOptions, IndexReport } from '../core/api';
import { Cancelled, UserError } from '../core/errors';
import type { MoveBody } from '../core/journalRecord';
import { collectionNames } from '../core/record';
import type { FileChange } from '../platform/git';
import type { Place } from '../platform/repositories';
import { withinTree } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import { FileIndexer, Tally } from './fileIndexer';
import { judgeFile } from './indexRules';
import { movedChunks, renamedChunks } from './moves';
import type { Ledger } from './ledger';
import type { Linker } from './linker';
import type { AppPorts } from './ports';
import type { StoreHandle, Stores } from './stores';

export interface IndexRequest {
	readonly mode: 'all' | 'changed' | 'paths';
	readonly paths: readonly string[];
}

/** What is to be done: files to look at, and files that are no more. */
interface Plan {
	readonly look: readonly string[];
	readonly gone: readonly string[];
	readonly renamed: readonly { from: string; to: string }[];
	readonly refused: readonly { path: string; reason: string }[];
}

/** Keeps the code index of a checkout true: git's files in, chunks out, nothing embedded twice. */
export class CodeIndexer {
	/** One indexing a checkout at a time; a second call waits for the first. */
	private readonly running = new Map<string, Promise<unknown>>();

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly ledger: Ledger,
		private readonly linker: Linker,
	) {}

	async index(context: CallContext, request: IndexRequest, options: CallOptions = {}): Promise<IndexReport> {
		const place = await this.placeOf(context.folder);
		const before = this.running.get(place.checkout_id) ?? Promise.resolve();
		const work = before.catch(() => undefined).then(() => this.run(context, place, request, options));
		this.running.set(place.checkout_id, work);
		return work;
	}

	private async run(context: CallContext, place: Place, request: IndexRequest, options: CallOptions): Promise<IndexReport> {
		const started = performance.now();
		const handle = this.stores.of(context);
		this.stores.use(place.repo_id, handle);
		const index = this.stores.codeIndex(place.checkout_id, handle);
		const report = (step: string, done: number, total?: number) => options.onProgress?.({ step, done, ...(total !== undefined && { total }) });
		report('looking for files', 0);
		const collection = await handle.collection(place.repo_id, collectionNames.code);
		await this.mendLostVectors(index, () => collection.count());
		const plan = await this.plan(index, place, context.folder, request);
		const tally = new Tally();
		for (const refused of plan.refused) tally.skip(refused.path, refused.reason);
		const files = new FileIndexer(this.ports, index, collection, handle.embedder, place, tally);
		await this.walk(files, plan, tally, report, options.signal, started);
		await files.finish(options.signal);
		await this.followMoves(index, place, plan, tally);
		await files.remove(plan.gone);
		if (request.mode !== 'paths') await this.remember(index, place);
		index.setMeta('last_indexed_utc', this.ports.clock.now().toISOString());
		index.setMeta('repo_id', place.repo_id);
		index.setMeta('root', place.tree.root);
		report('linking', tally.touched.size);
		await this.linker.relinkFiles(place, handle, index, [...tally.touched, ...plan.gone, ...plan.renamed.map((rename) => rename.from)]);
		return tally.report((performance.now() - started) / 1000, this.notes(tally, place));
	}

	/** The commit that the index stands for, and the files whose indexed content is not that commit's: they are looked at again next time, since a revert leaves no trace in a diff. */
	private async remember(index: CodeIndexDb, place: Place) {
		const { root, head } = place.tree;
		const differing = head === '' ? [] : ((await this.changes(root, head)) ?? []);
		index.setMeta('commit_sha', head);
		index.setMeta('dirty', JSON.stringify(differing.map((change) => change.path)));
	}

	/** Journals where chunks and files went, before the old ones are dropped, so that links and references follow. */
	private async followMoves(index: CodeIndexDb, place: Place, plan: Plan, tally: Tally) {
		const moves = [
			...tally.moves,
			...plan.renamed.flatMap((rename) => renamedChunks(index, rename)),
			...plan.gone.flatMap((path) => movedChunks(index, path, plan.gone)),
		];
		const latest = new Map(moves.filter((move) => move.from !== move.to).map((move) => [move.from, move]));
		const at = this.ports.clock.now().toISOString();
		for (const { from, to } of latest.values()) index.recordMove(from, to, at);
		await this.ledger.append(
			[...latest.values()].map(({ from, to }) => ({
				kind: 'link',
				id: `move:${place.repo_id}:${from}`,
				body: { repo_id: place.repo_id, from, to } satisfies MoveBody,
			})),
		);
	}

	private async walk(
		files: FileIndexer,
		plan: Plan,
		tally: Tally,
		report: (step: string, done: number, total?: number) => void,
		signal: AbortSignal | undefined,
		started: number,
	): Promise<void> {
		for (const [position, path] of plan.look.entries()) {
			if (signal?.aborted === true) {
				// What was indexed stays; the next call goes on from there.
				await files.finish();
				throw new Cancelled();
			}
			await files.look(path, signal);
			if (position % 20 === 0) report(`indexing (${tally.chunks} chunks, ${rate(tally.chunksEmbedded, started)}/s)`, position, plan.look.length);
			// Queries are answered by this same process.
			if (position % 10 === 0) await new Promise((next) => setImmediate(next));
		}
		report('indexing', plan.look.length, plan.look.length);
	}

	private async plan(index: CodeIndexDb, place: Place, folder: string, request: IndexRequest): Promise<Plan> {
		const root = place.tree.root;
		if (request.mode === 'paths') return this.planPaths(index, root, folder, request.paths, await this.ports.git.files(root));
		const listed = await this.ports.git.files(root);
		if (listed.length === 0) throw new UserError(`${root} holds no file that git knows or would add. Nothing was indexed.`);
		const commit = index.meta('commit_sha');
		const changes = request.mode === 'changed' && commit !== '' ? await this.changes(root, commit) : undefined;
		if (changes === undefined) return this.planAll(index, listed, commit === '' ? [] : ((await this.changes(root, commit)) ?? []));
		const known = new Set(listed);
		const previouslyDirty = dirtyBefore(index);
		const look = [...new Set([...changes.filter((change) => !change.gone).map((change) => change.path), ...previouslyDirty.filter((path) => known.has(path))])];
		const gone = [...new Set([...changes.filter((change) => change.gone).map((change) => change.path), ...previouslyDirty.filter((path) => !known.has(path))])];
		return { look, gone: gone.filter((path) => index.file(path) !== undefined), renamed: renamesOf(changes), refused: [] };
	}

	private planAll(index: CodeIndexDb, listed: readonly string[], changes: readonly FileChange[]): Plan {
		const known = new Set(listed);
		return { look: listed, gone: [...index.files().keys()].filter((path) => !known.has(path)), renamed: renamesOf(changes), refused: [] };
	}

	private planPaths(index: CodeIndexDb, root: string, folder: string, paths: readonly string[], listed: readonly string[]): Plan {
		const known = new Set(listed);
		const look: string[] = [];
		const gone: string[] = [];
		const refused: { path: string; reason: string }[] = [];
		for (const given of paths) {
			const absolute = isAbsolute(given) ? given : resolve(folder, given);
			const path = absolute === root ? '' : withinTree(root, real(absolute));
			if (path === undefined) refused.push({ path: given, reason: 'outside the repository' });
			else if (path === '' || isFolder(absolute)) {
				const inside = listed.filter((file) => path === '' || file.startsWith(`${path}/`));
				if (inside.length === 0) refused.push({ path: given, reason: 'no file of git in it' });
				look.push(...inside);
			} else if (known.has(path) && exists(absolute)) look.push(path);
			else if (index.file(path) !== undefined) gone.push(path);
			else refused.push({ path: given, reason: exists(absolute) ? 'ignored by git' : 'does not exist' });
		}
		return { look: [...new Set(look)], gone, renamed: [], refused };
	}

	/** undefined when the last indexed commit is gone, after a rewrite of history say: then all files are compared. */
	private async changes(root: string, commit: string): Promise<FileChange[] | undefined> {
		try {
			return await this.ports.git.changedSince(root, commit);
		} catch {
			this.ports.log.info(`commit ${commit} is not known any more; comparing all files`);
			return undefined;
		}
	}

	/** Vectors that were lost with their directory (or another program dropped) must not count as indexed. */
	private async mendLostVectors(index: CodeIndexDb, count: () => Promise<number>) {
		const { chunks } = index.counts();
		if (chunks === 0 || (await count()) > 0) return;
		this.ports.log.warn(`the vector collection is empty but ${chunks} chunks were indexed: indexing all again`);
		index.clear();
	}

	private notes(tally: Tally, place: Place): string[] {
		const notes: string[] = [];
		if (tally.filesSeen > 0 && tally.filesIndexed === 0 && tally.filesUnchanged === 0) notes.push('No file could be indexed; see why under skipped.');
		else if (tally.filesIndexed === 0 && tally.filesRemoved === 0) notes.push('Everything is up to date.');
		if (place.tree.head === '') notes.push('The repository has no commit yet; its files were indexed as they are.');
		return notes;
	}

	private async placeOf(folder: string): Promise<Place> {
		if (folder === '' || !isFolder(folder)) throw new UserError(`The folder "${folder}" does not exist.`);
		const place = await this.ports.repositories.at(folder);
		if (place === undefined)
			throw new UserError(
				`${folder} is not inside a git repository, and only what git would show is indexed. Run \`git init\` there first, or choose another folder.`,
			);
		return place;
	}

	/** Whether a path is in the index and why not. */
	async explain(context: CallContext, given: string) {
		const place = await this.placeOf(context.folder);
		const handle: StoreHandle = this.stores.of(context);
		const index = this.stores.codeIndex(place.checkout_id, handle);
		const root = place.tree.root;
		const absolute = isAbsolute(given) ? given : resolve(context.folder, given);
		const path = withinTree(root, real(absolute)) ?? given;
		const chunks = index.chunksOf(path).map((chunk) => ({ chunk_id: chunk.id, symbol: chunk.symbol, start_line: chunk.start_line, end_line: chunk.end_line }));
		const file = index.file(path);
		const answer = (indexed: boolean, reason: string) => ({ path, indexed, reason, chunks });
		if (file !== undefined) {
			const how = file.fallback === '' ? `as ${file.language}` : `by lines (${file.fallback})`;
			return answer(
				true,
				`indexed ${how} at ${file.indexed_at}${file.chunker === this.ports.chunker.version ? '' : ' by an older version; it is renewed when it changes'}`,
			);
		}
		if (withinTree(root, real(absolute)) === undefined) return answer(false, `outside the repository ${root}`);
		const rule = await this.ports.git.ignoreRule(root, path);
		if (rule !== '') return answer(false, `ignored by git: ${rule.replace(/\t.*$/, '')}`);
		const verdict = judgeFile(root, path);
		if (!verdict.ok) return answer(false, verdict.reason);
		return answer(false, index.skipped(path) ?? 'not indexed yet; run `chroma-client index --changed`');
	}
}

function renamesOf(changes: readonly FileChange[]): { from: string; to: string }[] {
	return changes.flatMap((change) => (change.from === undefined ? [] : [{ from: change.from, to: change.path }]));
}

function dirtyBefore(index: CodeIndexDb): string[] {
	const text = index.meta('dirty');
	const parsed: unknown = text === '' ? [] : JSON.parse(text);
	return Array.isArray(parsed) ? parsed.map(String) : [];
}

function rate(count: number, started: number): number {
	return Math.round(count / Math.max(0.5, (performance.now() - started) / 1000));
}

/** The path with links on the way to its folder resolved, since git's root is a real path too. */
function real(path: string): string {
	for (let folder = join(path, '..'), rest = path.slice(folder.length); ;) {
		try {
			return join(realpathSync(folder), rest);
		} catch {
			const up = join(folder, '..');
			if (up === folder) return path;
			rest = path.slice(up.length);
			folder = up;
		}
	}
}

function isFolder(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

function exists(path: string): boolean {
	try {
		statSync(path);
		return true;
	} catch {
		return false;
	}
}
