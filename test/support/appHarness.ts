import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createChunker } from '../../src/code/chunker';
import { grammarAssets } from '../../src/code/grammarRuntime';
import { everySource } from '../../src/capture/chat/sources';
import type { CallContext, CallOptions, Input, OperationName, Output } from '../../src/core/api';
import { api } from '../../src/core/api';
import { collectionNames } from '../../src/core/record';
import { EmbeddingConfig, RetrieveWeights, StoreConfig } from '../../src/core/settings';
import type { Log } from '../../src/core/ports';
import type { TurnEdit, TurnObservation, TurnObservationInput } from '../../src/core/turn';
import { TurnObservation as TurnObservationSchema } from '../../src/core/turn';
import { createRedactor } from '../../src/enrich/redact';
import { createDataFolders, dataPaths } from '../../src/platform/dataPaths';
import { Git } from '../../src/platform/git';
import { hmacSha256 } from '../../src/platform/hash';
import { IgnoreFiles } from '../../src/platform/ignoreFiles';
import { Repositories } from '../../src/platform/repositories';
import { runBounded } from '../../src/platform/runBounded';
import { PrivacyRules } from '../../src/app/privacyRules';
import { BlobStore } from '../../src/store/journal/blobStore';
import { FileJournal } from '../../src/store/journal/fileJournal';
import { DerivedDb } from '../../src/store/sqlite/derivedDb';
import { openForeign } from '../../src/store/sqlite/foreignDatabase';
import type { LocalApp } from '../../src/app/createApp';
import { createApp } from '../../src/app/createApp';
import type { AppPorts } from '../../src/app/ports';
import { nodePorts } from '../../src/app/nodePorts';
import { projectRoot } from './dist';
import { GitRepository } from './gitRepository';
import type { MemoryCollection } from './memoryStore';
import { MemoryStore } from './memoryStore';
import { temporaryFolder } from './temporaryFolder';
import { WordEmbedder } from './wordEmbedder';

/** Grammars are loaded once for all tests. */
const chunker = createChunker({ assets: grammarAssets(projectRoot) });

export interface HarnessOptions {
	/** The real server and the real model. */
	readonly real?: boolean;
	readonly store?: Partial<StoreInput>;
}
type StoreInput = { impl: 'persistent' | 'http'; database: string; url: string; shareTurns: boolean };

/** The app on a data directory of its own, with real files, git and SQLite; vectors in memory unless `real`. */
export class AppHarness {
	private readonly folder = temporaryFolder('app');
	private readonly repositories: GitRepository[] = [];
	private starts = 0;
	private running = false;
	readonly paths = dataPaths({ CODELEARN_HOME: join(this.folder.path, 'data') });
	readonly vectors = new MemoryStore();
	readonly embedder = new WordEmbedder();
	readonly logged: string[] = [];
	ports!: AppPorts;
	app!: LocalApp;

	private constructor(private readonly options: HarnessOptions) {}

	static async open(options: HarnessOptions = {}): Promise<AppHarness> {
		const harness = new AppHarness(options);
		await harness.start();
		return harness;
	}

	async start(): Promise<void> {
		createDataFolders(this.paths);
		this.ports = this.options.real === true ? nodePorts(this.paths, this.log, `test${this.starts++}`) : this.memoryPorts();
		this.app = createApp(this.ports);
		await this.app.start();
		this.running = true;
	}

	/** Ends the app; `between` sees its files at rest. */
	async restart(between?: () => void): Promise<void> {
		await this.stop();
		between?.();
		await this.start();
	}

	async stop(): Promise<void> {
		if (!this.running) return;
		this.running = false;
		await this.app.close();
	}

	repository(files: Readonly<Record<string, string>> = {}): GitRepository {
		const repository = new GitRepository(files);
		this.repositories.push(repository);
		return repository;
	}

	/** Calls as a host does, and checks the answer against the operation's schema. */
	async call<K extends OperationName>(
		operation: K,
		input: Input<K>,
		folder = '',
		more: Partial<CallContext> = {},
		options: CallOptions = {},
	): Promise<Output<K>> {
		const answer = await this.app.call(operation, input, { ...this.context(folder), ...more }, options);
		return api[operation].output.parse(answer) as Output<K>;
	}

	context(folder: string): CallContext {
		const http = { impl: 'http', url: 'http://chroma.example:8000' };
		const persistent = { impl: 'persistent', path: this.paths.chroma };
		return {
			folder,
			store: StoreConfig.parse({ ...(this.options.store?.impl === 'http' ? http : persistent), ...this.options.store }),
			embedding: EmbeddingConfig.parse({}),
			weights: RetrieveWeights.parse({}),
		};
	}

