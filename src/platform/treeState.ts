import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretPath } from '../core/secretPath';
import type { Git } from './git';

/** A file longer than this is not compared. */
const longestFile = 1024 * 1024;
/** All texts that are held of one tree. */
const mostText = 32 * 1024 * 1024;
/** A tree with more unsaved files than this is not compared: somebody unpacks or builds there. */
const mostFiles = 2000;

/** null: there is no such file. undefined: there is one, but its text is not held. */
type Text = string | null | undefined;

/** A working tree at a moment, as far as it takes to tell later what was changed in it. Held in memory: nothing of it is written anywhere. */
export interface TreeState {
	readonly root: string;
	/** ISO time at which the reading was done. */
	readonly takenAt: string;
	readonly staged: string;
	/** Files that differ from what is staged. */
	readonly unsaved: ReadonlyMap<string, Text>;
}

/** A file that is not as it was. Texts are whole files; null means that there was, or is, no file. */
export interface TreeChange {
	/** Relative to the root, with `/`. */
	readonly path: string;
	readonly before: string | null;
	readonly after: string | null;
}

/** Reads a tree as it stands. undefined when it is none, or too much is unsaved in it. */
export async function treeState(git: Git, root: string): Promise<TreeState | undefined> {
	try {
		const [paths, staged] = await Promise.all([git.unsaved(root), git.staged(root)]);
		if (paths.length > mostFiles) return undefined;
		const unsaved = new Map<string, Text>();
		let length = 0;
		for (const path of paths) {
			const text = length > mostText ? undefined : await textOnDisk(root, path);
			length += text?.length ?? 0;
			unsaved.set(path, text);
		}
		return { root, takenAt: new Date().toISOString(), staged, unsaved };
	} catch {
		return undefined;
	}
}

/** Files that are not as they were. Those whose text is unknown on a side are left out, as are binary files and files of secrets. */
export async function treeChanges(git: Git, before: TreeState, after: TreeState): Promise<TreeChange[]> {
	const old = before.staged === after.staged ? undefined : objectsOf(before.staged);
	const paths = new Set([...before.unsaved.keys(), ...after.unsaved.keys(), ...differing(old, after.staged)]);
	const objects = old ?? (paths.size > 0 ? objectsOf(before.staged) : new Map<string, string>());
	const changes: TreeChange[] = [];
	for (const path of paths) {
		if (isSecretPath(path)) continue;
		const was = before.unsaved.has(path) ? before.unsaved.get(path) : await savedText(git, before.root, objects.get(path), path);
		const is = after.unsaved.has(path) ? after.unsaved.get(path) : await textOnDisk(after.root, path);
		if (was !== undefined && is !== undefined && was !== is) changes.push({ path, before: was, after: is });
	}
	return changes;
}

function differing(old: ReadonlyMap<string, string> | undefined, staged: string): string[] {
	if (old === undefined) return [];
	const now = objectsOf(staged);
	return [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
}

function objectsOf(staged: string): Map<string, string> {
	const objects = new Map<string, string>();
	for (const entry of staged.split('\0')) {
		const [, mode = '', object = '', path] = /^(\d+) ([0-9a-f]+) \d\t([\s\S]*)$/.exec(entry) ?? [];
		// Links and submodules have no text of their own.
		if (path !== undefined && mode.startsWith('100')) objects.set(path, object);
	}
	return objects;
}

async function savedText(git: Git, root: string, object: string | undefined, path: string): Promise<Text> {
	if (object === undefined) return null;
	const text = await git.textOf(root, object, path);
	return text === undefined || text.length > longestFile || text.includes('\0') ? undefined : text;
}

async function textOnDisk(root: string, path: string): Promise<Text> {
	if (isSecretPath(path)) return undefined;
	try {
		const file = join(root, path);
		const { size } = await stat(file);
		if (size > longestFile) return undefined;
		const bytes = await readFile(file);
		return bytes.includes(0) ? undefined : bytes.toString('utf8');
	} catch (cause) {
		return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? null : undefined;
	}
}
