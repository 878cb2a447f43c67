import type { ToolCall, ToolKind, TurnEdit } from '../../core/turn';
import { boundedArgs, boundedOutput } from '../bounded';

/** A tool call as a transcript tells it, with the edits it made. */
export interface RecordedCall {
	readonly id: string;
	readonly name: string;
	readonly kind: ToolKind;
	readonly args: unknown;
	readonly at: string;
	/** undefined while no result was seen. */
	readonly done: { readonly ok: boolean; readonly output: string } | undefined;
	readonly edits: readonly TurnEdit[];
}

/**
 * Tools and edits of a turn. Calls of one message may bear one time; each is given a later one than the call before, so that
 * their order can be told. Arguments and outputs are cut.
 */
export function callsOfTurn(calls: readonly RecordedCall[]): { tools: ToolCall[]; edits: TurnEdit[] } {
	let last = 0;
	const tools = calls.map((call) => {
		last = Math.max(last + 1, Date.parse(call.at));
		return {
			id: call.id,
			name: call.name,
			kind: kindByEdits(call.kind, call.edits),
			...(call.args === undefined ? {} : { args: boundedArgs(call.args) }),
			...(call.done === undefined ? {} : { ok: call.done.ok, output: boundedOutput(call.done.output) }),
			at: new Date(last).toISOString(),
		};
	});
	return { tools, edits: calls.flatMap((call) => call.edits) };
}

/** A file written over an old one was edited, not created; a patch that only adds or only deletes did just that. */
function kindByEdits(kind: ToolKind, edits: readonly TurnEdit[]): ToolKind {
	if (edits.length === 0 || !['edit', 'create', 'delete', 'run'].includes(kind)) return kind;
	const kinds = new Set(edits.map((edit) => edit.kind));
	if (kinds.size === 1 && kinds.has('create')) return 'create';
	return kinds.size === 1 && kinds.has('delete') ? 'delete' : 'edit';
}
