import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { ensureServer, stopServer } from '../../src/store/chroma/embeddedServer';
import type { ServerState } from '../../src/store/chroma/serverState';
import { chromaHostEntry, ensureDist } from './dist';
import { silentLog } from './silentLog';

/** Kept between runs, as it is in a data directory: making a relaxed copy of the binding takes a moment. */
export const bindingCache = join(tmpdir(), 'codelearn-test-binding');

/** The real embedded server of a directory, leased by this process. */
export async function startServer(path: string, command?: string): Promise<ServerState> {
	ensureDist();
	mkdirSync(bindingCache, { recursive: true });
	return ensureServer({ path, hostEntry: chromaHostEntry, cacheFolder: bindingCache, log: silentLog, ...(command !== undefined && { command }) });
}

export async function endServer(path: string): Promise<void> {
	await stopServer(path);
}
