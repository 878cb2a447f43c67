import { extname } from 'node:path';
import { correlate } from '../attribute/correlate';
import { likeness, linesOf, said } from '../attribute/said';
import type { LineCounts, LineState } from '../core/attribution';
import type { FateOfLine, FileFate } from '../core/outcome';
import type { SyntaxUnit } from '../core/syntax';
import type { Turn } from '../core/turn';
import type { HunkLine, StoredHunk } from '../store/sqlite/hunkStore';
import { textIn } from './attribution';
import type { AppPorts } from './ports';
import type { TreeIndex } from './treeIndex';

/** A line of a turn that stands in the tree. */
export interface Standing {
	readonly hunk: number;
	/** Index among the hunk's added lines. */
	readonly index: number;
	readonly path: string;
	/** From 1. */
	readonly line: number;
	readonly state: LineState;
}

/** A telling line that a turn wrote, and what became of it. */
export interface LineFate {
	readonly hunk: StoredHunk;
	readonly written: HunkLine;
	readonly fate: FateOfLine;
	readonly at?: { readonly file_path: string; readonly line: number };
}

export interface TurnFates {
	readonly lines: readonly LineFate[];
	/** What syntax says of how much is still there, 0 to 1; undefined where nothing had to be asked or there is no grammar. */
	readonly share?: number;
	/** Telling lines that the turn took out, and how many of them are back. */
	readonly removed: number;
	readonly restored: number;
}

/** Of so many words the same, a line was rewritten, not deleted. */
const rewrittenFrom = 0.4;

/** Tells what became of the lines of one turn in a tree, from where its lines stand. */
export class LineFates {
	private readonly units = new Map<string, readonly SyntaxUnit[] | undefined>();

	constructor(
		private readonly ports: AppPorts,
		private readonly tree: TreeIndex,
		/** Today's path of a file of the past. */
		private readonly pathNow: (path: string) => string,
		/** Files that changed when lines of these prints went: what they became may stand there. */
		private readonly changedWith: (prints: readonly number[]) => readonly string[],
	) {}

	async of(turn: Turn, hunks: readonly StoredHunk[], standing: readonly Standing[]): Promise<TurnFates> {
		const places = placesOf(standing);
		const lines: LineFate[] = [];
		const shares: { share: number; weight: number }[] = [];
		let [removed, restored] = [0, 0];
		for (const ofEdit of byEdit(hunks)) {
			const back = new Set(ofEdit.filter((hunk) => this.isReverted(hunk, places)));
			const doubtful = this.unmatched(ofEdit, places).filter(({ hunk }) => !back.has(hunk));
			const related = doubtful.length === 0 ? undefined : await this.correlated(turn, ofEdit, standing, doubtful);
			if (related !== undefined) shares.push({ share: related.share, weight: tellingLines(ofEdit) });
			else if (back.size > 0 || doubtful.length === 0) shares.push({ share: keptShare(ofEdit, places), weight: tellingLines(ofEdit) });
			// Read for the first line that is gone, and once for all of them.
			let read: readonly string[] | undefined;
			const newLines = () => (read ??= ofEdit[0] === undefined ? [] : this.newLines(turn, ofEdit[0]));
			for (const hunk of ofEdit) {
				const outOfOrder = this.isOutOfOrder(hunk, places);
				lines.push(
					...hunk.added.flatMap((line, index) =>
						line.telling ? [this.fateOf(hunk, line, index, { newLines, places, back, outOfOrder, changed: related?.changed })] : [],
					),
				);
				const gone = hunk.removed.filter((line) => line.telling);
				removed += gone.length;
				restored += this.standingAgain(hunk);
			}
		}
		const weight = shares.reduce((sum, one) => sum + one.weight, 0);
		const anyCorrelated = shares.length > 0 && weight > 0;
		return { lines, removed, restored, ...(anyCorrelated && { share: shares.reduce((sum, one) => sum + one.share * one.weight, 0) / weight }) };
	}

