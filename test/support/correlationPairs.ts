import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Code as a turn wrote it, and what became of it in several cases, each labelled. See the fixtures' README. */
export interface Pairs {
	/** The whole file as the turn left it, and the lines (from 1) that it wrote. */
	readonly written: string;
	readonly lines: ReadonlySet<number>;
	readonly cases: readonly {
		readonly title: string;
		readonly implemented: boolean;
		readonly files: readonly { readonly path: string; readonly text: string }[];
	}[];
}

/** `main`: what the file is called in every case. */
export function readPairs(path: string, main: string): Pairs {
	const [, head = '', ...sections] = readFileSync(path, 'utf8').split(/^--- /m);
	const rows = head.split('\n').slice(1, -1);
	const lines = new Set(rows.flatMap((row, index) => (row.startsWith('+') ? [index + 1] : [])));
	assert.ok(lines.size > 0, `${path} has no written line`);
	const cases = sections.map((section) => {
		const [title = ''] = section.split('\n', 1);
		const [first = '', ...others] = section.slice(title.length + 1).split(/^=== /m);
		const files = others.map((part) => ({ path: part.slice(0, part.indexOf('\n')), text: part.slice(part.indexOf('\n') + 1) }));
		return { title, implemented: title.startsWith('implemented:'), files: [{ path: main, text: first }, ...files] };
	});
	return { written: rows.map((row) => row.slice(1)).join('\n'), lines, cases };
}
