import { posix } from 'node:path';
import type { TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';

/** One SEARCH/REPLACE block of an answer. */
export interface AiderBlock {
	readonly path: string;
	readonly search: string;
	readonly replace: string;
}

/** What aider said of an answer's blocks. */
export interface AiderVerdict {
	/** Files it wrote. */
	readonly applied: ReadonlySet<string>;
	/** Files it asked to create. */
	readonly created: ReadonlySet<string>;
	/** Blocks that did not fit. */
	readonly failed: readonly AiderBlock[];
	/** It wrote the blocks that did fit, without naming their files. */
	readonly others: boolean;
}

const searchMark = /^<{5,9} SEARCH>?\s*$/;
const middleMark = /^={5,9}\s*$/;
const replaceMark = /^>{5,9} REPLACE\s*$/;

/** Tells line by line whether the next one stands inside a block, where nothing is a mark of the transcript. */
export class BlockFence {
	#inside = false;

	/** True when the line belongs to a block. */
	holds(line: string): boolean {
		const was = this.#inside;
		if (searchMark.test(line)) this.#inside = true;
		else if (replaceMark.test(line)) this.#inside = false;
		return was || this.#inside;
	}

	leave(): void {
		this.#inside = false;
	}
}

/** The blocks of an answer, each with the file named last above it. */
export function blocksOf(lines: readonly string[]): AiderBlock[] {
	const blocks: AiderBlock[] = [];
	let open: { path: string; search: string[]; replace: string[]; side: 'search' | 'replace' } | undefined;
	for (const [place, line] of lines.entries()) {
		if (searchMark.test(line)) open = { path: pathAbove(lines, place) ?? blocks.at(-1)?.path ?? '', search: [], replace: [], side: 'search' };
		else if (open === undefined) continue;
		else if (open.side === 'search' && middleMark.test(line)) open.side = 'replace';
		else if (replaceMark.test(line)) {
			blocks.push({ path: open.path, search: open.search.join('\n'), replace: open.replace.join('\n') });
			open = undefined;
		} else open[open.side].push(line);
	}
	return blocks;
}

/** The file named in one of the lines above a block, which may be the fence's neighbour on either side. */
function pathAbove(lines: readonly string[], place: number): string | undefined {
	for (const line of lines.slice(Math.max(place - 3, 0), place).reverse()) {
		if (line.length > 400 || replaceMark.test(line)) return undefined;
		const name = line.replace(/^[#*`\s]+|[*`:\s]+$/g, '');
		if (/^(```|~~~|<)/.test(line.trim()) || name === '') continue;
		return /^[^<>|"]{1,300}$/.test(name) && /[./\w]/.test(name) ? name : undefined;
	}
	return undefined;
}

/** The edits that stand of an answer. Of files in other edit formats only that they changed is known. */
export function aiderEdits(blocks: readonly AiderBlock[], verdict: AiderVerdict, cwd: string | undefined): TurnEdit[] {
	const told = new Set<string>();
	const edits = blocks.flatMap((block): TurnEdit[] => {
		const file = [...verdict.applied].find((path) => samePath(path, block.path));
		const failed = verdict.failed.some((one) => one.search === block.search && one.replace === block.replace);
		if (failed || (file === undefined && !verdict.others)) return [];
		told.add(file ?? block.path);
		return [editOf({ ...block, path: file ?? block.path }, verdict, cwd)];
	});
	const untold = [...verdict.applied].filter((path) => !told.has(path));
	const unknown = untold.map((path): TurnEdit => ({ ...base(path, cwd), kind: 'edit', before: null, after: null, whole: false, fidelity: 'partial' }));
	return [...edits, ...unknown];
}

function editOf({ path, search, replace }: AiderBlock, verdict: AiderVerdict, cwd: string | undefined): TurnEdit {
	if (search !== '') return { ...base(path, cwd), kind: 'edit', before: search, after: replace, whole: false, fidelity: 'arguments' };
	if (verdict.created.has(path)) return { ...base(path, cwd), kind: 'create', before: null, after: `${replace}\n`, whole: true, fidelity: 'arguments' };
	// With nothing to search for, the text is put at the end of the file.
	return { ...base(path, cwd), kind: 'edit', before: null, after: replace, whole: false, fidelity: 'partial' };
}

function base(path: string, cwd: string | undefined): Pick<TurnEdit, 'file_path' | 'state'> {
	return { file_path: absolutePath(path, cwd), state: 'applied' };
}

/** The model may leave out folders of a path; aider names it whole. */
function samePath(whole: string, named: string): boolean {
	return whole === named || whole.endsWith(`/${named}`) || posix.basename(whole) === named;
}