	private fateOf(
		hunk: StoredHunk,
		written: HunkLine,
		index: number,
		known: {
			newLines: () => readonly string[];
			places: Places;
			back: ReadonlySet<StoredHunk>;
			outOfOrder: boolean;
			changed: ReadonlyMap<number, LineFate['at']> | undefined;
		},
	): LineFate {
		const place = known.places.get(key(hunk.n, index));
		if (place !== undefined)
			return { hunk, written, fate: place.state === 'kept' && known.outOfOrder ? 'moved' : place.state, at: { file_path: place.path, line: place.line } };
		if (known.back.has(hunk)) return { hunk, written, fate: 'deleted' };
		if (known.changed?.has(written.line) === true) {
			const at = known.changed.get(written.line);
			return { hunk, written, fate: 'changed', ...(at !== undefined && { at }) };
		}
		return { hunk, written, fate: known.newLines().some((words) => likeness(words, written.words) >= rewrittenFrom) ? 'rewritten' : 'deleted' };
	}

	private unmatched(hunks: readonly StoredHunk[], places: Places): Unmatched[] {
		return hunks.flatMap((hunk) => hunk.added.flatMap((line, index) => (line.telling && !places.has(key(hunk.n, index)) ? [{ hunk, line }] : [])));
	}

	/** What it took out stands there again, and nothing of what it wrote does. */
	private isReverted(hunk: StoredHunk, places: Places): boolean {
		const gone = hunk.removed.filter((line) => line.telling).length;
		if (gone === 0 || this.standingAgain(hunk) < gone * 0.8) return false;
		return hunk.added.every((line, index) => !line.telling || !places.has(key(hunk.n, index)));
	}

	private standingAgain(hunk: StoredHunk): number {
		const prints = new Set(this.tree.prints(this.pathNow(hunk.path)));
		return hunk.removed.filter((line) => line.telling && prints.has(line.print)).length;
	}

	/** The lines that stood round it now stand on its other side: it was moved within its file. */
	private isOutOfOrder(hunk: StoredHunk, places: Places): boolean {
		const found = hunk.added.flatMap((_line, index) => places.get(key(hunk.n, index)) ?? []);
		const [first] = found;
		if (first === undefined || found.some(({ path }) => path !== first.path)) return false;
		const prints = this.tree.prints(first.path);
		const [from, to] = [Math.min(...found.map(({ line }) => line)), Math.max(...found.map(({ line }) => line))];
		const [above, below] = [onlyLine(prints, hunk.above), onlyLine(prints, hunk.below)];
		return (above !== undefined && above > to) || (below !== undefined && below < from);
	}

	private async correlated(turn: Turn, hunks: readonly StoredHunk[], standing: readonly Standing[], unmatched: readonly Unmatched[]) {
		const [first] = hunks;
		const edit = turn.edits[first?.edit ?? -1];
		if (first === undefined || edit?.after === undefined || edit.after === null) return undefined;
		const written = await this.ports.chunker.units(edit.file_path, edit.after);
		if (written === undefined) return undefined;
		const own = new Set(hunks.map(({ n }) => n));
		const paths = new Set([this.pathNow(edit.file_path), ...standing.filter(({ hunk }) => own.has(hunk)).map(({ path }) => path)]);
		const alike = this.changedWith(unmatched.map(({ line }) => line.print)).filter((path) => extname(path) === extname(edit.file_path));
		for (const path of alike.sort((a, b) => nearness(b, edit.file_path) - nearness(a, edit.file_path))) paths.add(path);
		const now = [];
		for (const path of [...paths].slice(0, mostFiles)) now.push({ path, units: (await this.unitsOf(path)) ?? [] });
		const { share, units } = correlate({ units: written, lines: new Set(hunks.flatMap(({ added }) => added.map(({ line }) => line))) }, now);
		if (units.length === 0) return undefined;
		const changed = new Map<number, LineFate['at']>();
		for (const unit of units)
			if (unit.fate !== 'gone' && unit.similarity >= 0.5)
				for (let line = unit.start_line; line <= unit.end_line; line++)
					changed.set(line, unit.at === undefined ? undefined : { file_path: unit.at.path, line: unit.at.start_line });
		return { share, changed };
	}

	private async unitsOf(path: string): Promise<readonly SyntaxUnit[] | undefined> {
		if (this.units.has(path)) return this.units.get(path);
		const text = textIn(this.tree.root, path);
		const units = text === undefined ? undefined : await this.ports.chunker.units(path, text);
		const [oldest] = this.units.keys();
		if (this.units.size >= mostUnits && oldest !== undefined) this.units.delete(oldest);
		this.units.set(path, units);
		return units;
	}

