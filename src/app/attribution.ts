import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Likeness } from '../attribute/matchLines';
import { matchLines } from '../attribute/matchLines';
import type { Said } from '../attribute/said';
import { linesOf, said } from '../attribute/said';
import type { CallOptions } from '../core/api';
import type { LineState } from '../core/attribution';
import type { Place } from '../platform/repositories';
import type { HunkLine, StoredHunk } from '../store/sqlite/hunkStore';
import type { Fingerprints } from './fingerprints';

/** Who wrote a line of a file, and how it came to stand there. */
export interface LineAuthor {
	readonly hunk: StoredHunk;
	/** The line as its author wrote it, and its index among what was added there. */
	readonly written: HunkLine;
	readonly index: number;
	readonly state: LineState;
}

export interface FileAttribution {
	readonly path: string;
	readonly lines: readonly Said[];
	/** By index of the line. Lines that are missing have no known author. */
	readonly authors: ReadonlyMap<number, LineAuthor>;
}

/** A print that more places wrote says nothing about where a line came from. */
const mostWriters = 12;
/** Hunks from other files that are looked at for one file. */
const mostElsewhere = 60;
/** A single line found in another file counts only if it is this long, in words and marks. */
const tellingLength = 14;

/** Tells who wrote the lines of a file as it stands, by what they say. */
export class Attribution {
	constructor(private readonly prints: Fingerprints) {}

	/** `text` is the file's text, `formerly` the paths it had before. */
	async file(
		place: Pick<Place, 'repo_id' | 'tree'>,
		path: string,
		text: string,
		formerly: readonly string[] = [],
		options: CallOptions = {},
	): Promise<FileAttribution> {
		await this.prints.catchUp(options);
		return this.match(place, path, linesOf(text).map(said), formerly, (other) => textIn(place.tree.root, other));
	}

	ofPaths(repoId: string, paths: readonly string[]): StoredHunk[] {
		return this.prints.hunks.ofPaths(repoId, paths);
	}

	/** The same for any state of the tree, whose other files `read` gives. Fingerprints must be up to date. `until`: what was written later does not count. */
	match(
		place: Pick<Place, 'repo_id'>,
		path: string,
		lines: readonly Said[],
		formerly: readonly string[],
		read: (path: string) => string | undefined,
		until?: string,
	): FileAttribution {
		const inTime = (hunk: StoredHunk) => until === undefined || hunk.at <= until;
		const own = this.prints.hunks.ofPaths(place.repo_id, [path, ...formerly]).filter(inTime);
		const first = match(lines, own, own.length);
		const open = lines.flatMap((line, index) => (line.telling && !first.has(index) ? [line.print] : []));
		const elsewhere = this.elsewhere(place.repo_id, open, new Set(own.map((hunk) => hunk.n))).filter(inTime);
		const hunks = [...own, ...elsewhere];
		const found = elsewhere.length === 0 ? first : match(lines, hunks, own.length);
		return { path, lines, authors: this.withStates(found, hunks, own.length, lines, new Homes(read)) };
	}

	/** Hunks of other files that wrote these lines, those first that wrote most of them. */
	private elsewhere(repoId: string, prints: readonly number[], known: ReadonlySet<number>): StoredHunk[] {
		const hits = new Map<number, number>();
		for (const print of new Set(prints)) {
			const writers = this.prints.hunks.withPrint(repoId, print, 1, mostWriters + 1);
			if (writers.length <= mostWriters) for (const hunk of writers) if (!known.has(hunk)) hits.set(hunk, (hits.get(hunk) ?? 0) + 1);
		}
		const best = [...hits].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, mostElsewhere);
		return this.prints.hunks.byNumber(best.map(([hunk]) => hunk));
	}

	private withStates(
		found: ReturnType<typeof match>,
		hunks: readonly StoredHunk[],
		own: number,
		lines: readonly Said[],
		homes: Homes,
	): Map<number, LineAuthor> {
		const authors = new Map<number, LineAuthor>();
		const blocks = blocksOf(found, lines);
		for (const [index, { claim, line, how }] of found) {
			const hunk = hunks[claim];
			const written = hunk?.added[line];
			if (hunk === undefined || written === undefined) continue;
			const state = claim < own ? stateAtHome(how) : stateElsewhere(hunk, blocks.get(index) ?? [], homes);
			if (state !== undefined) authors.set(index, { hunk, written, index: line, state });
		}
		return authors;
	}
}

function match(lines: readonly Said[], hunks: readonly StoredHunk[], own: number) {
	const claims = hunks.map((hunk, index) => ({ id: hunk.n, home: index < own, weak: hunk.weak, at: hunk.at, lines: hunk.added }));
	return matchLines(lines, claims);
}

function stateAtHome(how: Likeness): LineState {
	if (how === 'same') return 'kept';
	return how === 'layout' ? 'reformatted' : 'extended';
}

/** The telling lines of the block of one claim that a line stands in; blank lines do not part a block. */
function blocksOf(found: ReturnType<typeof match>, lines: readonly Said[]): Map<number, readonly Said[]> {
	const blocks = new Map<number, readonly Said[]>();
	let open: { claim: number; lines: Said[] } | undefined;
	for (const [index, line] of lines.entries()) {
		if (line.print === 0) continue;
		const claim = found.get(index)?.claim;
		if (claim === undefined) open = undefined;
		else {
			if (open?.claim !== claim) open = { claim, lines: [] };
			if (line.telling) open.lines.push(line);
			blocks.set(index, open.lines);
		}
	}
	return blocks;
}

/**
 * What one line says may be said twice by chance, so a single line counts only where its own file no longer has it.
 * undefined: who wrote it is not known.
 */
function stateElsewhere(hunk: StoredHunk, block: readonly Said[], homes: Homes): LineState | undefined {
	const atHome = block.some((line) => homes.has(hunk.path, line.print));
	if (block.length > 1) return atHome ? 'copied' : 'moved';
	return !atHome && (block[0]?.words.length ?? 0) >= tellingLength ? 'moved' : undefined;
}

/** What the files say into which lines were written. */
class Homes {
	private readonly known = new Map<string, ReadonlySet<number>>();

	constructor(private readonly read: (path: string) => string | undefined) {}

	has(path: string, print: number): boolean {
		const known = this.known.get(path) ?? new Set(linesOf(this.read(path) ?? '').map((line) => said(line).print));
		this.known.set(path, known);
		return known.has(print);
	}
}

/** Text of a file of the tree; undefined when there is none. */
export function textIn(root: string, path: string): string | undefined {
	try {
		return readFileSync(join(root, path), 'utf8');
	} catch {
		return undefined;
	}
}
