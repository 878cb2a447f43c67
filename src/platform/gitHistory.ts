import { realpathSync } from 'node:fs';
import { gitAnswer, gitFields, revision } from './gitProcess';
import { DifferenceReader } from './gitDifference';
import type { BlobChange } from './gitDifference';

/** A place besides HEAD where code may live. */
export interface Tip {
	/** Branch as git shortens it, `stash@{0}`, or the folder of a worktree. */
	readonly name: string;
	/** A commit. That of a stash holds the tracked files of the working tree. */
	readonly sha: string;
	readonly kind: 'branch' | 'remote branch' | 'stash' | 'stash index' | 'stash untracked' | 'worktree';
}

/** Local and remote branches, stashes, HEADs of the other worktrees. */
export async function tips(root: string): Promise<Tip[]> {
	return (await Promise.all([branches(root), stashes(root), worktrees(root)])).flat();
}

/** Regular files of a commit or tree: path to blob. Throws GitFailed when it is unknown. */
export async function tree(root: string, commit: string): Promise<Map<string, string>> {
	const blobs = new Map<string, string>();
	for await (const fields of gitFields(root, ['ls-tree', '-r', '-z', '--full-tree', revision(commit)]))
		for (const field of fields) {
			const [, blob, path] = /^100\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(field) ?? [];
			if (blob !== undefined && path !== undefined) blobs.set(path, blob);
		}
	return blobs;
}

/** Files that differ between two commits or trees, without a look for renames: only folders that differ are opened. Throws GitFailed when one is unknown. */
export async function treeDifference(root: string, a: string, b: string): Promise<BlobChange[]> {
	const changes: BlobChange[] = [];
	const reader = new DifferenceReader();
	const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--no-relative', '-O/dev/null', revision(a), revision(b), '--'];
	for await (const fields of gitFields(root, args)) fields.forEach((field) => reader.take(field, (change) => changes.push(change)));
	return changes;
}

async function branches(root: string): Promise<Tip[]> {
	const listed = await gitAnswer(root, ['for-each-ref', '--format=%(objectname) %(refname) %(symref)', 'refs/heads', 'refs/remotes']);
	return listed.split('\n').flatMap((line) => {
		const [sha = '', name = '', symbolic = ''] = line.split(' ');
		const [, kind, short] = /^refs\/(heads|remotes)\/(.+)$/.exec(name) ?? [];
		// The likes of origin/HEAD stand for another branch.
		if (short === undefined || symbolic !== '') return [];
		return [{ name: short, sha, kind: kind === 'heads' ? ('branch' as const) : ('remote branch' as const) }];
	});
}

async function stashes(root: string): Promise<Tip[]> {
	if ((await gitAnswer(root, ['rev-parse', '--verify', '--quiet', 'refs/stash'])) === '') return [];
	const listed = await gitAnswer(root, ['log', '--walk-reflogs', '--no-show-signature', '--no-patch', '--format=%H %P', 'refs/stash', '--']);
	return listed.split('\n').flatMap((line, at): Tip[] => {
		const [sha = '', , index = '', untracked = ''] = line.split(' ');
		const name = `stash@{${at}}`;
		const places: Tip[] = [
			{ name, sha, kind: 'stash' },
			{ name, sha: index, kind: 'stash index' },
			{ name, sha: untracked, kind: 'stash untracked' },
		];
		return places.filter((place) => place.sha !== '');
	});
}

async function worktrees(root: string): Promise<Tip[]> {
	const [listed, here] = await Promise.all([gitAnswer(root, ['worktree', 'list', '--porcelain']), gitAnswer(root, ['rev-parse', '--show-toplevel'])]);
	return listed.split('\n\n').flatMap((entry) => {
		const [, name, sha] = /^worktree (.*)[\s\S]*?^HEAD ([0-9a-f]+)$/m.exec(entry) ?? [];
		if (name === undefined || sha === undefined || /^0+$/.test(sha) || realPath(name) === realPath(here)) return [];
		return [{ name, sha, kind: 'worktree' as const }];
	});
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return path;
	}
}
