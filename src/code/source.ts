/** A file as rows, counted from 0. */
export interface Source {
	readonly lines: readonly string[];
	/** Characters in rows `from` to `to`, both included. */
	size(from: number, to: number): number;
	isBlank(row: number): boolean;
}

/** Rows end at line feeds, as git and the parser count them; a carriage return before one is left out of the row. */
export function sourceOf(text: string): Source {
	const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
	const before = new Float64Array(lines.length + 1);
	lines.forEach((line, row) => (before[row + 1] = (before[row] ?? 0) + line.length + 1));
	return {
		lines,
		size: (from, to) => (before[to + 1] ?? 0) - (before[from] ?? 0),
		isBlank: (row) => (lines[row] ?? '').trim() === '',
	};
}
