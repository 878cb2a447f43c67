import { GitFailed, gitFields } from './gitProcess';
import { isoTime } from './gitCommits';

/** Where a line of the working tree's file came from. */
export interface BlamedLine {
	/** From 1. */
	readonly line: number;
	/** '' when it is not committed; then author, time and subject are '' too. */
	readonly sha: string;
	readonly author: string;
	/** ISO UTC. */
	readonly author_time: string;
	readonly subject: string;
	/** The file's path in that commit. */
	readonly original_path: string;
	/** From 1. */
	readonly original_line: number;
}

export interface BlameRange {
	/** First and last line, from 1. Default: all. What lies beyond the file's end is left out. */
	readonly lines?: readonly [number, number];
	readonly signal?: AbortSignal;
}

const blameArguments = [
	// A file of git's large file storage would be put there by the filter.
	['-c', 'filter.lfs.clean=', '-c', 'filter.lfs.process=', '-c', 'filter.lfs.required=false'],
	// The last one takes back the lists of commits to look through that are configured.
	['blame', '--incremental', '-w', '-M', '--no-textconv', '--encoding=UTF-8', '--ignore-revs-file='],
].flat();

/**
 * Who wrote the lines of a file as it stands in the working tree. White space does not count, nor do moves within the file.
 * undefined when the file is not tracked or not there, or nothing was committed yet. Throws GitFailed when an object that is needed is missing.
 */
export async function blame(root: string, path: string, range: BlameRange = {}): Promise<BlamedLine[] | undefined> {
	const { lines, signal } = range;
	const span = lines === undefined ? [] : ['-L', `${Math.max(1, lines[0])},${Math.max(1, lines[1])}`];
	const args = [...blameArguments, ...span, '--', path];
	try {
		return await blamedAnyway(root, args, signal);
	} catch (cause) {
		if (!(cause instanceof GitFailed)) throw cause;
		if (/has only \d+ lines?/.test(cause.stderr)) return [];
		if (/no such path|no such ref|cannot l?stat|outside repository/i.test(cause.stderr)) return undefined;
		throw cause;
	}
}

/** A list of commits to look through that is configured for all repositories, but is not in this one, makes git give up. */
async function blamedAnyway(root: string, args: readonly string[], signal: AbortSignal | undefined): Promise<BlamedLine[]> {
	try {
		return await blamed(root, args, signal);
	} catch (cause) {
		if (!(cause instanceof GitFailed && cause.stderr.includes('could not open object name list'))) throw cause;
		return await blamed(root, args, signal, { GIT_CONFIG_GLOBAL: '/dev/null' });
	}
}

async function blamed(root: string, args: readonly string[], signal?: AbortSignal, env: Readonly<Record<string, string>> = {}): Promise<BlamedLine[]> {
	const reader = new BlameReader();
	for await (const lines of gitFields(root, args, { signal, env }, '\n')) lines.forEach((line) => reader.take(line));
	return reader.lines.sort((a, b) => a.line - b.line);
}

interface Group {
	readonly sha: string;
	readonly original: number;
	readonly line: number;
	readonly count: number;
}

/** Reads what `--incremental` prints: a head, what is known of the commit when it is named for the first time, and the file's name. */
class BlameReader {
	readonly lines: BlamedLine[] = [];
	private readonly commits = new Map<string, { author: string; author_time: string; subject: string }>();
	private group: Group | undefined;

	take(text: string): void {
		if (this.group === undefined) {
			const [, sha = '', original, line, count] = /^([0-9a-f]{40,}) (\d+) (\d+) (\d+)$/.exec(text) ?? [];
			if (count !== undefined) this.group = { sha: /^0+$/.test(sha) ? '' : sha, original: Number(original), line: Number(line), count: Number(count) };
			return;
		}
		const value = text.slice(text.indexOf(' ') + 1);
		if (text.startsWith('filename ')) this.end(this.group, unquoted(value));
		else if (this.group.sha !== '') this.about(this.group.sha, text.slice(0, text.indexOf(' ')), value);
	}

	private about(sha: string, name: string, value: string): void {
		const commit = this.commits.get(sha) ?? { author: '', author_time: '', subject: '' };
		this.commits.set(sha, commit);
		if (name === 'author') commit.author = value;
		if (name === 'author-time') commit.author_time = isoTime(value);
		if (name === 'summary') commit.subject = value;
	}

	private end({ sha, original, line, count }: Group, original_path: string): void {
		const commit = this.commits.get(sha) ?? { author: '', author_time: '', subject: '' };
		for (let at = 0; at < count; at++) this.lines.push({ line: line + at, sha, ...commit, original_path, original_line: original + at });
		this.group = undefined;
	}
}

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A path as git prints it: in quotes, with escapes as in C, when it holds what would confuse a line. */
export function unquoted(path: string): string {
	if (!/^".*"$/s.test(path)) return path;
	const bytes = path
		.slice(1, -1)
		.split(/(\\(?:[0-7]{3}|.))/s)
		.map((part) => {
			if (!part.startsWith('\\')) return Buffer.from(part);
			const code = part.slice(1);
			return /^[0-7]{3}$/.test(code) ? Buffer.from([parseInt(code, 8)]) : Buffer.from([escapes[code] ?? code.charCodeAt(0)]);
		});
	return Buffer.concat(bytes).toString('utf8');
}
