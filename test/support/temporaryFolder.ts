import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const left = new Set<string>();
// Hooks do not run for a suite of which no test was chosen.
process.once('exit', () => left.forEach(removeFolder));

/** A new folder of its own, by its real path. Remove it with `remove`. */
export function temporaryFolder(name = 'test'): { path: string; remove(): void } {
	const path = realpathSync(mkdtempSync(join(tmpdir(), `codelearn-${name}-`)));
	left.add(path);
	return { path, remove: () => removeFolder(path) };
}

function removeFolder(path: string) {
	rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	left.delete(path);
}
