import type { IndexReport } from '../core/api';

/** Counts of one indexing. */
export class Tally {
	filesSeen = 0;
	filesIndexed = 0;
	filesUnchanged = 0;
	filesRemoved = 0;
	chunks = 0;
	chunksEmbedded = 0;
	chunksRemoved = 0;
	/** Files whose chunks changed. */
	readonly touched = new Set<string>();
	private readonly skips = new Map<string, { count: number; example: string }>();

	skip(path: string, reason: string): void {
		const entry = this.skips.get(reason) ?? { count: 0, example: path };
		this.skips.set(reason, { ...entry, count: entry.count + 1 });
	}

	report(seconds: number, notes: string[]): IndexReport {
		const skipped = [...this.skips].map(([reason, { count, example }]) => ({ reason, count, example })).sort((a, b) => b.count - a.count);
		return {
			files_seen: this.filesSeen,
			files_indexed: this.filesIndexed,
			files_unchanged: this.filesUnchanged,
			files_removed: this.filesRemoved,
			files_skipped: skipped.reduce((sum, entry) => sum + entry.count, 0),
			chunks: this.chunks,
			chunks_embedded: this.chunksEmbedded,
			chunks_removed: this.chunksRemoved,
			seconds: Math.round(seconds * 100) / 100,
			skipped,
			notes,
		};
	}
}
