import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { simpleGit } from 'simple-git';
import type { SimpleGit } from 'simple-git';
import { UserError, messageOf } from '../core/errors';

/** A working tree of git as it stands now. */
export interface WorkingTree {
	/** Absolute real path of its top folder. */
	readonly root: string;
	/** Absolute path of the git directory shared by all worktrees. */
	readonly commonDir: string;
	/** '' before the first commit. */
	readonly head: string;
	/** '' when there is no commit, or the history is shallow. */
	readonly rootCommit: string;
	/** Normalised: host/path, without user, scheme and `.git`. */
	readonly remotes: readonly string[];
}

export interface FileChange {
	readonly path: string;
	readonly gone: boolean;
	readonly from?: string;
}

/** Git, read only, but for the hooks that the user asks for. Paths are relative to the tree's top, with `/`. */
export class Git {
	/** undefined: the folder lies in no working tree. Throws a UserError when git is missing. */
	async workingTree(folder: string): Promise<WorkingTree | undefined> {
		const git = gitIn(folder);
		let answer: string;
		try {
			answer = await git.raw('rev-parse', '--show-toplevel', '--git-common-dir');
		} catch (cause) {
			if (messageOf(cause).includes('ENOENT') && messageOf(cause).includes('spawn git'))
				throw new UserError('git was not found. Install git 2.30 or later and make sure it is on the PATH.', 1, { cause });
			if (messageOf(cause).includes('dubious ownership'))
				throw new UserError(`git refuses ${folder} because another user owns it. Run: git config --global --add safe.directory ${folder}`, 1, { cause });
			return undefined;
		}
		const [root = '', common = ''] = answer.split('\n');
		if (root === '') return undefined;
		const head = await quiet(git.raw('rev-parse', '--verify', '--quiet', 'HEAD'));
		const shallow = (await quiet(git.raw('rev-parse', '--is-shallow-repository'))) === 'true';
		const rootCommit = head === '' || shallow ? '' : ((await quiet(git.raw('rev-list', '--max-parents=0', 'HEAD'))).split('\n').at(-1) ?? '');
		return { root: realPath(root), commonDir: realPath(resolve(folder, common)), head, rootCommit, remotes: await remotesOf(git) };
	}

	/** Tracked files and untracked ones that are not ignored: what git itself would show. */
	async files(root: string): Promise<string[]> {
		const listed = await gitIn(root).raw('ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate');
		return listed.split('\0').filter((path) => path !== '');
	}

	/** Why a path is left out: the rule of the ignore files, '' when none matches. */
	async ignoreRule(root: string, path: string): Promise<string> {
		const rule = await quiet(gitIn(root).raw('check-ignore', '-v', '--', path));
		return takesBack(rule) ? '' : rule;
	}

	/** Those of the paths that git ignores. A path that git will not judge (beyond a link, say) counts as ignored. */
	async ignored(root: string, paths: readonly string[]): Promise<Set<string>> {
		const found = new Set<string>();
		for (let start = 0; start < paths.length; start += ignoreBatch)
			for (const path of await ignoredOf(root, paths.slice(start, start + ignoreBatch))) found.add(path);
		return found;
	}

	/** Files that differ between a commit and the working tree, renames told apart. Throws when the commit is unknown. */
	async changedSince(root: string, commit: string): Promise<FileChange[]> {
		const git = gitIn(root);
		const [differing, untracked] = await Promise.all([
			git.raw('diff', '--name-status', '-z', '-M', commit, '--'),
			git.raw('ls-files', '-z', '--others', '--exclude-standard'),
		]);
		const added = untracked.split('\0').filter((path) => path !== '');
		return [...nameStatus(differing), ...added.map((path) => ({ path, gone: false }))];
	}

	/** Paths whose text differs from what is staged or committed, untracked ones among them: all that only the working tree holds. */
	async unsaved(root: string): Promise<string[]> {
		const listed = await gitIn(root).raw('status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=all');
		return listed
			.split('\0')
			.filter((entry) => entry.length > 3 && entry[1] !== ' ')
			.map((entry) => entry.slice(3));
	}

	/** What the index holds: `mode object stage<TAB>path` an entry, each ended by NUL. */
	async staged(root: string): Promise<string> {
		return gitIn(root).raw('ls-files', '-z', '--stage');
	}

