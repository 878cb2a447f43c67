import type { TranscriptSource, SourcePlaces } from '../capture/captureSource';
import type { Chunker, Clock, Embedder, Log, VectorStore } from '../core/ports';
import type { EmbeddingConfig, StoreConfig } from '../core/settings';
import type { Redactor } from '../enrich/redact';
import type { DataPaths } from '../platform/dataPaths';
import type { Git } from '../platform/git';
import type { Repositories } from '../platform/repositories';
import type { IgnoreFiles } from '../platform/ignoreFiles';
import type { FileJournal } from '../store/journal/fileJournal';
import type { DerivedDb } from '../store/sqlite/derivedDb';
import type { PrivacyRules } from './privacyRules';

/** What a store of vectors tells of itself. */
export interface StoreReport {
	readonly running: boolean;
	readonly pid?: number;
	readonly port?: number;
	readonly binary?: string;
	readonly error?: string;
}

export interface OpenStore {
	readonly vectors: VectorStore;
	report(): Promise<StoreReport>;
	/** Starts the server when it is ours and not running. */
	start(): Promise<void>;
	/** Overwrites what was deleted, where the store is ours to rewrite. */
	scrub?(): Promise<void>;
	close(): Promise<void>;
}

/** Everything the app is made of. `nodePorts()` gives the real ones; tests give stores in memory and a fixed clock. */
export interface AppPorts {
	readonly paths: DataPaths;
	readonly clock: Clock;
	readonly log: Log;
	readonly git: Git;
	readonly repositories: Repositories;
	readonly derived: DerivedDb;
	readonly journal: FileJournal;
	/** Names this process in the records it writes. */
	readonly writer: string;
	readonly chunker: Chunker;
	readonly redactor: Redactor;
	readonly privacy: PrivacyRules;
	readonly ignoreFiles: IgnoreFiles;
	readonly sources: readonly TranscriptSource[];
	readonly places: SourcePlaces;
	hmac(text: string): string;
	openEmbedder(config: EmbeddingConfig): Embedder;
	openStore(config: StoreConfig, embedder: Embedder): OpenStore;
}
