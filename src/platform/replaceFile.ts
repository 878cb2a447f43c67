import { mkdirSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Replaces a file of the user's whole; its permissions stay, and a link to it goes on leading there. */
export function replaceFile(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileAtomic.sync(realPathOf(path), text);
}

function realPathOf(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}
