import { diffLines } from 'diff';

/** 1-based, inclusive lines of the later text. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

/**
 * Where the later text differs from the earlier one. A pure deletion is the two lines around the gap,
 * or one at the edge of the file. White space at line ends is not a difference.
 */
export function changedLines(before: string, after: string): LineRange[] {
	const ranges: LineRange[] = [];
	let line = 1;
	let removed = false;
	for (const part of diffLines(normal(before), normal(after))) {
		if (part.removed) {
			removed = true;
			continue;
		}
		const count = part.count;
		if (part.added) ranges.push({ start: line, end: line + count - 1 });
		else if (removed && !(ranges.at(-1)?.end === line - 1)) ranges.push({ start: Math.max(1, line - 1), end: line });
		removed = false;
		line += count;
	}
	if (removed && ranges.at(-1)?.end !== line - 1 && line > 1) ranges.push({ start: line - 1, end: line - 1 });
	return ranges;
}

const normal = (text: string) => text.replace(/[ \t\r]+$/gm, '');
