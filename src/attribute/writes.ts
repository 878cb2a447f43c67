import { diffArrays } from 'diff';
import type { TurnEdit } from '../core/turn';
import type { Reflowed } from './reflow';
import { Budget, reflowed, streamOf } from './reflow';
import { giveRuns } from './runs';
import type { Said } from './said';
import { blank, linesOf, said } from './said';

/** A line that an edit wrote or took out. */
export interface WrittenLine extends Said {
	/** 1-based, in the text after (before, for a line that was taken out); within the snippet where only that is known. */
	readonly line: number;
	/** Where a snippet begins or ends the line may be only a part of one. */
	readonly edge: boolean;
}

/** One place that an edit changed. Blank lines are left out everywhere. */
export interface Hunk {
	/** Repository-relative, as the turn left it. */
	readonly path: string;
	/** Index of the edit in its turn. */
	readonly edit: number;
	/** The text before is not known: what stands here may have stood here before. */
	readonly weak: boolean;
	readonly added: readonly WrittenLine[];
	readonly removed: readonly WrittenLine[];
	/** Prints of the nearest unchanged telling lines, 0 where none is known. */
	readonly above: number;
	readonly below: number;
}

interface Draft {
	/** Prints of the lines around that the edit left as they were. */
	readonly kept: ReadonlySet<number>;
	readonly path: string;
	readonly edit: number;
	readonly weak: boolean;
	added: WrittenLine[];
	removed: WrittenLine[];
	readonly above: number;
	readonly below: number;
}

/**
 * What the applied edits of a turn come to: lines that it wrote and lines that it took out, by place. What it wrote and took out
 * again, what it moved from one place to another, and what it only laid out anew is neither: those lines keep their author.
 */
export function hunksOf(edits: readonly TurnEdit[], repoId: string): Hunk[] {
	const drafts: Draft[] = [];
	for (const { edit, index } of joined(edits, repoId)) {
		const own = draftsOf(edit, index);
		takeBack(drafts, own, edit);
		drafts.push(...own);
	}
	withoutMoves(drafts);
	return drafts
		.filter((draft) => draft.added.length > 0 || draft.removed.length > 0)
		.map(({ path, edit, weak, added, removed, above, below }) => ({ path, edit, weak, added, removed, above, below }));
}

interface OneEdit {
	readonly edit: TurnEdit;
	readonly index: number;
}

/** Whole-file edits that follow on each other are one, from the first text to the last. */
function joined(edits: readonly TurnEdit[], repoId: string): OneEdit[] {
	const all: OneEdit[] = [];
	for (const [index, edit] of edits.entries()) {
		if (edit.repo_id !== repoId || edit.state !== 'applied') continue;
		const last = all.findLastIndex((one) => one.edit.file_path === edit.file_path);
		const previous = all[last]?.edit;
		if (previous !== undefined && previous.whole && edit.whole && previous.after !== null && previous.after === edit.before)
			all[last] = { edit: { ...edit, before: previous.before, kind: previous.kind === 'create' ? 'create' : edit.kind, fidelity: previous.fidelity }, index };
		else all.push({ edit, index });
	}
	return all;
}

/** Texts that differ in more lines are compared by their first and last lines alone: an exact comparison takes time that grows with the square of it. */
const mostDifferences = 1000;

function draftsOf(edit: TurnEdit, index: number): Draft[] {
	const known = edit.before !== null || edit.kind === 'create';
	// Without the text after there is nothing to compare with, unless the file is gone.
	if (edit.after === null && edit.kind !== 'delete') return [];
	const [was, now] = [written(edit.before ?? '', edit.whole), written(edit.after ?? '', edit.whole)];
	const drafts: Draft[] = [];
	const budget = new Budget();
	const landmarks = new Landmarks(now);
	const stretches = changedStretches(was, now);
	const changed = new Set(stretches.flatMap(({ added }) => added));
	const unchanged = new Set(now.flatMap((line) => (changed.has(line) ? [] : [line.print])));
	for (const { removed, added, from } of stretches) {
		const layout = reflowed(streamOf(added), streamOf(removed), budget);
		const kept = linesIn(layout);
		drafts.push({
			kept: unchanged,
			path: edit.file_path,
			edit: index,
			weak: !known,
			added: added.filter((_line, at) => !layout.has(at)),
			removed: layout.size === 0 ? removed : removed.filter((_line, at) => !kept.has(at)),
			above: landmarks.above(from),
			below: landmarks.below(from + added.length),
		});
	}
	return drafts;
}

/** Prints of the nearest telling lines. */
class Landmarks {
	private readonly before: number[] = [0];
	private readonly after: number[] = [0];

	constructor(lines: readonly WrittenLine[]) {
		for (const line of lines) this.before.push(line.telling ? line.print : (this.before.at(-1) ?? 0));
		for (const line of lines.toReversed()) this.after.push(line.telling ? line.print : (this.after.at(-1) ?? 0));
	}

	above(index: number): number {
		return this.before[index] ?? 0;
	}

	below(index: number): number {
		return this.after.at(-1 - index) ?? 0;
	}
}

function linesIn(layout: ReadonlyMap<number, Reflowed>): Set<number> {
	const lines = new Set<number>();
	for (const { first, last } of layout.values()) for (let line = first; line <= last; line++) lines.add(line);
	return lines;
}

function written(text: string, whole: boolean): WrittenLine[] {
	const lines = linesOf(text);
	return lines
		.map((line, index) => ({ ...said(line), line: index + 1, edge: !whole && (index === 0 || index === lines.length - 1) }))
		.filter((line) => line.print !== 0);
}

