import type { ChangedLines, FileChange } from './fileChanges';

/** A diff longer than this is cut at a line, with a note. */
const longestDiff = 256 * 1024;

/**
 * Unified diff of a turn's changes, file by file, `/dev/null` for what was created or deleted.
 * Where only snippets are known, a comment line says so and line numbers count within the snippet.
 */
export function unifiedDiff(changes: readonly FileChange[]): string {
	const text = changes.map(diffOf).join('');
	if (text.length <= longestDiff) return text;
	return `${text.slice(0, text.lastIndexOf('\n', longestDiff) + 1)}# cut here, ${text.length} characters in all\n`;
}

function diffOf(change: FileChange): string {
	const notes = [
		...(change.whole ? [] : [`# ${change.path}: a snippet, line numbers count within it\n`]),
		...(change.beforeKnown ? [] : [`# ${change.path}: the text before is not known\n`]),
		...(change.renamedFrom === undefined ? [] : [`rename from ${change.renamedFrom}\nrename to ${change.path}\n`]),
	];
	const from = change.kind === 'create' ? '/dev/null' : `a/${headerPath(change.renamedFrom ?? change.path)}`;
	const to = change.kind === 'delete' ? '/dev/null' : `b/${headerPath(change.path)}`;
	return `${notes.join('')}--- ${from}\n+++ ${to}\n${change.hunks.map(hunkText).join('')}`;
}

function headerPath(path: string): string {
	return path.replace(/^\/+/, '');
}

function hunkText(hunk: ChangedLines): string {
	// A side without lines counts from the line before it.
	const old = `${hunk.oldLines === 0 ? Math.max(hunk.oldStart - 1, 0) : hunk.oldStart},${hunk.oldLines}`;
	const now = `${hunk.newLines === 0 ? Math.max(hunk.newStart - 1, 0) : hunk.newStart},${hunk.newLines}`;
	return `@@ -${old} +${now} @@\n${hunk.lines.map((line) => `${line}\n`).join('')}`;
}

/** One line a file: `src/a.ts: +3 -1 in Foo.bar`. Several places of one file are one line. */
export function diffSummary(changes: readonly FileChange[]): string {
	return [...byPath(changes)].map(([path, ofFile]) => summaryLine(path, ofFile)).join('\n');
}

/** Names shown for one file; more are counted. */
const mostNames = 6;

function summaryLine(path: string, changes: readonly FileChange[]): string {
	const sum = (pick: (change: FileChange) => number): number => changes.reduce((total, change) => total + pick(change), 0);
	const symbols = [...new Set(changes.flatMap((change) => change.symbols))];
	const kind = changes.at(-1)?.kind === 'delete' ? 'deleted, ' : changes.some((change) => change.kind === 'create') ? 'created, ' : '';
	const renamed = changes.find((change) => change.renamedFrom !== undefined)?.renamedFrom;
	const names = symbols.slice(0, mostNames).join(', ') + (symbols.length > mostNames ? `, ${symbols.length - mostNames} more` : '');
	return `${path}: ${renamed === undefined ? '' : `renamed from ${renamed}, `}${kind}+${sum((one) => one.added)} -${sum((one) => one.removed)}${names === '' ? '' : ` in ${names}`}`;
}

function byPath(changes: readonly FileChange[]): Map<string, FileChange[]> {
	const files = new Map<string, FileChange[]>();
	for (const change of changes) files.set(change.path, [...(files.get(change.path) ?? []), change]);
	return files;
}

/** All of the changed places, before and after, within this many characters. */
const contextLimit = 4_000;
/** One side of one place within this many. */
const sideLimit = 900;

/** The changed places as they were and as they are, for reading: at most 4,000 characters, places in order. */
export function codeContext(changes: readonly FileChange[]): string {
	let text = '';
	for (const change of changes) {
		for (const hunk of change.hunks) {
			const part = contextOf(change, hunk);
			if (text.length + part.length > contextLimit) return text.trimEnd();
			text += part;
		}
	}
	return text.trimEnd();
}

function contextOf(change: FileChange, hunk: ChangedLines): string {
	const where = change.whole ? `${change.path}:${Math.max(hunk.newStart, 1)}` : change.path;
	const before = change.kind === 'create' || !change.beforeKnown ? '' : `before:\n${sideOf(hunk, '+')}\n`;
	const after = change.kind === 'delete' ? '' : `after:\n${sideOf(hunk, '-')}\n`;
	return `${where}\n${before}${after}\n`;
}

function sideOf(hunk: ChangedLines, skip: '+' | '-'): string {
	const text = hunk.lines
		.filter((line) => !line.startsWith(skip) && !line.startsWith('\\'))
		.map((line) => line.slice(1))
		.join('\n');
	return text.length <= sideLimit ? text : `${text.slice(0, text.lastIndexOf('\n', sideLimit) + 1 || sideLimit)}…`;
}
