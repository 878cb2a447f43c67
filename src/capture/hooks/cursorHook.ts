import { z } from 'zod';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import { boundedArgs, boundedOutput } from '../bounded';
import { cursorToolKind } from '../chat/cursorTools';
import { cursorName } from '../chat/cursorTurnKey';
import type { HookCall, HookEvent } from './hookEvent';

const text = z.string().optional().catch(undefined);
const Payload = z.object({
	hook_event_name: z.string(),
	conversation_id: z.string().min(1),
	generation_id: z.string().min(1),
	model: text,
	cursor_version: text,
	workspace_roots: z.array(z.string()).optional().catch(undefined),
	prompt: text,
	text,
	status: text,
	file_path: text,
	edits: z
		.array(z.object({ old_string: z.string(), new_string: z.string() }))
		.optional()
		.catch(undefined),
	tool_name: text,
	tool_use_id: text,
	tool_input: z.unknown().optional(),
	tool_output: text,
	error_message: text,
});
type Payload = z.infer<typeof Payload>;

/**
 * Cursor: one turn is one generation of a conversation. Its own transcripts have neither ids nor times nor results, so the hooks are
 * the record: the prompt opens the turn, and calls, edits, answer and end add to it. Made from Cursor's documentation.
 */
export function cursorHook({ at, payload: raw }: HookCall): HookEvent[] {
	const payload = Payload.safeParse(raw).data;
	if (payload === undefined) return [];
	const base = baseOf(payload, at);
	switch (payload.hook_event_name) {
		case 'beforeSubmitPrompt':
			return (payload.prompt ?? '').trim() === '' ? [] : [{ type: 'turn', opens: true, turn: { ...base, prompt: payload.prompt ?? '' } }];
		case 'afterFileEdit':
			return [adding({ ...base, edits: editsOf(payload) })];
		case 'postToolUse':
		case 'postToolUseFailure':
			return payload.tool_name === undefined ? [] : [adding({ ...base, tools: [toolOf(payload, payload.tool_name, at)] })];
		case 'afterAgentResponse':
			return [adding({ ...base, response: payload.text ?? '' })];
		case 'stop':
			return [adding({ ...base, state: endStates.get(payload.status ?? '') ?? 'complete', ended_at: at })];
		default:
			return [];
	}
}

const endStates: ReadonlyMap<string, 'complete' | 'cancelled' | 'failed'> = new Map([
	['completed', 'complete'],
	['aborted', 'cancelled'],
	['error', 'failed'],
]);

function adding(turn: TurnObservationInput): HookEvent {
	return { type: 'turn', opens: false, turn };
}

function baseOf(payload: Payload, at: string): TurnObservationInput {
	const [root] = payload.workspace_roots ?? [];
	return {
		assistant: cursorName,
		session_id: payload.conversation_id,
		turn_key: payload.generation_id,
		channel: 'hook',
		started_at: at,
		state: 'open',
		prompt: '',
		...(root === undefined ? {} : { cwd: plainPath(root) }),
		...(payload.model === undefined || payload.model === '' ? {} : { model: payload.model }),
		...(payload.cursor_version === undefined ? {} : { source_version: payload.cursor_version }),
	};
}

/** On Windows a path may come as `/c:/Users/…`. */
function plainPath(path: string): string {
	return /^\/[A-Za-z]:[\\/]/.test(path) ? path.slice(1) : path;
}

/** Snippets; which call made them is not told. */
function editsOf({ file_path, edits }: Payload): TurnEdit[] {
	if (file_path === undefined) return [];
	return (edits ?? []).map((edit) => ({
		file_path: plainPath(file_path),
		kind: 'edit',
		before: edit.old_string,
		after: edit.new_string,
		whole: false,
		fidelity: 'arguments',
		state: 'applied',
	}));
}

function toolOf(payload: Payload, name: string, at: string): NonNullable<TurnObservationInput['tools']>[number] {
	const output = payload.tool_output ?? payload.error_message;
	return {
		id: payload.tool_use_id ?? '',
		name,
		kind: cursorToolKind(name),
		...(payload.tool_input === undefined ? {} : { args: boundedArgs(payload.tool_input) }),
		ok: payload.hook_event_name === 'postToolUse',
		...(output === undefined ? {} : { output: boundedOutput(output) }),
		at,
	};
}
