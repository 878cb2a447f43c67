import type { ToolCall, TurnEdit } from '../core/turn';
import { canonicalJson } from './prefer';

/**
 * Joins the edits of two views of one turn, in the order of the tools that made them.
 *
 * All edits that one tool call made to one file are one group, and the group whose texts can be trusted more
 * stands alone, since a whole file and the snippets that led to it are the same change told twice.
 * An edit that names no tool gives way when a tool edited its file: it is that edit, seen from the editor. One that is known by half also
 * gives way to any that is known whole.
 */
export function mergeEdits(a: readonly TurnEdit[], b: readonly TurnEdit[], tools: readonly ToolCall[]): TurnEdit[] {
	const groups = new Map<string, readonly TurnEdit[]>();
	for (const group of [...grouped(a), ...grouped(b)]) {
		const key = keyOf(group);
		const other = groups.get(key);
		groups.set(key, other === undefined || surer(group, other) ? group : other);
	}
	const files = new Set([...groups.values()].flat().flatMap((edit) => (edit.tool_id === undefined ? [] : [edit.file_path])));
	const whole = new Set([...groups.values()].flat().flatMap((edit) => (edit.fidelity === 'partial' ? [] : [edit.file_path])));
	const isShadow = (edit: TurnEdit): boolean =>
		edit.tool_id === undefined && (files.has(edit.file_path) || (edit.fidelity === 'partial' && whole.has(edit.file_path)));
	const standing = [...groups.values()].filter((group) => !group.some(isShadow));
	const places = new Map(tools.map((tool, index) => [tool.id, index]));
	return standing.sort((x, y) => place(x, places) - place(y, places) || compare(keyOf(x), keyOf(y))).flat();
}

function grouped(edits: readonly TurnEdit[]): TurnEdit[][] {
	const groups = new Map<string, TurnEdit[]>();
	for (const edit of edits) {
		const key = keyOf([edit]);
		const group = groups.get(key);
		if (group === undefined) groups.set(key, [edit]);
		else if (edit.tool_id !== undefined) group.push(edit);
		else if (surer([edit], group)) groups.set(key, [edit]);
	}
	return [...groups.values()];
}

function keyOf(group: readonly TurnEdit[]): string {
	const edit = group[0];
	if (edit === undefined) return '';
	return JSON.stringify(edit.tool_id === undefined ? ['', edit.file_path, edit.after] : [edit.tool_id, edit.file_path]);
}

const fidelityRank = { recorded: 4, arguments: 3, snapshot: 2, document: 1, partial: 0 } as const;

/** Total order of groups of one key: the best of the worst edit, then whole files, then more text, then the text itself. */
function surer(a: readonly TurnEdit[], b: readonly TurnEdit[]): boolean {
	const ranks = rankOf(a).map((value, index) => value - (rankOf(b)[index] ?? 0));
	const first = ranks.find((difference) => difference !== 0);
	return first === undefined ? canonicalJson(a) > canonicalJson(b) : first > 0;
}

function rankOf(group: readonly TurnEdit[]): number[] {
	const told = group.some((edit) => edit.state !== 'applied') ? 1 : 0;
	const trust = Math.min(...group.map((edit) => fidelityRank[edit.fidelity]));
	const whole = group.every((edit) => edit.whole) ? 1 : 0;
	const length = group.reduce((sum, edit) => sum + (edit.before ?? '').length + (edit.after ?? '').length, 0);
	return [told, trust, whole, group.length, length];
}

/** Edits of tools that no list names stand behind those of known ones, edits of no tool last. */
function place(group: readonly TurnEdit[], places: ReadonlyMap<string, number>): number {
	const id = group[0]?.tool_id;
	return id === undefined ? places.size + 1 : (places.get(id) ?? places.size);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
