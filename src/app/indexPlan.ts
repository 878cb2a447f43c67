import { basename, isAbsolute, resolve } from 'node:path';
import { UserError } from '../core/errors';
import type { FileChange } from '../platform/git';
import { ignoreFileName } from '../platform/ignoreFiles';
import { withinTree } from '../platform/repositories';
import type { CodeIndexDb } from '../store/sqlite/codeIndexDb';
import type { AppPorts } from './ports';
import { exists, isFolder, realPath } from './realPath';

export interface IndexRequest {
	readonly mode: 'all' | 'changed' | 'paths';
	readonly paths: readonly string[];
}

/** What is to be done: files to look at, and files that are no more. Paths are relative to the tree's top. */
export interface Plan {
	readonly look: readonly string[];
	readonly gone: readonly string[];
	readonly renamed: readonly { from: string; to: string }[];
	readonly refused: readonly { path: string; reason: string }[];
}

/** Decides which files one indexing looks at, by what git lists and what is indexed. */
export class IndexPlanner {
	constructor(
		private readonly ports: AppPorts,
		private readonly index: CodeIndexDb,
		private readonly root: string,
	) {}

	async plan(folder: string, { mode, paths }: IndexRequest): Promise<Plan> {
		const listed = await this.listed();
		if (mode === 'paths') return this.ofPaths(folder, paths, listed);
		if (listed.length === 0) throw new UserError(`${this.root} holds no file that git knows or would add. Nothing was indexed.`);
		const commit = this.index.meta('commit_sha');
		const changes = commit === '' ? undefined : await this.changes(commit);
		const rulesChanged = changes?.some((change) => basename(change.path) === ignoreFileName) === true;
		return mode === 'all' || changes === undefined || rulesChanged ? this.ofAll(listed, changes ?? []) : this.ofChanges(listed, changes);
	}

	/** What git lists, without what `.codelearnignore` takes out. */
	private async listed(): Promise<string[]> {
		const files = await this.ports.git.files(this.root);
		const ignored = await this.ports.ignoreFiles.ignored(this.root, files);
		return ignored.size === 0 ? files : files.filter((file) => !ignored.has(file));
	}

	/** The commit that the index stands for now, and the files whose indexed content is not that commit's. */
	async remember(commit: string): Promise<void> {
		const differing = commit === '' ? [] : ((await this.changes(commit)) ?? []);
		this.index.setMeta('commit_sha', commit);
		this.index.setMeta('dirty', JSON.stringify(differing.map((change) => change.path)));
	}

	/** These were indexed as they are in the working tree: they are looked at next time, since a revert leaves no trace in a diff. */
	rememberDirty(paths: readonly string[]): void {
		this.index.setMeta('dirty', JSON.stringify([...new Set([...this.dirty(), ...paths])]));
	}

	private ofAll(listed: readonly string[], changes: readonly FileChange[]): Plan {
		const known = new Set(listed);
		return { look: listed, gone: [...this.index.files().keys()].filter((path) => !known.has(path)), renamed: renamesOf(changes), refused: [] };
	}

	private ofChanges(listed: readonly string[], changes: readonly FileChange[]): Plan {
		const known = new Set(listed);
		const dirty = this.dirty();
		const look = [
			...changes.filter((change) => !change.gone && known.has(change.path)).map((change) => change.path),
			...dirty.filter((path) => known.has(path)),
		];
		const gone = [...changes.filter((change) => change.gone).map((change) => change.path), ...dirty.filter((path) => !known.has(path))];
		return {
			look: [...new Set(look)],
			gone: [...new Set(gone)].filter((path) => !look.includes(path) && this.index.file(path) !== undefined),
			renamed: renamesOf(changes),
			refused: [],
		};
	}

	private async ofPaths(folder: string, paths: readonly string[], listed: readonly string[]): Promise<Plan> {
		const known = new Set(listed);
		const look: string[] = [];
		const gone: string[] = [];
		const refused: { path: string; reason: string }[] = [];
		for (const given of paths) {
			const absolute = realPath(isAbsolute(given) ? given : resolve(folder, given));
			const path = absolute === this.root ? '' : withinTree(this.root, absolute);
			if (path === undefined) {
				refused.push({ path: given, reason: 'outside the repository' });
				continue;
			}
			const inside = (file: string) => path === '' || file === path || file.startsWith(`${path}/`);
			const present = isFolder(absolute) ? listed.filter(inside) : known.has(path) && exists(absolute) ? [path] : [];
			const missing = [...this.index.files().keys()].filter((file) => inside(file) && !present.includes(file));
			look.push(...present);
			gone.push(...missing);
			if (present.length + missing.length === 0) refused.push({ path: given, reason: await this.refusal(absolute) });
		}
		return { look: [...new Set(look)], gone: [...new Set(gone)], renamed: [], refused };
	}

	private async refusal(absolute: string): Promise<string> {
		if (!exists(absolute)) return 'does not exist';
		if ((await this.ports.repositories.ofFile(isFolder(absolute) ? `${absolute}/.` : absolute))?.tree.root !== this.root) return 'another repository';
		return isFolder(absolute) ? 'no file of git in it' : 'ignored by git';
	}

	/** undefined when the commit is gone, after a rewrite of history say: then all files are compared. */
	private async changes(commit: string): Promise<FileChange[] | undefined> {
		try {
			return await this.ports.git.changedSince(this.root, commit);
		} catch {
			this.ports.log.info(`commit ${commit} is not known any more; comparing all files`);
			return undefined;
		}
	}

	private dirty(): string[] {
		const text = this.index.meta('dirty');
		const parsed: unknown = text === '' ? [] : JSON.parse(text);
		return Array.isArray(parsed) ? parsed.map(String) : [];
	}
}

/** Copies are no renames: what was copied is still there. */
function renamesOf(changes: readonly FileChange[]): { from: string; to: string }[] {
	const gone = new Set(changes.filter((change) => change.gone).map((change) => change.path));
	return changes.flatMap((change) => (change.from === undefined || !gone.has(change.from) ? [] : [{ from: change.from, to: change.path }]));
}
