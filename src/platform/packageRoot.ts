import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

let found: string | undefined;

/** Folder of this package: holds dist/ and resources/, whether it runs from source, from dist/ or as an installed extension. */
export function packageRoot(): string {
	found ??= search(__dirname);
	return found;
}

function search(start: string): string {
	for (let folder = start; ; folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"name": "codelearn"')) return folder;
		if (dirname(folder) === folder) throw new Error(`The files of Codelearn are incomplete: no package.json above ${start}. Install it again.`);
	}
}