interface Stretch {
	readonly removed: WrittenLine[];
	readonly added: WrittenLine[];
	/** Index of the first added line, or of the line before which lines were taken out. */
	readonly from: number;
}

function changedStretches(was: readonly WrittenLine[], now: readonly WrittenLine[]): Stretch[] {
	const parts = diffArrays(
		was.map((line) => line.print),
		now.map((line) => line.print),
		{ maxEditLength: mostDifferences },
	);
	if (parts === undefined) return [replacedMiddle(was, now)];
	const stretches: Stretch[] = [];
	let [old, next] = [0, 0];
	let open: Stretch | undefined;
	for (const part of parts) {
		const count = part.value.length;
		if (!part.added && !part.removed) open = undefined;
		else if (open === undefined) {
			open = { removed: [], added: [], from: next };
			stretches.push(open);
		}
		if (part.removed) open?.removed.push(...was.slice(old, old + count));
		if (part.added) open?.added.push(...now.slice(next, next + count));
		if (!part.added) old += count;
		if (!part.removed) next += count;
	}
	return stretches;
}

function replacedMiddle(was: readonly WrittenLine[], now: readonly WrittenLine[]): Stretch {
	const shorter = Math.min(was.length, now.length);
	let head = 0;
	while (head < shorter && was[head]?.print === now[head]?.print) head++;
	let tail = 0;
	while (tail < shorter - head && was.at(-1 - tail)?.print === now.at(-1 - tail)?.print) tail++;
	return { removed: was.slice(head, was.length - tail), added: now.slice(head, now.length - tail), from: head };
}

/** Takes the lines that this turn itself had written out of what it wrote. */
function takeBack(drafts: readonly Draft[], own: readonly Draft[], edit: TurnEdit) {
	const earlier = drafts.filter((draft) => draft.path === edit.file_path || draft.path === edit.renamed_from);
	// What a text of unknown origin held was there before, perhaps: taking it out is more than taking it back.
	const [known, unknown] = [earlier.filter((draft) => !draft.weak), earlier.filter((draft) => draft.weak)];
	pairOff(known, own, () => true);
	const taken = own.map((draft) => ({ ...draft }));
	pairOff(unknown, taken, () => true);
}

/** A short line may well be written in one file and taken out of another without being the same one. */
const shortest = 12;

function withoutMoves(drafts: readonly Draft[]) {
	pairOff(drafts, drafts, (line, to, from) => to.path === from.path || line.words.length >= shortest);
	const [added, removed] = [drafts.flatMap((draft) => [...draft.added, blank]), drafts.flatMap((draft) => [...draft.removed, blank])];
	const dropped = new Set<Said>();
	for (const [at, { first, last }] of reflowed(streamOf(added), streamOf(removed), new Budget(), undefined, (line) => added[line] !== blank)) {
		const [line, from] = [added[at], removed[first]];
		// Equal lines were looked at above.
		if (line === undefined || from === undefined || line.print === from.print) continue;
		for (const one of [line, ...removed.slice(first, last + 1)]) dropped.add(one);
	}
	if (dropped.size === 0) return;
	for (const draft of drafts) {
		draft.added = draft.added.filter((line) => !dropped.has(line));
		draft.removed = draft.removed.filter((line) => !dropped.has(line));
	}
}

/**
 * Drops lines that some drafts added and others removed from both. Several in a row are the same ones for certain; a line alone only
 * within one edit, where comparing may have taken it for two, or if it stands nowhere else and `counts` says so.
 */
function pairOff(adding: readonly Draft[], removing: readonly Draft[], counts: (line: WrittenLine, to: Draft, from: Draft) => boolean) {
	// Nothing ends each draft's lines, so that no run goes on from one into the next.
	const added = adding.flatMap((draft) => [...draft.added.map((line) => ({ draft, line })), undefined]);
	const [dropped, gone] = [new Set<WrittenLine>(), new Set<WrittenLine>()];
	const often = repeated([added.flatMap((place) => place?.line ?? []), removing.flatMap((draft) => draft.removed)]);
	giveRuns({
		lines: added.map((place) => place?.line ?? blank),
		sources: removing.map((draft) => draft.removed),
		isOpen: (at) => {
			const line = added[at]?.line;
			return line !== undefined && !dropped.has(line);
		},
		isLeft: (source, line) => {
			const found = removing[source]?.removed[line];
			return found !== undefined && !gone.has(found);
		},
		compare: () => 0,
		take: ({ source, from, at, length, weight }) => {
			const [old, draft] = [removing[source], added[at]?.draft];
			const lines = old?.removed.slice(from, from + length) ?? [];
			const only = weight > 1 ? undefined : lines.find((line) => line.telling);
			if (old === undefined || draft === undefined) return;
			if (
				only !== undefined &&
				!(draft.edit === old.edit || (!often.has(only.print) && !draft.kept.has(only.print) && !old.kept.has(only.print) && counts(only, draft, old)))
			)
				return;
			for (const line of lines) gone.add(line);
			for (const place of added.slice(at, at + length)) if (place !== undefined) dropped.add(place.line);
		},
	});
	if (gone.size === 0) return;
	for (const draft of adding) draft.added = draft.added.filter((line) => !dropped.has(line));
	for (const draft of removing) draft.removed = draft.removed.filter((line) => !gone.has(line));
}

/** Prints that stand more than once in one of the lists. */
function repeated(lists: readonly (readonly WrittenLine[])[]): Set<number> {
	const often = new Set<number>();
	for (const list of lists) {
		const seen = new Set<number>();
		for (const { print } of list) (seen.has(print) ? often : seen).add(print);
	}
	return often;
}
