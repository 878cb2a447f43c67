import { diffArrays } from 'diff';
import type { TurnEdit } from '../core/turn';
import { reflowed } from './reflow';
import type { Said } from './said';
import { linesOf, said } from './said';

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
		for (const draft of own) draft.removed = draft.removed.filter((line) => !takenBack(drafts, edit, line));
		drafts.push(...own);
	}
	withoutMoves(drafts);
	return drafts.filter((draft) => draft.added.length > 0 || draft.removed.length > 0);
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
const mostDifferences = 3000;

function draftsOf(edit: TurnEdit, index: number): Draft[] {
	const known = edit.before !== null || edit.kind === 'create';
	// Without the text after there is nothing to compare with, unless the file is gone.
	if (edit.after === null && edit.kind !== 'delete') return [];
	const [was, now] = [written(edit.before ?? '', edit.whole), written(edit.after ?? '', edit.whole)];
	const drafts: Draft[] = [];
	for (const { removed, added, from } of changedStretches(was, now)) {
		const layout = reflowed(added, removed);
		const kept = new Set(layout.values());
		drafts.push({
			path: edit.file_path,
			edit: index,
			weak: !known,
			added: added.filter((_line, at) => !layout.has(at)),
			removed: layout.size === 0 ? removed : removed.filter((_line, at) => !kept.has(at)),
			above: now.slice(0, from).findLast((line) => line.telling)?.print ?? 0,
			below: now.slice(from + added.length).find((line) => line.telling)?.print ?? 0,
		});
	}
	return drafts;
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

/** Takes a line that this turn itself had written out of what it wrote. */
function takenBack(drafts: readonly Draft[], edit: TurnEdit, line: WrittenLine): boolean {
	if (!line.telling) return false;
	for (const draft of drafts.toReversed()) {
		if (draft.path !== edit.file_path && draft.path !== edit.renamed_from) continue;
		const at = draft.added.findIndex((own) => own.print === line.print);
		if (at < 0) continue;
		draft.added = draft.added.toSpliced(at, 1);
		return true;
	}
	return false;
}

/** A short line may well be written here and taken out there without being the same one. */
const shortest = 12;

function withoutMoves(drafts: readonly Draft[]) {
	const gone = new Map<number, Draft[]>();
	for (const draft of drafts)
		for (const line of draft.removed) {
			const known = gone.get(line.print);
			if (!line.telling) continue;
			if (known === undefined) gone.set(line.print, [draft]);
			else known.push(draft);
		}
	for (const draft of drafts)
		draft.added = draft.added.filter((line) => {
			const sources = gone.get(line.print) ?? [];
			const at = sources.findIndex((source) => source.path === draft.path || line.words.length >= shortest);
			const [source] = at < 0 ? [] : sources.splice(at, 1);
			if (source === undefined) return true;
			source.removed = source.removed.toSpliced(
				source.removed.findIndex((one) => one.print === line.print),
				1,
			);
			return false;
		});
}
