import { approve } from '../platform/approvals';
import { createDataFolders, dataPaths } from '../platform/dataPaths';
import type { Unapproved } from '../platform/resolveSettings';
import { resolveSettings } from '../platform/resolveSettings';

/** What the folder's `.env` asks for and was not approved in this form. */
export function unapprovedIn(folder: string): Unapproved | undefined {
	return resolveSettings({ folder, editor: {}, env: process.env, paths: dataPaths() }).unapproved;
}

export function approveFolder(folder: string, hash: string): void {
	const paths = dataPaths();
	createDataFolders(paths);
	approve(paths, folder, hash);
}
