import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { DataPaths } from './dataPaths';
import type { Git, WorkingTree } from './git';
import { sha256 } from './hash';
import { readState, writeState } from './stateFile';

const Known = z.object({
	repo_id: z.string(),
	/** The checkout that was seen first. */
	main_checkout: z.string(),
	root_commits: z.array(z.string()),
	remotes: z.array(z.string()),
	/** Git directories with the mark (inode and birth) they had, so that another repository at an old place is told apart. */
	places: z.array(z.object({ path: z.string(), mark: z.string() })),
});
type Known = z.infer<typeof Known>;

/** A file's or folder's place in a repository. */
export interface Place {
	readonly repo_id: string;
	/** Tells worktrees and clones apart. */
	readonly checkout_id: string;
	/** True in the checkout that was seen first. */
	readonly main: boolean;
	readonly tree: WorkingTree;
}

/** Finding a repository takes several runs of git, more than a query may cost. */
const identityAge = 60_000;
/** A folder becomes a repository by `git init`. */
const absenceAge = 1000;

/**
 * Gives every repository an opaque id that outlasts new remotes, shallow clones, moves and rewritten
 * history: whichever of place, remote or root commit is known leads to it, and the others are learnt.
 */
export class Repositories {
	private readonly file: string;
	private readonly cache = new Map<string, { place: Place | undefined; seen: number }>();

	constructor(
		paths: DataPaths,
		private readonly git: Git,
	) {
		this.file = join(paths.state, 'repositories.json');
	}

	/**
	 * The repository that holds the folder; undefined outside any. Which one it is is remembered for a minute; who needs
	 * its head as it stands now asks for an answer of age 0.
	 */
	async at(given: string, maxAgeMs = identityAge): Promise<Place | undefined> {
		const folder = topOf(given);
		const cached = this.cache.get(folder);
		if (cached !== undefined && cached.seen + Math.min(maxAgeMs, cached.place === undefined ? absenceAge : identityAge) > Date.now()) return cached.place;
		const tree = await this.git.workingTree(folder);
		const place = tree === undefined ? undefined : this.placeOf(tree);
		this.cache.set(folder, { place, seen: Date.now() });
		return place;
	}

	/** The repository of a file, by its folder or the nearest one that still exists. */
	async ofFile(path: string): Promise<Place | undefined> {
		let folder = dirname(path);
		while (!exists(folder) && dirname(folder) !== folder) folder = dirname(folder);
		return exists(folder) ? this.at(folder) : undefined;
	}

	/** Last known root of a repository's main checkout on this machine. */
	rootOf(repoId: string): string | undefined {
		const place = this.all()
			.find((known) => known.repo_id === repoId)
			?.places.at(-1);
		return place === undefined ? undefined : dirname(place.path);
	}

	private placeOf(tree: WorkingTree): Place {
		const checkout_id = `w_${sha256(tree.root).slice(0, 16)}`;
		const known = this.identify(tree, checkout_id);
		return { repo_id: known.repo_id, checkout_id, main: known.main_checkout === checkout_id, tree };
	}

	private identify(tree: WorkingTree, checkoutId: string): Known {
		const all = this.all();
		const mark = markOf(tree.commonDir);
		const known = match(all, tree, mark) ?? {
			repo_id: `r_${randomBytes(8).toString('hex')}`,
			main_checkout: checkoutId,
			root_commits: [],
			remotes: [],
			places: [],
		};
		const learnt = learn(known, tree, mark);
		if (JSON.stringify(learnt) !== JSON.stringify(known)) writeState(this.file, [...all.filter((other) => other.repo_id !== known.repo_id), learnt]);
		return learnt;
	}

	private all(): Known[] {
		return readState(this.file, z.array(Known)) ?? [];
	}
}

function match(all: readonly Known[], tree: WorkingTree, mark: string): Known | undefined {
	const shares = (known: Known) => known.remotes.some((remote) => tree.remotes.includes(remote));
	const sameRoot = (known: Known) => tree.rootCommit !== '' && known.root_commits.includes(tree.rootCommit);
	return (
		all.find((known) => known.places.some((place) => place.path === tree.commonDir && place.mark === mark)) ??
		all.find(shares) ??
		all.find((known) => tree.remotes.some((remote) => known.places.some((place) => samePlace(place.path, remote)))) ??
		// A template copied into two projects has one root commit too: different remotes mean different repositories.
		all.find((known) => sameRoot(known) && (known.remotes.length === 0 || tree.remotes.length === 0))
	);
}

/** A clone of a local folder has that folder as its remote. */
function samePlace(gitDir: string, remote: string): boolean {
	const path = gitDir
		.split(sep)
		.join('/')
		.toLowerCase()
		.replace(/\.git$/, '')
		.replace(/\/+$/, '');
	return path === remote || path === remote.replace(/^\/*/, '/');
}

function learn(known: Known, tree: WorkingTree, mark: string): Known {
	const union = (old: readonly string[], more: readonly string[]) => [...new Set([...old, ...more.filter((item) => item !== '')])];
	const standing = known.places.some((place) => place.path === tree.commonDir && place.mark === mark);
	return {
		repo_id: known.repo_id,
		main_checkout: known.main_checkout,
		root_commits: union(known.root_commits, [tree.rootCommit]),
		remotes: union(known.remotes, tree.remotes),
		places: standing ? known.places : [...known.places.filter((place) => place.path !== tree.commonDir), { path: tree.commonDir, mark }],
	};
}

function markOf(folder: string): string {
	const stat = statSync(folder, { bigint: true });
	return `${stat.ino}-${stat.birthtimeMs}`;
}

/** The nearest folder upwards that git keeps a repository in, so that its folders are asked for once; the folder itself when none is seen. */
function topOf(folder: string): string {
	if (folder.split(sep).includes('.git')) return folder;
	for (let at = folder; ; at = dirname(at)) {
		if (existsSync(join(at, '.git'))) return at;
		if (dirname(at) === at) return folder;
	}
}

function exists(folder: string): boolean {
	try {
		return statSync(folder).isDirectory();
	} catch {
		return false;
	}
}

/** Path within the tree, with `/`; undefined when it lies outside. */
export function withinTree(root: string, path: string): string | undefined {
	const inside = relative(root, path).split(sep).join('/');
	return inside === '' || inside.startsWith('../') || inside === '..' || /^[A-Za-z]:/.test(inside) || inside.startsWith('/') ? undefined : inside;
}
