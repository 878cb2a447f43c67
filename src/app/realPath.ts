import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The path with links on the way to its folder resolved, since git's root is a real path too. The file need not exist. */
export function realPath(path: string): string {
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

export function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

export function exists(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
