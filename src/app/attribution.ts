import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Likeness, Match } from '../attribute/matchLines';
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
	/** The same, of the last one that was joined into this line. */
	readonly last: number;
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
/** Other files that are looked at for one file. */
const mostSources = 5;
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
		const atHome = match(lines, own, own.length);
		const authors = authorsOf(atHome, own, ({ how }) => stateAtHome(how));
		// What stands here for want of better knowledge may be known better elsewhere.
		const open = lines.flatMap((line, index) => (line.telling && authors.get(index)?.hunk.weak !== false ? [line.print] : []));
		const elsewhere = this.elsewhere(place.repo_id, open, own).filter(inTime);
		if (elsewhere.length === 0) return { path, lines, authors };
		const hunks = [...own, ...elsewhere];
		const found = match(lines, hunks, own.length);
		const blocks = blocksOf(found, hunks, own.length, lines);
		const homes = new Homes(read);
		const all = authorsOf(found, hunks, ({ claim, how }, index) => (claim < own.length ? stateAtHome(how) : stateElsewhere(blocks.get(index) ?? [], homes)));
		for (const [index, author] of authors) if (!all.has(index)) all.set(index, author);
		return { path, lines, authors: all };
	}

	/** Hunks of other files that wrote these lines, those first that wrote most of them, then the others of the same files. */
	private elsewhere(repoId: string, prints: readonly number[], own: readonly StoredHunk[]): StoredHunk[] {
		const known = new Set(own.map((hunk) => hunk.n));
		const hits = new Map<number, number>();
		for (const print of new Set(prints)) {
			const writers = this.prints.hunks.withPrint(repoId, print, 1, mostWriters + 1);
			if (writers.length <= mostWriters) for (const hunk of writers) if (!known.has(hunk)) hits.set(hunk, (hits.get(hunk) ?? 0) + 1);
		}
		const best = [...hits].sort((a, b) => b[1] - a[1] || b[0] - a[0]).slice(0, mostElsewhere);
		const found = this.prints.hunks.byNumber(best.map(([hunk]) => hunk));
		for (const hunk of found) known.add(hunk.n);
		// Of a file that was renamed and laid out anew some lines are left as they were, and tell where to look for the others.
		const paths = new Set(found.map((hunk) => hunk.path));
		const others = this.prints.hunks.ofPaths(repoId, [...paths].slice(0, mostSources)).filter((hunk) => !known.has(hunk.n));
		return [...found, ...others.slice(-mostElsewhere)];
	}
}

type Found = ReturnType<typeof matchLines>;

function authorsOf(found: Found, hunks: readonly StoredHunk[], stateOf: (match: Match, index: number) => LineState | undefined): Map<number, LineAuthor> {
	const authors = new Map<number, LineAuthor>();
	for (const [index, match] of found) {
		const hunk = hunks[match.claim];
		const written = hunk?.added[match.line];
		const state = stateOf(match, index);
		if (hunk !== undefined && written !== undefined && state !== undefined) authors.set(index, { hunk, written, index: match.line, last: match.last, state });
	}
	return authors;
}

function match(lines: readonly Said[], hunks: readonly StoredHunk[], own: number) {
	const claims = hunks.map((hunk, index) => ({
		id: hunk.n,
		home: index < own,
		weak: hunk.weak,
		at: hunk.at,
		lines: hunk.added,
		above: hunk.above,
		below: hunk.below,
	}));
	return matchLines(lines, claims);
}

function stateAtHome(how: Likeness): LineState {
	if (how === 'same') return 'kept';
	return how === 'layout' ? 'reformatted' : 'extended';
}

interface Foreign {
	readonly home: string;
	readonly written: HunkLine;
}

/** The telling lines of the block out of one other file that a line stands in; blank lines and brackets of nobody do not part a block. */
function blocksOf(found: Found, hunks: readonly StoredHunk[], own: number, lines: readonly Said[]): Map<number, readonly Foreign[]> {
	const blocks = new Map<number, readonly Foreign[]>();
	let open: { home: string; lines: Foreign[] } | undefined;
	for (const [index, line] of lines.entries()) {
		const match = found.get(index);
		if (line.print === 0 || (match === undefined && !line.telling)) continue;
		const hunk = match === undefined || match.claim < own ? undefined : hunks[match.claim];
		const written = hunk?.added[match?.line ?? -1];
		if (hunk === undefined || written === undefined) open = undefined;
		else {
			if (open?.home !== hunk.path) open = { home: hunk.path, lines: [] };
			if (written.telling) open.lines.push({ home: hunk.path, written });
			blocks.set(index, open.lines);
		}
	}
	return blocks;
}

/**
 * What one line says may be said twice by chance, so a single line counts only where its own file no longer has it.
 * undefined: who wrote it is not known.
 */
function stateElsewhere(block: readonly Foreign[], homes: Homes): LineState | undefined {
	const atHome = block.some(({ home, written }) => homes.has(home, written.print));
	if (new Set(block.map(({ written }) => written.print)).size > 1) return atHome ? 'copied' : 'moved';
	return !atHome && (block[0]?.written.words.length ?? 0) >= tellingLength ? 'moved' : undefined;
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
