import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder of its own, by its real path. Remove it with `remove`. */
export function temporaryFolder(name = 'test'): { path: string; remove(): void } {
	const path = realpathSync(mkdtempSync(join(tmpdir(), `codelearn-${name}-`)));
	return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}
