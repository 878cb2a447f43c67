/** Lines `from` to `to`, from 1, both within. */
export interface LineRange {
	readonly from: number;
	readonly to: number;
}

/** In order, those that touch or overlap joined. */
export function normalised(ranges: readonly LineRange[]): LineRange[] {
	const joined: { from: number; to: number }[] = [];
	for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
		else joined.push({ from, to });
	}
	return joined;
}

/** The parts of the ranges that lie in the others. */
export function within(ranges: readonly LineRange[], others: readonly LineRange[]): LineRange[] {
	const bounds = normalised(others);
	return ranges.flatMap(({ from, to }) =>
		bounds.flatMap((bound) => {
			const part = { from: Math.max(from, bound.from), to: Math.min(to, bound.to) };
			return part.from <= part.to ? [part] : [];
		}),
	);
}

/** The parts of the ranges that lie in none of the others. */
export function without(ranges: readonly LineRange[], others: readonly LineRange[]): LineRange[] {
	const bounds = normalised(others);
	return ranges.flatMap((range) => {
		const left: LineRange[] = [];
		let from = range.from;
		for (const bound of bounds) {
			if (bound.to < from || bound.from > range.to) continue;
			if (bound.from > from) left.push({ from, to: bound.from - 1 });
			from = bound.to + 1;
		}
		if (from <= range.to) left.push({ from, to: range.to });
		return left;
	});
}

export function countOf(ranges: readonly LineRange[]): number {
	return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** `1-4,9`: as git-ai's notes write them. */
export function formatRanges(ranges: readonly LineRange[]): string {
	return normalised(ranges)
		.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`))
		.join(',');
}

/** undefined: something else than lines counted from 1. */
export function parseRanges(text: string): LineRange[] | undefined {
	const ranges: LineRange[] = [];
	for (const part of text.split(',')) {
		const [, first, last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
		const [from, to] = [Number(first), Number(last)];
		if (first === undefined || from < 1 || to < from) return undefined;
		ranges.push({ from, to });
	}
	return ranges;
}
