import envPaths from 'env-paths';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError, messageOf } from '../core/errors';

/** Where everything lives that is not the user's. All absolute. */
export interface DataPaths {
	readonly root: string;
	readonly journal: string;
	readonly blobs: string;
	readonly derived: string;
	readonly code: string;
	readonly chroma: string;
	readonly spool: string;
	readonly state: string;
	readonly logs: string;
	readonly bin: string;
}

/** `CODELEARN_HOME`, else the platform's folder for user data. Nothing is created. */
export function dataPaths(env: Readonly<Record<string, string | undefined>> = process.env): DataPaths {
	const root =
		env['CODELEARN_HOME'] !== undefined && env['CODELEARN_HOME'] !== '' ? resolve(env['CODELEARN_HOME']) : envPaths('codelearn', { suffix: '' }).data;
	return {
		root,
		journal: join(root, 'journal'),
		blobs: join(root, 'blobs'),
		derived: join(root, 'derived.db'),
		code: join(root, 'code'),
		chroma: join(root, 'chroma'),
		spool: join(root, 'spool'),
		state: join(root, 'state'),
		logs: join(root, 'logs'),
		bin: join(root, 'bin'),
	};
}

/** Creates the folders, readable by their owner alone. Throws a UserError when the place cannot be written. */
export function createDataFolders(paths: DataPaths): void {
	try {
		for (const folder of [paths.root, paths.journal, paths.blobs, paths.code, paths.spool, paths.state, paths.logs, paths.bin])
			mkdirSync(folder, { recursive: true, mode: 0o700 });
		// A folder that was there before may be open to others.
		if (process.platform !== 'win32') chmodSync(paths.root, 0o700);
	} catch (cause) {
		throw new UserError(
			`The data folder ${paths.root} cannot be written: ${messageOf(cause)}. Free space or set CODELEARN_HOME to a folder you may write to.`,
			1,
			{ cause },
		);
	}
}
