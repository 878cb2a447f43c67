import type { TurnEdit } from '../core/turn';
import type { TreeChange } from '../platform/treeState';

/**
 * What remains of a file's change when the edits that are known are taken off, in their order; undefined when they explain it all.
 * An edit that does not fit the text as it then stood is passed over.
 */
export function unexplained(change: TreeChange, edits: readonly TurnEdit[]): TreeChange | undefined {
	let text = change.before;
	for (const edit of edits) text = applied(edit, text, change.after);
	return text === change.after ? undefined : { ...change, before: text };
}

function applied(edit: TurnEdit, text: string | null, goal: string | null): string | null {
	if (edit.whole) return edit.before === text || edit.after === goal ? edit.after : text;
	if (text === null || edit.before === null || edit.after === null || edit.before === '') return text;
	const at = text.indexOf(edit.before);
	return at === -1 ? text : text.slice(0, at) + edit.after + text.slice(at + edit.before.length);
}
