import { BlobReader } from '../platform/blobReader';
import { commits } from '../platform/gitCommits';
import type { HistoryCommit } from '../platform/gitCommits';
import type { CallOptions } from '../core/api';
import { printsOf } from './treeIndex';

/** A commit on the way to HEAD. */
export interface MainCommit {
	/** 0 for the oldest that was read. */
	readonly place: number;
	readonly sha: string;
	/** ISO UTC. */
	readonly at: string;
	readonly isRevert: boolean;
	/** Files that it left with another text; none when they are many. */
	readonly paths: readonly string[];
}

/** A commit of more files tells little of where one line went. */
const mostPaths = 300;

interface Life {
	/** How often the line stands in the tree, more than when reading began. */
	standing: number;
	born: number;
	died: number;
}

/** When lines came into the history of HEAD, and when they went: the commits are compared, so it needs no note from the time of a commit. */
export class Mainline {
	private readonly commits: MainCommit[] = [];
	private readonly lives = new Map<number, Life>();

	private constructor(private readonly wanted: { has(print: number): boolean }) {}

	/** Reads the line of first parents, oldest first, for the prints that are wanted. */
	static async read(root: string, wanted: { has(print: number): boolean }, { signal, onProgress }: CallOptions = {}): Promise<Mainline> {
		const line = new Mainline(wanted);
		const blobs = new BlobReader(root);
		try {
			for await (const commit of commits(root, { ...(signal && { signal }) })) {
				await line.take(commit, blobs);
				if (line.commits.length % 50 === 0) onProgress?.({ step: 'Reading the history', done: line.commits.length });
			}
		} finally {
			await blobs.close();
		}
		return line;
	}

	/** The first commit that holds the line; undefined when none does. */
	bornIn(print: number): MainCommit | undefined {
		return this.commits[this.lives.get(print)?.born ?? -1];
	}

	/** The commit that took the line out for good; undefined while it stands, or when it was never there. */
	diedIn(print: number): MainCommit | undefined {
		const life = this.lives.get(print);
		return life === undefined || life.standing > 0 ? undefined : this.commits[life.died];
	}

	stands(print: number): boolean {
		return (this.lives.get(print)?.standing ?? 0) > 0;
	}

	/** How many commits were read. */
	get length(): number {
		return this.commits.length;
	}

	private async take(commit: HistoryCommit, blobs: BlobReader) {
		const place = this.commits.length;
		this.commits.push({
			place,
			sha: commit.sha,
			at: commit.author_time === '' ? commit.commit_time : commit.author_time,
			isRevert: commit.reverts.length > 0,
			paths: commit.changes.length > mostPaths ? [] : commit.changes.flatMap(({ path, new_blob }) => (new_blob === '' ? [] : [path])),
		});
		const change = new Map<number, number>();
		const count = async (blob: string, by: 1 | -1) => {
			const text = blob === '' ? undefined : await blobs.read(blob);
			if (text !== undefined) for (const print of printsOf(text)) if (print > 0 && this.wanted.has(print)) change.set(print, (change.get(print) ?? 0) + by);
		};
		// Asked for at once: the answers come through one pipe.
		await Promise.all(commit.changes.flatMap(({ old_blob, new_blob }) => (old_blob === new_blob ? [] : [count(old_blob, -1), count(new_blob, 1)])));
		for (const [print, by] of change) if (by !== 0) this.note(print, by, place);
	}

	private note(print: number, by: number, place: number) {
		const life = this.lives.get(print) ?? { standing: 0, born: -1, died: -1 };
		const before = life.standing;
		// A line that was there before reading began may go without having come.
		life.standing = Math.max(0, before + by);
		if (before === 0 && life.standing > 0 && life.born < 0) life.born = place;
		if (before > 0 && life.standing === 0) life.died = place;
		this.lives.set(print, life);
	}
}
