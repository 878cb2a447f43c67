import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GitFailed, gitAnswer, gitFields, gitText, revision } from './gitProcess';
import { DifferenceReader } from './gitDifference';
import type { BlobChange } from './gitDifference';

/** A commit and what it did to files. */
export interface HistoryCommit {
	readonly sha: string;
	readonly parents: readonly string[];
	/** Name as written in the commit, without the address. */
	readonly author: string;
	/** ISO UTC; '' when it cannot be read. A rebase keeps it. */
	readonly author_time: string;
	/** ISO UTC; '' when it cannot be read. */
	readonly commit_time: string;
	readonly subject: string;
	/** Commits it says it reverts, as written: they may be abbreviated, or gone. */
	readonly reverts: readonly string[];
	/** Against the first parent, in no promised order. */
	readonly changes: readonly BlobChange[];
	/** The clone ends here: the parents are not there, so that nobody can tell what it changed, and `changes` is empty. */
	readonly cut_off: boolean;
}

export interface CommitRange {
	/** Default: HEAD. */
	readonly tip?: string;
	/**
	 * ISO time of commit (not of writing). Clocks may be wrong: the line is cut at the one place that leaves the fewest commits on the wrong
	 * side, so that neither one commit of 1970 hides those before it, nor one of 2038 brings all of them in.
	 */
	readonly since?: string;
	/** A commit to stop before: it and what it builds on are left out. */
	readonly until?: string;
	readonly signal?: AbortSignal;
}

const header = ['%H', '%P', '%an', '%at', '%ct', '%s', '%b'];
const logArguments = [
	['log', '--first-parent', '--reverse', '-z', `--format=tformat:${header.join('%x00')}`, '--raw', '--no-abbrev', '--encoding=UTF-8'],
	['--no-ext-diff', '--no-textconv', '--no-relative', '--no-show-signature', '--no-notes', '-O/dev/null', '-l1000'],
].flat();

/**
 * The commits of the line of first parents, oldest first, merges compared with their first parent. Nothing is held but the commit at hand.
 * Nothing at all when there is no commit yet. Throws GitFailed when `tip` or `until` is unknown, or an object that is needed is missing.
 */
export async function* commits(root: string, range: CommitRange = {}): AsyncGenerator<HistoryCommit> {
	const { tip = 'HEAD', signal } = range;
	const [commit, renames, cut] = await Promise.all([commitOf(root, tip), renameOption(root), cutOff(root)]);
	if (commit === '') return;
	const first = await lastBefore(root, commit, range);
	if (first === commit) return;
	const span = [commit, ...without(first), ...without(range.until)];
	const reader = new CommitReader(cut);
	for await (const fields of gitFields(root, ['-c', 'log.showRoot=true', ...logArguments, renames, ...span, '--'], { signal }))
		for (const field of fields) {
			const done = reader.take(field);
			if (done !== undefined) yield done;
		}
	const last = reader.end();
	if (last !== undefined) yield last;
}

/** '' for HEAD before the first commit. */
async function commitOf(root: string, tip: string): Promise<string> {
	try {
		return (await gitText(root, ['rev-parse', '--verify', '--quiet', `${revision(tip)}^{commit}`])).trim();
	} catch (cause) {
		if (!(cause instanceof GitFailed)) throw cause;
		if (tip === 'HEAD' && (await gitAnswer(root, ['rev-parse', '--git-dir'])) !== '') return '';
		throw new GitFailed('rev-parse', cause.status, cause.stderr === '' ? `there is no commit ${tip}` : cause.stderr);
	}
}

/** Files that are only alike are compared by their texts, which a partial clone would have to fetch. */
async function renameOption(root: string): Promise<string> {
	const partial = await gitAnswer(root, ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$']);
	return partial === '' ? '--find-renames' : '--find-renames=100%';
}

/** Commits at which a shallow clone ends. */
async function cutOff(root: string): Promise<ReadonlySet<string>> {
	try {
		const file = await gitAnswer(root, ['rev-parse', '--git-path', 'shallow']);
		return new Set((await readFile(resolve(root, file), 'utf8')).split('\n').filter((sha) => sha !== ''));
	} catch {
		return new Set();
	}
}

/** The newest commit of the line that is too old; undefined: none is. The tip itself: all are. */
async function lastBefore(root: string, tip: string, { since, until, signal }: CommitRange): Promise<string | undefined> {
	if (since === undefined) return undefined;
	const earliest = Date.parse(since) / 1000;
	if (Number.isNaN(earliest)) throw new Error(`Not a time: ${since}`);
	let [score, best, cut]: [number, number, string | undefined] = [0, 0, tip];
	let atBest = true;
	const look = (line: string) => {
		const [time, sha] = line.split(' ');
		if (atBest) cut = sha;
		score += Number(time) >= earliest ? 1 : -1;
		atBest = score >= best;
		if (atBest) [best, cut] = [score, undefined];
	};
	const args = ['rev-list', '--first-parent', '--timestamp', tip, ...without(until), '--'];
	for await (const lines of gitFields(root, args, { signal }, '\n')) lines.forEach(look);
	return cut;
}

function without(sha: string | undefined): string[] {
	return sha === undefined || sha === '' ? [] : [`^${sha}`];
}

/** Reads the log, field by field. */
class CommitReader {
	private fields: string[] = [];
	private changes: BlobChange[] = [];
	private differences = new DifferenceReader();

	constructor(private readonly cut: ReadonlySet<string>) {}

	/** Takes a field; returns the commit before it when the field begins another one. */
	take(field: string): HistoryCommit | undefined {
		if (this.fields.length > 0 && this.fields.length < header.length) {
			this.fields.push(field);
			return undefined;
		}
		if (field === '' || this.differences.take(field, (change) => this.changes.push(change))) return undefined;
		const done = this.end();
		this.fields = [field];
		return done;
	}

	/** The commit that was read last. */
	end(): HistoryCommit | undefined {
		if (this.fields.length < header.length) return undefined;
		const [sha = '', parents = '', author = '', written = '', committed = '', subject = '', body = ''] = this.fields;
		const changes = this.changes;
		this.fields = [];
		this.changes = [];
		const cut_off = this.cut.has(sha);
		return {
			sha,
			parents: parents.split(' ').filter((parent) => parent !== ''),
			author,
			author_time: isoTime(written),
			commit_time: isoTime(committed),
			subject,
			reverts: revertsOf(body),
			changes: cut_off ? [] : changes,
			cut_off,
		};
	}
}

function revertsOf(body: string): string[] {
	return [...new Set([...body.matchAll(/\bThis\s+reverts\s+commit\s+([0-9a-f]{7,64})\b/g)].map(([, sha = '']) => sha))];
}

/** Seconds since 1970, as git prints them, to ISO UTC; '' for what is no time. */
export function isoTime(seconds: string): string {
	const date = new Date(Number(seconds) * 1000);
	return seconds === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