	/** What an edit's file says now that the turn did not find or leave there, by line. */
	private newLines(turn: Turn, { path, edit }: StoredHunk): string[] {
		const text = textIn(this.tree.root, this.pathNow(path));
		if (text === undefined) return [];
		const { before, after } = turn.edits[edit] ?? {};
		const known = new Set(linesOf(`${before ?? ''}\n${after ?? ''}`).map((line) => said(line).print));
		return linesOf(text)
			.map(said)
			.flatMap(({ telling, print, words }) => (telling && !known.has(print) ? [words] : []));
	}
}

interface Unmatched {
	readonly hunk: StoredHunk;
	readonly line: HunkLine;
}

/** Files in which the code of one edit is looked for. */
const mostFiles = 8;
const mostUnits = 60;

/** How many folders two paths share. */
function nearness(one: string, other: string): number {
	const [a, b] = [one.split('/'), other.split('/')];
	const differs = a.findIndex((part, at) => part !== b[at]);
	return differs < 0 ? a.length : differs;
}

type Places = ReadonlyMap<string, Standing>;

function key(hunk: number, index: number): string {
	return `${hunk}:${index}`;
}

/** Where a line stands in several places, the one in its own file counts. */
function placesOf(standing: readonly Standing[]): Places {
	const places = new Map<string, Standing>();
	for (const one of standing) {
		const id = key(one.hunk, one.index);
		const known = places.get(id);
		if (known === undefined || known.state === 'copied') places.set(id, one);
	}
	return places;
}

function byEdit(hunks: readonly StoredHunk[]): StoredHunk[][] {
	const edits = new Map<number, StoredHunk[]>();
	for (const hunk of hunks) edits.set(hunk.edit, [...(edits.get(hunk.edit) ?? []), hunk]);
	return [...edits.values()];
}

function tellingLines(hunks: readonly StoredHunk[]): number {
	return hunks.reduce((sum, hunk) => sum + hunk.added.filter((line) => line.telling).length, 0);
}

function keptShare(hunks: readonly StoredHunk[], places: Places): number {
	const all = tellingLines(hunks);
	const kept = hunks.reduce((sum, hunk) => sum + hunk.added.filter((line, index) => line.telling && places.has(key(hunk.n, index))).length, 0);
	return all === 0 ? 0 : kept / all;
}

/** Line (from 1) with the print; undefined when there is none, or more than one. */
function onlyLine(prints: Float64Array, print: number): number | undefined {
	const at = print === 0 ? -1 : prints.indexOf(print);
	return at < 0 || prints.includes(print, at + 1) ? undefined : at + 1;
}

export function countsOf(lines: readonly LineFate[]): LineCounts {
	const of = (...fates: FateOfLine[]) => lines.filter(({ fate }) => fates.includes(fate)).length;
	return {
		written: lines.length,
		kept: of('kept', 'extended'),
		reformatted: of('reformatted'),
		moved: of('moved', 'copied'),
		changed: of('changed'),
		rewritten: of('rewritten'),
		deleted: of('deleted'),
	};
}

/** The fates by file, as the turn named them. */
export function filesOf(lines: readonly LineFate[]): FileFate[] {
	const files = new Map<string, LineFate[]>();
	for (const line of lines) files.set(line.hunk.path, [...(files.get(line.hunk.path) ?? []), line]);
	return [...files].map(([file_path, own]) => {
		const counts = countsOf(own);
		const now = mostCommon(own.flatMap(({ at }) => at?.file_path ?? []));
		const there = counts.kept + counts.reformatted + counts.moved;
		return {
			file_path,
			...(now !== undefined && now !== file_path && { now_path: now }),
			state: there === counts.written ? 'kept' : there + counts.changed === 0 ? 'gone' : 'changed',
			counts,
			lines: own.map(({ hunk, written, fate, at }) => ({ edit: hunk.edit, line: written.line, fate, ...(at !== undefined && { at }) })),
		};
	});
}

function mostCommon(values: readonly string[]): string | undefined {
	const counts = new Map<string, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
