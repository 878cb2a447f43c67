import type { TurnEdit } from '../../core/turn';

/** What one call did to one file, and how to do it again. */
export interface RedoneStep {
	readonly path: string;
	readonly tool_id: string;
	/** undefined when it does not fit the text. */
	readonly redo: (text: string) => string | undefined;
}

/**
 * The whole texts before and after each call, for a file of which the assistant recorded the texts before and after the turn.
 * undefined when the calls, done again in order, do not lead from the one to the other: somebody else wrote to the file too.
 */
export function wholeEdits(steps: readonly RedoneStep[], before: string | null, isEnd: (text: string) => boolean): Map<string, TurnEdit> | undefined {
	const edits = new Map<string, TurnEdit>();
	let text = before;
	for (const { path, tool_id, redo } of steps) {
		const next = redo(text ?? '');
		if (next === undefined) return undefined;
		const earlier = edits.get(tool_id);
		const old = earlier === undefined ? text : earlier.before;
		edits.set(tool_id, {
			file_path: path,
			kind: old === null ? 'create' : 'edit',
			before: old,
			after: next,
			whole: true,
			fidelity: 'recorded',
			tool_id,
			state: 'applied',
		});
		text = next;
	}
	return text !== null && isEnd(text) ? edits : undefined;
}