	index(repository: GitRepository | string, mode: 'all' | 'changed' = 'all'): Promise<Output<'index'>> {
		return this.call('index', { mode }, typeof repository === 'string' ? repository : repository.root);
	}

	indexPaths(repository: GitRepository, ...paths: string[]): Promise<Output<'index'>> {
		return this.call('index', { mode: 'paths', paths }, repository.root);
	}

	async capture(folder: string, ...turns: TurnObservationInput[]): Promise<Output<'capture'>> {
		return this.call('capture', { turns: turns.map((turn) => TurnObservationSchema.parse(turn)) }, folder);
	}

	async repoId(folder: string): Promise<string> {
		return (await this.ports.repositories.at(folder))?.repo_id ?? '';
	}

	/** A collection of the repository of a folder in memory. */
	async rows(folder: string, name: keyof typeof collectionNames): Promise<MemoryCollection> {
		const database = this.app.stores.of(this.context(folder)).databaseOf(folder === '' ? undefined : await this.repoId(folder));
		return this.vectors.collection(database, collectionNames[name]);
	}

	/** Symbols of the chunks that a turn is linked to, by the graph. */
	async linked(turnId: string, folder: string): Promise<string[]> {
		const { links } = await this.call('links', { of: turnId }, folder);
		return links
			.filter((link) => link.kind === 'changed')
			.map((link) => `${link.to.file_path ?? '?'}#${link.to.label}`)
			.sort();
	}

	/** Every file of the data directory, as text. */
	bytes(): string {
		return filesIn(this.paths.root)
			.map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
			.join('\n');
	}

	journalBytes(): number {
		return filesIn(this.paths.journal).reduce((sum, file) => sum + statSync(file).size, 0);
	}

	async close(): Promise<void> {
		await this.stop();
		for (const repository of this.repositories) repository.remove();
		this.folder.remove();
	}

	/** A path inside the harness's own folder, in no repository. */
	outside(name: string): string {
		return join(this.folder.path, name);
	}

	private get log(): Log {
		const write = (message: string) => this.logged.push(message);
		return { debug: write, info: write, warn: write, error: write };
	}

	private memoryPorts(): AppPorts {
		const git = new Git();
		const writer = `test${this.starts++}`;
		const privacy = new PrivacyRules(this.paths);
		return {
			paths: this.paths,
			log: this.log,
			git,
			writer,
			clock: { now: () => new Date() },
			repositories: new Repositories(this.paths, git),
			derived: DerivedDb.open(this.paths.derived, this.log),
			journal: new FileJournal(this.paths.journal, writer, new BlobStore(this.paths.blobs)),
			chunker: { ...chunker, close: () => Promise.resolve() },
			redactor: createRedactor({ patterns: () => privacy.patterns(), run: runBounded }),
			privacy,
			ignoreFiles: new IgnoreFiles(join(this.paths.state, 'ignore'), git),
			sources: everySource(openForeign),
			places: { home: join(this.folder.path, 'home'), platform: process.platform, env: {} },
			hmac: (text) => hmacSha256(Buffer.alloc(32, 1), text),
			openEmbedder: () => this.embedder,
			openStore: () => ({
				vectors: this.vectors,
				report: () => Promise.resolve({ running: !this.vectors.away }),
				start: () => Promise.resolve(),
				close: () => Promise.resolve(),
			}),
		};
	}
}

let turns = 0;

/** An observation with the usual parts; every turn has a key of its own unless given. */
export function turnOf(repository: { readonly root: string } | undefined, more: Partial<TurnObservationInput> = {}): TurnObservationInput {
	turns++;
	return {
		assistant: 'claude-code',
		session_id: 'session-1',
		turn_key: `turn-${turns}`,
		channel: 'transcript',
		started_at: new Date(Date.now() - 60_000).toISOString(),
		...(repository !== undefined && { cwd: repository.root }),
		prompt: 'Fix the sum of the basket.',
		response: 'The sum is right now.',
		...more,
	};
}

/** A whole-file edit. */
export function wholeEdit(path: string, before: string | null, after: string | null): TurnObservation['edits'][number] {
	const kind = before === null ? 'create' : after === null ? 'delete' : 'edit';
	return { file_path: path, kind, before, after, whole: true, fidelity: 'recorded', state: 'applied' };
}

/** An edit of which only the replaced lines are known. */
export function snippetEdit(path: string, before: string, after: string): TurnEdit {
	return { file_path: path, kind: 'edit', before, after, whole: false, fidelity: 'arguments', state: 'applied' };
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}
