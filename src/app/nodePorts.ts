import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createChunker } from '../code/chunker';
import { grammarAssets } from '../code/grammarRuntime';
import type { Embedder, Log } from '../core/ports';
import type { StoreConfig } from '../core/settings';
import { createEmbedder } from '../embed/createEmbedder';
import { localModel } from '../embed/localEmbedder';
import { everySource } from '../capture/chat/sources';
import { createRedactor } from '../enrich/redact';
import type { DataPaths } from '../platform/dataPaths';
import { Git } from '../platform/git';
import { hmacSha256 } from '../platform/hash';
import { IgnoreFiles } from '../platform/ignoreFiles';
import { packageRoot } from '../platform/packageRoot';
import { Repositories } from '../platform/repositories';
import { runBounded } from '../platform/runBounded';
import { ChromaStore } from '../store/chroma/chromaStore';
import { ensureServer, releaseServer, runningServer } from '../store/chroma/embeddedServer';
import { scrubChroma } from '../store/chroma/scrubChroma';
import type { ServerState } from '../store/chroma/serverState';
import { BlobStore } from '../store/journal/blobStore';
import { FileJournal } from '../store/journal/fileJournal';
import { DerivedDb } from '../store/sqlite/derivedDb';
import { openForeign } from '../store/sqlite/foreignDatabase';
import type { AppPorts, OpenStore } from './ports';
import { PrivacyRules } from './privacyRules';

/** The real adapters, for the process that holds the ingest lease of `paths`. */
export function nodePorts(paths: DataPaths, log: Log, writer: string): AppPorts {
	const git = new Git();
	const key = installationKey(paths);
	const privacy = new PrivacyRules(paths);
	return {
		paths,
		log,
		git,
		writer,
		clock: { now: () => new Date() },
		repositories: new Repositories(paths, git),
		derived: DerivedDb.open(paths.derived, log),
		journal: new FileJournal(paths.journal, writer, new BlobStore(paths.blobs)),
		chunker: createChunker({ assets: grammarAssets(packageRoot()) }),
		redactor: createRedactor({ patterns: () => privacy.patterns(), run: runBounded }),
		privacy,
		ignoreFiles: new IgnoreFiles(join(paths.state, 'ignore'), git),
		sources: everySource(openForeign),
		places: { home: homedir(), platform: process.platform, env: process.env },
		hmac: (text) => hmacSha256(key, text),
		openEmbedder: (config) => createEmbedder(config, localModel(packageRoot())),
		openStore: (config, embedder) => openStore(config, embedder, paths, log),
	};
}

function openStore(config: StoreConfig, embedder: Embedder, paths: DataPaths, log: Log): OpenStore {
	const model = async () => ({ name: embedder.model, dimensions: await embedder.dimensions() });
	return config.impl === 'http' ? remoteStore(config, model) : embeddedStore(config, model, paths, log);
}

type Model = () => Promise<{ name: string; dimensions: number }>;

function embeddedStore(config: Extract<StoreConfig, { impl: 'persistent' }>, model: Model, paths: DataPaths, log: Log): OpenStore {
	let held: ServerState | undefined;
	const start = async (): Promise<ServerState> => {
		held = await ensureServer({
			path: config.path,
			hostEntry: join(packageRoot(), 'dist', 'chromaHost.cjs'),
			cacheFolder: paths.bin,
			log,
			...(config.command !== undefined && { command: config.command }),
		});
		return held;
	};
	const endpoint = async () => {
		const { port } = await start();
		return { host: '127.0.0.1', port, ssl: false, headers: {}, tenant: 'default_tenant', label: config.path };
	};
	const vectors = new ChromaStore({ endpoint, model });
	return {
		vectors,
		start: async () => {
			await start();
		},
		report: async () => {
			const state = await runningServer(config.path);
			return state === undefined ? { running: false } : { running: true, pid: state.pid, port: state.port, binary: state.binary };
		},
		scrub: () => {
			scrubChroma(config.path);
			return Promise.resolve();
		},
		close: async () => {
			await vectors.close();
			if (held !== undefined) await releaseServer(config.path, held);
		},
	};
}

function remoteStore(config: Extract<StoreConfig, { impl: 'http' }>, model: Model): OpenStore {
	const url = new URL(config.url);
	const ssl = url.protocol === 'https:';
	const port = url.port === '' ? (ssl ? 443 : 80) : Number(url.port);
	const endpoint = () => Promise.resolve({ host: url.hostname, port, ssl, headers: config.headers, tenant: config.tenant, label: config.url });
	const vectors = new ChromaStore({ endpoint, model });
	return {
		vectors,
		start: () => Promise.resolve(),
		report: async () => {
			try {
				const response = await fetch(new URL('/api/v2/heartbeat', url), { headers: config.headers, signal: AbortSignal.timeout(5000) });
				return response.ok ? { running: true } : { running: false, error: `answers with status ${response.status}` };
			} catch (cause) {
				return { running: false, error: String(cause) };
			}
		},
		close: () => vectors.close(),
	};
}

/** Made once an installation; hashes of prompts are keyed with it. */
function installationKey(paths: DataPaths): Uint8Array {
	const file = join(paths.state, 'hash.key');
	if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
	return readFileSync(file);
}
