import type { LineCounts } from '../core/attribution';

/** What became of lines: `3 kept, 1 deleted of 4 lines`. */
export function countsText(counts: LineCounts): string {
	const kinds = ['kept', 'reformatted', 'moved', 'changed', 'rewritten', 'deleted'] as const;
	const parts = kinds.flatMap((kind) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${kind}`]));
	return `${parts.join(', ')} of ${counts.written} lines`;
}
