import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from './dataPaths';
import { readState, writeState } from './stateFile';

const Approvals = z.record(z.string(), z.string());

const fileOf = (paths: DataPaths) => join(paths.state, 'approvals.json');

/** True when these very settings of this folder were approved; a changed value needs a new yes. */
export function isApproved(paths: DataPaths, folder: string, hash: string): boolean {
	return readState(fileOf(paths), Approvals)?.[resolve(folder)] === hash;
}

export function approve(paths: DataPaths, folder: string, hash: string): void {
	writeState(fileOf(paths), { ...readState(fileOf(paths), Approvals), [resolve(folder)]: hash });
}
