import { isAbsolute, resolve } from 'node:path';
import type { CallContext, CallOptions, IndexReport } from '../core/api';
import { Cancelled, UserError } from '../core/errors';
import type { VectorCollection } from '../core/ports';
import { collectionNames } from '../core/record';
import type { Place } from '../platform/repositories';
import { withinTree } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import { FileIndexer } from './fileIndexer';
import type { IndexRequest, Plan } from './indexPlan';
import { IndexPlanner } from './indexPlan';
import { judgeFile } from './indexRules';
import type { Ledger } from './ledger';
import type { Linker } from './linker';
import { unlinked } from './linker';
import { forgetLostRows, sweepRows } from './mendRows';
import { Moves, movedChunks, movedFile, renamedChunks } from './moves';
import type { AppPorts } from './ports';
import { isFolder, realPath } from './realPath';
import { isDamaged } from './stores';
import type { StoreHandle, Stores } from './stores';
import { Tally } from './tally';

/** One indexing of one checkout. */
interface Job {
	readonly place: Place;
	readonly handle: StoreHandle;
	readonly index: CodeIndexDb;
	readonly collection: VectorCollection;
	readonly tally: Tally;
	readonly started: number;
	readonly options: CallOptions;
}

/** Keeps the code index of a checkout true: git's files in, chunks out, nothing embedded twice. */
export class CodeIndexer {
	/** One indexing a checkout at a time; a second call waits for the first. */
	private readonly running = new Map<string, Promise<unknown>>();
	private readonly moves: Moves;

	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		ledger: Ledger,
		private readonly linker: Linker,
	) {
		this.moves = new Moves(ports, ledger);
	}

	async index(context: CallContext, request: IndexRequest, options: CallOptions = {}): Promise<IndexReport> {
		const place = await this.placeOf(context.folder);
		const before = this.running.get(place.checkout_id) ?? Promise.resolve();
		const work = before.then(() => this.begin(context, place, request, options));
		this.running.set(
			place.checkout_id,
			work.catch(() => undefined),
		);
		return work;
	}

	private async begin(context: CallContext, place: Place, request: IndexRequest, options: CallOptions): Promise<IndexReport> {
		const started = performance.now();
		options.onProgress?.({ step: 'looking for files', done: 0 });
		const handle = this.stores.of(context);
		this.stores.use(place.repo_id, handle);
		const collection = await handle.collection(place.repo_id, collectionNames.code);
		const run = () => {
			const index = this.stores.codeIndex(place.checkout_id, handle);
			return this.run({ place, handle, index, collection, tally: new Tally(), started, options }, context.folder, request);
		};
		try {
			return await run();
		} catch (cause) {
			if (!isDamaged(cause)) throw cause;
			this.stores.discardCodeIndex(place.checkout_id, handle);
			return run();
		}
	}

	private async run(job: Job, folder: string, request: IndexRequest): Promise<IndexReport> {
		const { index, place, collection, tally } = job;
		const rows = await collection.count();
		const anew = index.counts().files === 0;
		if (index.meta('repo_id') === '') this.moves.restore(index, place.repo_id);
		const lost = await forgetLostRows(index, place, collection, rows);
		if (lost > 0) this.ports.log.warn(`${lost} indexed chunks have no row in the store any more: their files are indexed again`);
		const wholeTree = request.mode !== 'paths';
		// An indexing that did not come to its end may have left files without links, and commits that nobody noted.
		const broken = index.meta('unfinished') !== '' || lost > 0;
		index.setMeta('unfinished', 'yes');
		const planner = new IndexPlanner(this.ports, index, place.tree.root);
		const plan = await planner.plan(folder, broken && wholeTree ? { mode: 'all', paths: [] } : request);
		await this.work(job, plan, rows > 0 && (anew || broken));
		if (wholeTree && anew && rows > 0) await sweepRows(index, place, collection);
		if (wholeTree) await planner.remember(place.tree.head);
		else planner.rememberDirty([...plan.look, ...plan.gone]);
		index.setMeta('last_indexed_utc', this.ports.clock.now().toISOString());
		index.setMeta('repo_id', place.repo_id);
		index.setMeta('root', place.tree.root);
		await this.link(job, plan, wholeTree && (broken || index.meta(unlinked) !== ''));
		if (wholeTree) index.setMeta(unlinked, '');
		if (wholeTree || !broken) index.setMeta('unfinished', '');
		return tally.report((performance.now() - job.started) / 1000, notesOf(job, wholeTree));
	}

	private async work(job: Job, plan: Plan, reuse: boolean): Promise<void> {
		const { index, place, collection, tally, options } = job;
		for (const refused of plan.refused) tally.skip(refused.path, refused.reason);
		const files = new FileIndexer({ ports: this.ports, moves: this.moves, index, collection, embedder: job.handle.embedder, place, tally, reuse });
		await this.walk(files, plan, job);
		await files.finish(options.signal);
		await this.moves.record(index, place, [
			...movedChunks(index, files.lost, plan.gone),
			...plan.renamed.flatMap((rename) => renamedChunks(index, rename)),
			...plan.gone.flatMap((path) => movedFile(index, path, plan.gone)),
		]);
		await files.remove(plan.gone);
	}

	private async walk(files: FileIndexer, plan: Plan, { tally, options, started }: Job): Promise<void> {
		const total = plan.look.length;
		for (const [position, path] of plan.look.entries()) {
			// What was indexed stays; the next call goes on from there.
			if (options.signal?.aborted === true) throw new Cancelled();
			await files.look(path, options.signal);
			const step = () => `indexing (${tally.chunks} chunks, ${rate(tally.chunksEmbedded, started)}/s)`;
			if (position % 20 === 0) options.onProgress?.({ step: step(), done: position, total });
			// Queries are answered by this same process.
			if (position % 10 === 0) await new Promise((next) => setImmediate(next));
		}
		options.onProgress?.({ step: 'indexing', done: total, total });
	}

	private async link({ place, handle, index, tally, options }: Job, plan: Plan, all: boolean): Promise<void> {
		options.onProgress?.({ step: 'linking', done: tally.touched.size });
		if (all || !this.linker.hasLinks(place)) await this.linker.relinkAll(place, handle, index);
		else await this.linker.relinkFiles(place, handle, index, [...tally.touched, ...plan.gone, ...plan.renamed.map((rename) => rename.from)]);
	}

	private async placeOf(folder: string): Promise<Place> {
		if (folder === '' || !isFolder(folder)) throw new UserError(`The folder "${folder}" does not exist.`);
		const place = await this.ports.repositories.at(folder, 0);
		if (place === undefined)
			throw new UserError(
				`${folder} is not inside a git repository, and only what git would show is indexed. Run \`git init\` there first, or choose another folder.`,
			);
		return place;
	}

	/** Whether a path is in the index and why not. */
	async explain(context: CallContext, given: string) {
		const place = await this.placeOf(context.folder);
		const index = this.stores.codeIndex(place.checkout_id, this.stores.of(context));
		const absolute = realPath(isAbsolute(given) ? given : resolve(context.folder, given));
		const path = withinTree(place.tree.root, absolute) ?? given;
		const chunks = index.chunksOf(path).map((chunk) => ({ chunk_id: chunk.id, symbol: chunk.symbol, start_line: chunk.start_line, end_line: chunk.end_line }));
		const file = index.file(path);
		if (file === undefined) return { path, indexed: false, reason: await this.whyNot(place, index, path, absolute), chunks };
		const how = file.fallback === '' ? `as ${file.language}` : `by lines (${file.fallback})`;
		const age = file.chunker === this.ports.chunker.version ? '' : ' by an older version; it is renewed when it changes';
		return { path, indexed: true, reason: `indexed ${how} at ${file.indexed_at}${age}`, chunks };
	}

	private async whyNot(place: Place, index: CodeIndexDb, path: string, absolute: string): Promise<string> {
		const { root } = place.tree;
		if (withinTree(root, absolute) === undefined) return `outside the repository ${root}`;
		const home = await this.ports.repositories.ofFile(absolute);
		if (home !== undefined && home.tree.root !== root) return `in another repository, ${home.tree.root}`;
		const rule = await this.ports.git.ignoreRule(root, path);
		if (rule !== '') return `ignored by git: ${rule.replace(/\t.*$/, '')}`;
		const ours = await this.ports.ignoreFiles.rule(root, path);
		if (ours !== '') return `ignored by Codelearn: ${ours.replace(/\t.*$/, '')}`;
		const verdict = judgeFile(root, path);
		if (!verdict.ok) return verdict.reason;
		return index.skipped(path) ?? 'not indexed yet; run `chroma-client index --changed`';
	}
}

function notesOf({ tally, place, index }: Job, wholeTree: boolean): string[] {
	const notes: string[] = [];
	if (tally.filesIndexed === 0 && tally.filesRemoved === 0) {
		const stands = wholeTree ? index.counts().files > 0 : tally.filesUnchanged > 0;
		notes.push(stands ? 'Everything is up to date.' : 'No file could be indexed; see why under skipped.');
	}
	if (place.tree.head === '') notes.push('The repository has no commit yet; its files were indexed as they are.');
	return notes;
}

function rate(count: number, started: number): number {
	return Math.round(count / Math.max(0.5, (performance.now() - started) / 1000));
}
