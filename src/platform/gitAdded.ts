import { unquoted } from './gitBlame';
import { isoTime } from './gitCommits';
import { GitFailed, gitFields, gitText, revision } from './gitProcess';

/** Lines from 1, both within. */
export interface AddedRange {
	readonly from: number;
	readonly to: number;
}

const differenceArguments = [
	['diff-tree', '--root', '--no-commit-id', '-r', '--patch', '--unified=0', '--find-renames', '-l1000', '--diff-filter=d'],
	['--no-ext-diff', '--no-textconv', '--no-relative', '--src-prefix=a/', '--dst-prefix=b/', '-O/dev/null'],
].flat();

/** The lines that a commit added, by path: those that blame gives to it. A merge adds none. Throws GitFailed when the commit is unknown. */
export async function addedLines(root: string, commit: string, signal?: AbortSignal): Promise<Map<string, AddedRange[]>> {
	const added = new Map<string, AddedRange[]>();
	let path = '';
	/** Lines of the hunk at hand that are still to come; they may look like anything. */
	let left = 0;
	for await (const lines of gitFields(root, [...differenceArguments, revision(commit)], { signal }, '\n'))
		for (const line of lines) {
			if (left > 0) {
				if (!line.startsWith('\\')) left--;
				continue;
			}
			if (line.startsWith('+++ ')) path = unquoted(line.slice(4).replace(/\t$/, '')).replace(/^b\//, '');
			const [, removed = '1', from, count = '1'] = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
			if (from === undefined) continue;
			left = Number(removed) + Number(count);
			if (Number(count) > 0) added.set(path, [...(added.get(path) ?? []), { from: Number(from), to: Number(from) + Number(count) - 1 }]);
		}
	return added;
}

export interface NamedCommit {
	readonly sha: string;
	/** ISO UTC; '' when it cannot be read. */
	readonly at: string;
	/** `Name <address>` of the committer. */
	readonly committer: string;
}

/** The commit that a name stands for; undefined when there is none. */
export async function commitNamed(root: string, name: string): Promise<NamedCommit | undefined> {
	return (await commitsOf(root, ['--max-count=1', `${revision(name)}^{commit}`]))?.[0];
}

/** The commits of `A..B`, or all that a single name builds on, without merges, newest first. undefined: git knows no such range. */
export function commitsOfRange(root: string, range: string): Promise<NamedCommit[] | undefined> {
	return commitsOf(root, ['--no-merges', revision(range)]);
}

const logArguments = ['log', '--no-show-signature', '--no-notes', '--no-patch', '--encoding=UTF-8', '--format=%H%x00%ct%x00%cn <%ce>'];

async function commitsOf(root: string, args: readonly string[]): Promise<NamedCommit[] | undefined> {
	try {
		const text = await gitText(root, [...logArguments, ...args, '--']);
		return text.split('\n').flatMap((line) => {
			const [sha = '', seconds = '', committer = ''] = line.split('\0');
			return sha === '' ? [] : [{ sha, at: isoTime(seconds), committer }];
		});
	} catch (cause) {
		if (cause instanceof GitFailed && /bad revision|unknown revision|bad object|ambiguous argument|does not have any commits/i.test(cause.stderr))
			return undefined;
		throw cause;
	}
}
