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

/** Adds our lines to the repository's post-commit hook, behind its first line, so that an `exit` further down does not matter. */
export async function installHook(folder: string): Promise<HookChange> {
	const file = await hookFile(folder);
	const command = launcher();
	const old = existsSync(file) ? readFileSync(file, 'utf8') : '#!/bin/sh\n';
	const [first = '', ...rest] = old.replace(block, '\n').split('\n');
	if (!/^#!.*\b(sh|bash|dash|zsh|ksh)\b/.test(first))
		throw new UserError(`The hook ${file} is no shell script ("${first.slice(0, 60)}"). Add this line to what it does: "${command}" index --changed`);
	const text = [first, ...hookLines(command), ...rest].join('\n');
	if (existsSync(file) && text === old) return { file, changed: false };
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	chmodSync(file, 0o755);
	return { file, changed: true };
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

export async function hookStatus(folder: string): Promise<{ file: string; installed: boolean }> {
	const file = await hookFile(folder);
	return { file, installed: existsSync(file) && block.test(readFileSync(file, 'utf8')) };
}

/** Started behind: a commit never waits for us, and never fails because of us. */
function hookLines(launcher: string): string[] {
	return [begin, `if [ -x "${launcher}" ]; then ("${launcher}" index --changed </dev/null >/dev/null 2>&1 &) fi`, end];
}

async function hookFile(folder: string): Promise<string> {
	const git = new Git();
	const tree = await git.workingTree(folder);
	if (tree === undefined) throw new UserError(`${folder} is not inside a git repository.`);
	return join(await git.hooksFolder(tree.root), 'post-commit');
}
