import { replaceText } from './hunks';

/** One file of an `apply_patch` text. */
export interface PatchedFile {
	readonly path: string;
	readonly kind: 'create' | 'edit' | 'delete';
	readonly movedTo: string | undefined;
	/** Old and new side of each chunk; a created file has one chunk without an old side. */
	readonly chunks: readonly { readonly before: string; readonly after: string }[];
}

/**
 * Reads the patch format that models write: `*** Begin Patch`, `*** Add|Update|Delete File: p`, `*** Move to: p`,
 * `@@ place`, lines with ' ', '-' or '+', `*** End Patch`. What stands outside of a file is left out.
 */
export function parsePatchText(text: string): PatchedFile[] {
	const files: { path: string; kind: PatchedFile['kind']; movedTo: string | undefined; chunks: string[][] }[] = [];
	for (const line of text.split(/\r?\n/)) {
		const head = /^\*\*\* (Add|Update|Delete) File: (.+?)\s*$/.exec(line);
		const file = files.at(-1);
		if (head !== null) files.push({ path: head[2] ?? '', kind: kinds[head[1] ?? ''] ?? 'edit', movedTo: undefined, chunks: [] });
		else if (file === undefined) continue;
		else if (line.startsWith('*** Move to: ')) file.movedTo = line.slice('*** Move to: '.length).trim();
		else if (line.startsWith('@@')) file.chunks.push([]);
		else if (line.startsWith('***')) continue;
		else if (/^[ +-]/.test(line) || line === '') {
			if (file.chunks.length === 0) file.chunks.push([]);
			file.chunks.at(-1)?.push(line);
		}
	}
	return files.map((file) => ({ ...file, chunks: file.chunks.map(sides).filter((chunk) => chunk.before !== '' || chunk.after !== '') }));
}

const kinds: Readonly<Record<string, PatchedFile['kind']>> = { Add: 'create', Update: 'edit', Delete: 'delete' };

function sides(lines: readonly string[]): { before: string; after: string } {
	// A blank line at the end belongs to the layout of the patch.
	const last = lines.findLastIndex((line) => line !== '');
	const body = lines.slice(0, last + 1);
	const side = (skip: string): string =>
		body
			.filter((line) => !line.startsWith(skip))
			.map((line) => line.slice(1))
			.join('\n');
	return { before: side('+'), after: side('-') };
}

/** The file after the patch; undefined when a chunk does not fit. */
export function applyPatchedFile(before: string, file: PatchedFile): string | undefined {
	if (file.kind === 'create') return file.chunks.map((chunk) => `${chunk.after}\n`).join('');
	let text: string | undefined = before;
	for (const chunk of file.chunks) text = text === undefined ? undefined : replaceText(text, chunk.before, chunk.after, false);
	return text;
}
