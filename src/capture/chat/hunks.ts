import { z } from 'zod';

/** One hunk of a unified diff, as assistants record it: lines start with ' ', '-', '+' or '\'. */
export const Hunk = z.object({ oldStart: z.number(), lines: z.array(z.string()) });
export type Hunk = z.infer<typeof Hunk>;

/** Applies hunks to the text they were made from; undefined when they do not fit it exactly. */
export function applyHunks(text: string, hunks: readonly Hunk[]): string | undefined {
	const lines = text.split('\n');
	const result: string[] = [];
	let next = 0;
	for (const hunk of hunks) {
		// A hunk that only adds to an empty place counts its old start one lower.
		const start = hunk.lines.some((line) => !line.startsWith('+')) ? hunk.oldStart - 1 : Math.max(hunk.oldStart - 1, next);
		if (start < next || start > lines.length) return undefined;
		result.push(...lines.slice(next, start));
		next = start;
		for (const line of hunk.lines) {
			const body = line.slice(1);
			if (line.startsWith('\\')) return undefined;
			if (line.startsWith('+')) result.push(body);
			else if (lines[next] !== body) return undefined;
			else {
				next += 1;
				if (line.startsWith(' ')) result.push(body);
			}
		}
	}
	return [...result, ...lines.slice(next)].join('\n');
}

/** Both sides of one hunk as snippets. */
export function sidesOf(hunk: Hunk): { before: string; after: string } {
	const side = (skip: string): string =>
		hunk.lines
			.filter((line) => !line.startsWith(skip) && !line.startsWith('\\'))
			.map((line) => line.slice(1))
			.join('\n');
	return { before: side('+'), after: side('-') };
}

/** Replaces a text literally, once or everywhere; undefined when it does not occur. */
export function replaceText(text: string, before: string, after: string, everywhere: boolean): string | undefined {
	if (before === '') return text === '' ? after : undefined;
	const at = text.indexOf(before);
	if (at === -1) return undefined;
	return everywhere ? text.replaceAll(before, () => after) : text.slice(0, at) + after + text.slice(at + before.length);
}
