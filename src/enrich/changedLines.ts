import { diffLines } from 'diff';

/** 1-based, inclusive. */
export interface LineRange {
	readonly start: number;
	readonly end: number;
}

/** Where two texts differ. */
export interface LineChanges {
	/** Lines of the later text that the earlier one had not. */
	readonly added: readonly LineRange[];
	/** Lines of the earlier text that the later one has no more. */
	readonly removed: readonly LineRange[];
	/** Lines of the later text before which lines went without replacement; one behind its last for its end. */
	readonly gaps: readonly number[];
}

/** Compares by lines. White space at line ends is not a difference, nor is a missing last line break. */
export function changedLines(before: string, after: string): LineChanges {
	const [old, now] = [normal(before), normal(after)];
	const parts = diffLines(old, now, { maxEditLength: mostDifferences });
	if (parts === undefined) return replaced(old.split('\n'), now.split('\n'));
	const added: LineRange[] = [];
	const removed: LineRange[] = [];
	const gaps: number[] = [];
	let [oldLine, newLine] = [1, 1];
	for (const [index, part] of parts.entries()) {
		if (part.removed) {
			removed.push({ start: oldLine, end: oldLine + part.count - 1 });
			if (parts[index + 1]?.added !== true && parts[index - 1]?.added !== true) gaps.push(newLine);
		}
		if (part.added) added.push({ start: newLine, end: newLine + part.count - 1 });
		if (!part.added) oldLine += part.count;
		if (!part.removed) newLine += part.count;
	}
	return { added, removed, gaps };
}

/** Texts that differ in more lines are compared by their first and last lines alone: an exact comparison takes time that grows with the square of it. */
const mostDifferences = 2000;

function replaced(before: readonly string[], after: readonly string[]): LineChanges {
	const shorter = Math.min(before.length, after.length);
	let head = 0;
	while (head < shorter && before[head] === after[head]) head++;
	let tail = 0;
	while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
	const middle = (lines: readonly string[]) => (lines.length - tail > head ? [{ start: head + 1, end: lines.length - tail }] : []);
	const added = middle(after);
	return { added, removed: middle(before), gaps: added.length === 0 ? [head + 1] : [] };
}

function normal(text: string): string {
	const lines = text.replace(/[ \t\r]+$/gm, '');
	return lines === '' || lines.endsWith('\n') ? lines : `${lines}\n`;
}
