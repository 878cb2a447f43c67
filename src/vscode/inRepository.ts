import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A folder that was in no repository is looked at again after this long: somebody may have run "git init". */
const recheckMs = 60_000;

/** Tells whether files lie in a git repository by looking for `.git` above them, once for each folder. */
export class RepositoryCheck {
	private readonly known = new Map<string, { readonly answer: Promise<boolean>; readonly at: number }>();

	/** `file` is absolute. */
	has(file: string): Promise<boolean> {
		const folder = dirname(file);
		const known = this.known.get(folder);
		if (known !== undefined && Date.now() - known.at < recheckMs) return known.answer;
		const answer = hasGit(folder);
		this.known.set(folder, { answer, at: Date.now() });
		return answer;
	}
}

async function hasGit(folder: string): Promise<boolean> {
	for (let at = folder; ; at = dirname(at)) {
		if (await exists(join(at, '.git'))) return true;
		if (dirname(at) === at) return false;
	}
}

async function exists(path: string): Promise<boolean> {
	try {
		await access(path);
		return true;
	} catch {
		return false;
	}
}
