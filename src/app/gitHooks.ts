import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors';
import { Git } from '../platform/git';
import { launcher } from './launcher';

const begin = '# >>> codelearn: index after each commit >>>';
const end = '# <<< codelearn <<<';
const block = new RegExp(`\\n?${begin}[\\s\\S]*?${end}\\n?`);

export interface HookChange {
	readonly file: string;
	readonly changed: boolean;
}

/**
 * Adds our lines to the repository's post-commit hook, behind its first line, so that an `exit` further down does not matter.
 * `notes`: each commit gets a git note of which lines assistants wrote, see `AuthorshipNotes`. undefined: as before.
 */
export async function installHook(folder: string, { notes }: { notes?: boolean | undefined } = {}): Promise<HookChange & { notes: boolean }> {
	const file = await hookFile(folder);
	const command = launcher();
	const withNotes = notes ?? (await hookStatus(folder)).notes;
	const old = existsSync(file) ? readFileSync(file, 'utf8') : '#!/bin/sh\n';
	const [first = '', ...rest] = old.replace(block, '\n').split('\n');
	if (!/^#!.*\b(sh|bash|dash|zsh|ksh)\b/.test(first))
		throw new UserError(`The hook ${file} is no shell script ("${first.slice(0, 60)}"). Add this line to what it does: "${command}" index --changed`);
	const text = [first, ...hookLines(command, withNotes), ...rest].join('\n');
	if (existsSync(file) && text === old) return { file, changed: false, notes: withNotes };
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	chmodSync(file, 0o755);
	return { file, changed: true, notes: withNotes };
}

/** Takes our lines out; a hook that holds nothing else is removed. */
export async function uninstallHook(folder: string): Promise<HookChange> {
	const file = await hookFile(folder);
	if (!existsSync(file)) return { file, changed: false };
	const old = readFileSync(file, 'utf8');
	if (!block.test(old)) return { file, changed: false };
	const text = old.replace(block, '\n');
	if (/^#!\S+\s*$/.test(text.trim())) rmSync(file);
	else writeFileSync(file, text);
	return { file, changed: true };
}

export async function hookStatus(folder: string): Promise<{ file: string; installed: boolean; notes: boolean }> {
	const file = await hookFile(folder);
	const [lines = ''] = existsSync(file) ? (block.exec(readFileSync(file, 'utf8')) ?? []) : [];
	return { file, installed: lines !== '', notes: lines.includes(notesCommand) };
}

const notesCommand = 'notes export --commit';

/** Started behind: a commit never waits for us, and never fails because of us. The commit is named before it is left behind by the next one. */
function hookLines(launcher: string, notes: boolean): string[] {
	const run = (command: string) => `if [ -x "${launcher}" ]; then ("${launcher}" ${command} </dev/null >/dev/null 2>&1 &) fi`;
	const noting = notes ? [`codelearn_commit=$(git rev-parse --verify --quiet HEAD) && ${run(`${notesCommand} "$codelearn_commit"`)}`] : [];
	return [begin, run('index --changed'), ...noting, end];
}

async function hookFile(folder: string): Promise<string> {
	const git = new Git();
	const tree = await git.workingTree(folder);
	if (tree === undefined) throw new UserError(`${folder} is not inside a git repository.`);
	return join(await git.hooksFolder(tree.root), 'post-commit');
}
