import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROTOCOL } from '../core/api';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports';
import { LogLevel } from '../core/settings';
import { createDataFolders, dataPaths } from '../platform/dataPaths';
import { fileLog } from '../platform/log';
import { packageVersion } from '../platform/packageVersion';
import { readState, writeState } from '../platform/stateFile';
import { takeExclusiveLease } from '../store/sqlite/exclusiveLease';
import type { LocalApp } from './createApp';
import { createApp } from './createApp';
import type { DaemonState } from './daemonState';
import { daemonFiles } from './daemonState';
import { nodePorts } from './nodePorts';

export interface Daemon {
	readonly app: LocalApp;
	readonly log: Log;
	readonly failedFile: string;
	readonly dataRoot: string;
	readonly version: string;
	/** Lets others find the daemon. Call when it answers on the port. */
	announce(port: number, nonce: string, startedAt: string): void;
	/** False once another process has taken the announcement over: this one must not write any more. */
	isAnnounced(nonce: string): boolean;
	close(): Promise<void>;
}

export type Start =
	| { readonly outcome: 'taken' }
	| { readonly outcome: 'failed'; readonly file: string; readonly message: string }
	| { readonly outcome: 'started'; readonly daemon: Daemon };

const Layout = z.object({ protocol: z.number().int() });

/** Takes the ingest lease of the data directory and builds the app. */
export async function startDaemon(nonce: string): Promise<Start> {
	const paths = dataPaths();
	const files = daemonFiles(paths);
	createDataFolders(paths);
	const lease = takeExclusiveLease(files.lease);
	if (lease === undefined) return { outcome: 'taken' };
	try {
		const layoutFile = join(paths.state, 'layout.json');
		const layout = readState(layoutFile, Layout);
		if (layout !== undefined && layout.protocol > PROTOCOL) {
			const message = `The data directory ${paths.root} was written by a newer Codelearn (layout ${layout.protocol}, this program knows ${PROTOCOL}). Update Codelearn, or set CODELEARN_HOME to another folder. Nothing was changed.`;
			lease.release();
			return { outcome: 'failed', file: files.failed, message };
		}
		writeState(layoutFile, { protocol: PROTOCOL });
		const log = fileLog(LogLevel.catch('INFO').parse(process.env['LOG_LEVEL']?.toUpperCase()), files.log);
		const app = createApp(nodePorts(paths, log, `${process.pid}-${nonce.slice(0, 8)}`));
		await app.start();
		const version = packageVersion();
		const daemon: Daemon = {
			app,
			log,
			version,
			failedFile: files.failed,
			dataRoot: paths.root,
			announce: (port, mark, startedAt) =>
				writeState(files.state, { protocol: PROTOCOL, version, pid: process.pid, port, nonce: mark, started_at: startedAt } satisfies DaemonState),
			isAnnounced: (mark) => readState(files.state, z.object({ nonce: z.string() }))?.nonce === mark,
			close: async () => {
				await app.close();
				if (readState(files.state, z.object({ nonce: z.string() }))?.nonce === nonce) rmSync(files.state, { force: true });
				lease.release();
			},
		};
		return { outcome: 'started', daemon };
	} catch (cause) {
		lease.release();
		return { outcome: 'failed', file: files.failed, message: messageOf(cause) };
	}
}
