import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Git } from './git';
import { sha256 } from './hash';

/** In any folder of a repository, written like `.gitignore`: what is neither indexed nor captured, though git knows it. */
export const ignoreFileName = '.codelearnignore';

const own = { mode: 0o600 };

/**
 * Judges paths by the `.codelearnignore` files of a repository. Git itself does: the files stand as `.gitignore` in an empty
 * repository of our own, so that patterns, folders and exceptions mean what they mean there. The user's repository is only read.
 */
export class IgnoreFiles {
	/** By root: what the files held when they were last copied. */
	private readonly copied = new Map<string, string>();

	constructor(
		private readonly folder: string,
		private readonly git: Git,
	) {}

	/** Those of the paths, relative to the root and with `/`, that are ignored. They need not exist. */
	async ignored(root: string, paths: readonly string[]): Promise<Set<string>> {
		const files = filesAbove(root, paths);
		if (files.length === 0) return new Set();
		return this.git.ignored(this.copy(root, files), paths);
	}

	/** The rule that ignores the path, '' when none does. */
	async rule(root: string, path: string): Promise<string> {
		const files = filesAbove(root, [path]);
		if (files.length === 0) return '';
		const rule = await this.git.ignoreRule(this.copy(root, files), path);
		return rule.replace('.gitignore:', `${ignoreFileName}:`);
	}

	private copy(root: string, files: readonly IgnoreFile[]): string {
		const scratch = join(this.folder, sha256(root).slice(0, 24));
		const state = sha256(JSON.stringify(files));
		if (this.copied.get(root) === state) return scratch;
		rmSync(scratch, { recursive: true, force: true });
		for (const part of ['objects', 'refs']) mkdirSync(join(scratch, '.git', part), { recursive: true, mode: 0o700 });
		writeFileSync(join(scratch, '.git', 'none'), '', own);
		writeFileSync(join(scratch, '.git', 'HEAD'), 'ref: refs/heads/none\n', own);
		// What the user ignores everywhere is git's own business.
		const none = JSON.stringify(join(scratch, '.git', 'none'));
		writeFileSync(join(scratch, '.git', 'config'), `[core]\n\trepositoryformatversion = 0\n\texcludesFile = ${none}\n`, own);
		for (const { folder, text } of files) {
			mkdirSync(join(scratch, folder), { recursive: true, mode: 0o700 });
			writeFileSync(join(scratch, folder, '.gitignore'), text, own);
		}
		this.copied.set(root, state);
		return scratch;
	}
}

interface IgnoreFile {
	/** Relative to the root, '' for the root itself. */
	readonly folder: string;
	readonly text: string;
}

function filesAbove(root: string, paths: readonly string[]): IgnoreFile[] {
	const folders = new Set(['']);
	for (const path of paths)
		for (let folder = dirname(path); folder !== '.' && folder !== '/' && !folders.has(folder); folder = dirname(folder)) folders.add(folder);
	return [...folders].sort().flatMap((folder) => {
		const file = join(root, folder, ignoreFileName);
		if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return [];
		return [{ folder, text: readFileSync(file, 'utf8') }];
	});
}
