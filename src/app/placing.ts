import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { TurnEdit, TurnObservation } from '../core/turn';
import { isSecretPath } from '../core/secretPath';
import { pathsNamed } from '../enrich/shownPaths';
import type { Place } from '../platform/repositories';
import { withinTree } from '../platform/repositories';
import type { AppPorts } from './ports';
import { realPath } from './realPath';

/** A file of a repository that may be kept. */
export interface PlacedFile {
	readonly place: Place;
	/** Repo-relative, with `/`. */
	readonly path: string;
}

/** `outside`: in no repository. `private`: its text must not be kept, since git ignores it or it is a file of secrets. */
export type FilePlace = PlacedFile | 'outside' | 'private';

/** Finds repositories of files, for one batch: each repository and each ignored path is asked for once. */
export class Placing {
	private readonly found = new Map<string, PlacedFile | undefined>();
	private readonly ignored = new Map<string, ReadonlySet<string>>();

	private constructor(private readonly ports: AppPorts) {}

	/** Learns all about the files, given by absolute path, that the batch will ask for. */
	static async of(ports: AppPorts, files: Iterable<string>): Promise<Placing> {
		const placing = new Placing(ports);
		const roots = new Map<string, Set<string>>();
		for (const file of new Set(files)) {
			const placed = await placing.locate(file);
			placing.found.set(file, placed);
			if (placed !== undefined) roots.set(placed.place.tree.root, (roots.get(placed.place.tree.root) ?? new Set()).add(placed.path));
		}
		for (const [root, paths] of roots) {
			const ignored = [await ports.git.ignored(root, [...paths]), await ports.ignoreFiles.ignored(root, [...paths])];
			placing.ignored.set(root, new Set(ignored.flatMap((some) => [...some])));
		}
		return placing;
	}

	file(path: string): FilePlace {
		if (isSecretPath(path)) return 'private';
		const placed = this.found.get(path);
		if (placed === undefined) return 'outside';
		return this.ignored.get(placed.place.tree.root)?.has(placed.path) === true ? 'private' : placed;
	}

	/** True for a file that is kept out, by a path as an assistant that works in `cwd` writes it. */
	isPrivate(path: string, cwd: string | undefined): boolean {
		const absolute = absolutePath(path, cwd);
		return absolute !== undefined && this.file(absolute) === 'private';
	}

	/** Paths within repositories become relative to them; private files are left out. */
	turn(turn: TurnObservation): TurnObservation {
		return { ...turn, edits: turn.edits.flatMap((edit) => this.edit(edit, turn.cwd) ?? []) };
	}

	/** Paths stay; edits of private files are left out. */
	withoutPrivate(turn: TurnObservation): TurnObservation {
		return { ...turn, edits: turn.edits.filter((edit) => !this.isPrivate(edit.file_path, turn.cwd)) };
	}

	private edit(edit: TurnEdit, cwd: string | undefined): TurnEdit | undefined {
		if (edit.repo_id !== undefined) return edit;
		const placed = this.file(absolutePath(edit.file_path, cwd) ?? edit.file_path);
		if (placed === 'private') return undefined;
		if (placed === 'outside') return edit;
		const { repo_id, checkout_id, tree } = placed.place;
		const from = edit.renamed_from === undefined ? undefined : absolutePath(edit.renamed_from, cwd);
		const renamed_from = from === undefined ? edit.renamed_from : (withinTree(tree.root, realPath(from)) ?? edit.renamed_from);
		return { ...edit, file_path: placed.path, repo_id, checkout_id, ...(renamed_from !== undefined && { renamed_from }) };
	}

	private async locate(file: string): Promise<PlacedFile | undefined> {
		const real = realPath(file);
		const place = await this.ports.repositories.ofFile(real);
		const path = place === undefined ? undefined : withinTree(place.tree.root, real);
		return place === undefined || path === undefined ? undefined : { place, path };
	}
}

/** Absolute paths of the files that turns edited, and of those whose text their tools show. */
export function filesOf(turns: readonly TurnObservation[]): string[] {
	return turns.flatMap((turn) => [
		...turn.edits.flatMap((edit) => (edit.repo_id === undefined ? (absolutePath(edit.file_path, turn.cwd) ?? []) : [])),
		...turn.tools.flatMap((tool) => pathsNamed(tool).flatMap(({ path, shown }) => (shown ? (shownFile(path, turn.cwd) ?? []) : []))),
	]);
}

/** Words of a command are options and patterns too: only what could be a file is asked for. */
function shownFile(path: string, cwd: string | undefined): string | undefined {
	return /^-|[*?$\0\n]|^[a-z]+:\/\//i.test(path) ? undefined : absolutePath(path, cwd);
}

function absolutePath(path: string, cwd: string | undefined): string | undefined {
	if (/^~[\\/]/.test(path)) return join(homedir(), path.slice(2));
	if (isAbsolute(path)) return path;
	return cwd === undefined || !isAbsolute(cwd) ? undefined : join(cwd, path);
}
