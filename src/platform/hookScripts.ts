import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { DataPaths } from './dataPaths';
import { packageRoot } from './packageRoot';

/** Writes the scripts that assistants' hooks run, with this data folder's spool filled in. Returns the path of the one for this platform. */
export function writeHookScripts(paths: DataPaths, platform: NodeJS.Platform = process.platform): string {
	mkdirSync(paths.bin, { recursive: true, mode: 0o700 });
	for (const [name, spool] of [
		['hook.sh', paths.spool.replaceAll("'", `'\\''`)],
		['hook.ps1', paths.spool.replaceAll("'", "''")],
	] as const) {
		const template = readFileSync(join(packageRoot(), 'resources', 'hooks', name), 'utf8');
		const filled = template.replace(/^(\$?spool ?= ?)''$/m, (_, start: string) => `${start}'${spool}'`);
		// Whole or not at all: a hook may run it meanwhile.
		writeFileAtomic.sync(join(paths.bin, name), filled, { mode: 0o755 });
	}
	return join(paths.bin, platform === 'win32' ? 'hook.ps1' : 'hook.sh');
}
