import type { Hunk } from './hunks';

/**
 * The hunks of a unified diff of one file. Lines before the first `@@` are left out.
 * The counts in a hunk's head say where it ends, so that a removed line that starts with `--` is not taken for a file's head.
 */
export function hunksOfDiff(diff: string): Hunk[] {
	const hunks: { oldStart: number; lines: string[] }[] = [];
	let olds = 0;
	let news = 0;
	for (const line of diff.split('\n')) {
		const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
		if (olds <= 0 && news <= 0 && head !== null) {
			hunks.push({ oldStart: Number(head[1]), lines: [] });
			olds = Number(head[2] ?? 1);
			news = Number(head[3] ?? 1);
			continue;
		}
		const hunk = hunks.at(-1);
		if (hunk === undefined) continue;
		if (line.startsWith('\\')) hunk.lines.push(line);
		if (olds <= 0 && news <= 0) continue;
		// An empty context line may have lost its blank.
		const body = line === '' ? ' ' : line;
		if (!/^[ +-]/.test(body)) continue;
		if (!body.startsWith('+')) olds -= 1;
		if (!body.startsWith('-')) news -= 1;
		hunk.lines.push(body);
	}
	return hunks;
}