	/** An object's text as it would be checked out at the path, with the line ends the tree has there; undefined when there is none. */
	async textOf(root: string, object: string, path: string): Promise<string | undefined> {
		try {
			return await gitIn(root, { allowUnsafeFilter: true }).raw(...withoutLargeFiles, 'cat-file', '--filters', `--path=${path}`, object);
		} catch {
			return undefined;
		}
	}

	async hooksFolder(root: string): Promise<string> {
		return resolve(root, await quiet(gitIn(root).raw('rev-parse', '--git-path', 'hooks')));
	}
}

/** The filter of large files would fetch them. simple-git asks for leave to name any filter, also to switch it off. */
const withoutLargeFiles = ['-c', 'filter.lfs.smudge=', '-c', 'filter.lfs.process=', '-c', 'filter.lfs.required=false'];

/** Paths go to git as arguments, whose length is limited. */
const ignoreBatch = 200;

async function ignoredOf(root: string, paths: readonly string[]): Promise<string[]> {
	try {
		// One line a path, in their order.
		const lines = (await gitIn(root).raw('check-ignore', '--verbose', '--non-matching', '--', ...paths)).split('\n');
		return paths.filter((_path, index) => !(lines[index] ?? '').startsWith('::') && !takesBack(lines[index] ?? ''));
	} catch {
		if (paths.length === 1) return [...paths];
		const verdicts = await Promise.all(paths.map((path) => ignoredOf(root, [path])));
		return verdicts.flat();
	}
}

/** A rule that begins with `!` takes back an earlier one. */
function takesBack(rule: string): boolean {
	return /^.*?:\d+:!/.test(rule);
}

function nameStatus(text: string): FileChange[] {
	const parts = text.split('\0');
	const changes: FileChange[] = [];
	for (let index = 0; index + 1 < parts.length;) {
		const status = parts[index++] ?? '';
		const path = parts[index++] ?? '';
		if (/^[RC]/.test(status)) {
			const to = parts[index++] ?? '';
			if (status.startsWith('R')) changes.push({ path, gone: true });
			changes.push({ path: to, gone: false, from: path });
		} else changes.push({ path, gone: status.startsWith('D') });
	}
	return changes;
}

function gitIn(folder: string, unsafe: { readonly allowUnsafeFilter?: true } = {}): SimpleGit {
	try {
		// Optional locks off: an index refresh of ours must not get in the way of the user's own git.
		return simpleGit({ baseDir: folder, maxConcurrentProcesses: 4, unsafe, allowEnvironment: ['GIT_OPTIONAL_LOCKS'] }).env({
			...gitEnvironment(),
			GIT_OPTIONAL_LOCKS: '0',
			LC_ALL: 'C',
		});
	} catch (cause) {
		throw new UserError(`The folder ${folder} does not exist or cannot be read.`, 1, { cause });
	}
}

/** Inside a git hook the variables of the running command would point every call at its repository and index. */
export function gitEnvironment(): Record<string, string> {
	const kept = Object.entries(process.env).filter(
		([name, value]) => value !== undefined && /^(PATH|HOME|USERPROFILE|SystemRoot|TEMP|TMP|TMPDIR|XDG_CONFIG_HOME|APPDATA|LOCALAPPDATA)$/i.test(name),
	);
	return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']));
}

async function quiet(answer: Promise<string>): Promise<string> {
	try {
		return (await answer).trim();
	} catch {
		return '';
	}
}

async function remotesOf(git: SimpleGit): Promise<string[]> {
	const text = await quiet(git.raw('config', '--get-regexp', '^remote\\..*\\.url$'));
	return text
		.split('\n')
		.map((line) => normalRemote(line.replace(/^\S+\s+/, '')))
		.filter((remote) => remote !== '')
		.sort();
}

/** `git@host:team/name.git`, `https://user@host/team/name` and `ssh://host/team/name` are one place. */
export function normalRemote(url: string): string {
	return url
		.trim()
		.replace(/^[a-z+]+:\/\//i, '')
		.replace(/^[^@/]*@/, '')
		.replace(/^([^/:]+):(?!\d+\/)/, '$1/')
		.replace(/\.git\/?$/, '')
		.replace(/\/+$/, '')
		.toLowerCase();
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return resolve(dirname(path), path);
	}
}
