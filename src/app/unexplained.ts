import type { TurnEdit } from '../core/turn';
import type { TreeChange } from '../platform/treeState';

/** What tools are known to have done to a file, each in order of time. */
export interface KnownEdits {
	/** By calls that were made before the change's beginning. Editors save what their agent wrote a moment after its call. */
	readonly earlier: readonly TurnEdit[];
	readonly meanwhile: readonly TurnEdit[];
}

/**
 * What remains of a file's change when the edits that are known are taken off, in their order; undefined when they explain it all.
 * An edit that does not fit the text as it then stood is passed over, as is an earlier one that the text held already.
 */
export function unexplained(change: TreeChange, { earlier, meanwhile }: KnownEdits): TreeChange | undefined {
	let text = change.before;
	for (const edit of earlier) if (isPending(edit, text, change.after)) text = applied(edit, text, change.after);
	for (const edit of meanwhile) text = applied(edit, text, change.after);
	return text === change.after ? undefined : { ...change, before: text };
}

/** The text is still the one before the edit. */
function isPending({ whole, before, after }: TurnEdit, text: string | null, goal: string | null): boolean {
	if (whole) return isSame(before, text);
	if (before === null || before === '' || after === null || text === null || goal === null) return false;
	return text.includes(before) && !text.includes(after) && goal.includes(after);
}

function applied(edit: TurnEdit, text: string | null, goal: string | null): string | null {
	if (edit.whole) return isSame(edit.before, text) || edit.after === goal ? edit.after : text;
	if (text === null || edit.before === null || edit.after === null || edit.before === '') return text;
	const at = text.indexOf(edit.before);
	return at === -1 ? text : text.slice(0, at) + edit.after + text.slice(at + edit.before.length);
}

/** Editors make a new file empty before they write it. */
function isSame(before: string | null, text: string | null): boolean {
	return (before ?? '') === (text ?? '');
}
