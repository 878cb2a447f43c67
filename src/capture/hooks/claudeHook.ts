import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { TurnObservationInput } from '../../core/turn';
import { claudeEdits, claudeToolKind } from '../chat/claudeEdits';
import { ClaudeLine, promptOf } from '../chat/claudeLine';
import { claudeName } from '../chat/claudeSession';
import { callsOfTurn } from '../chat/recordedCall';
import { sha256 } from '../chat/sha256';
import type { HookCall, HookEvent } from './hookEvent';

const text = z.string().optional().catch(undefined);

const Payload = z.object({
	hook_event_name: z.string(),
	session_id: z.string().min(1),
	transcript_path: text,
	cwd: text,
	/** Missing in versions before the transcript had it. */
	prompt_id: text,
	/** Set while a sub-agent works. */
	agent_id: text,
	agent_transcript_path: text,
	prompt: text,
	tool_name: text,
	tool_input: z.unknown().optional(),
	tool_response: z.unknown().optional(),
	tool_use_id: text,
	last_assistant_message: text,
	background_tasks: z.array(z.unknown()).optional().catch(undefined),
});
type Payload = z.infer<typeof Payload>;

/** What starting a sub-agent answers. */
const Launched = z.object({ agentId: z.string().min(1), prompt: z.string() });

/**
 * Claude Code's hooks name the turn by the same id as its transcript, so both meet in one record. A hook tells nothing that the
 * transcript would contradict: it comes later than the line it speaks of, and leaves out times of ends and outputs, which it words otherwise.
 * A prompt that the program wrote itself opens no turn, nor does a slash command, of which only the transcript tells whether it was answered.
 */
export function claudeHook({ at, payload: raw }: HookCall): HookEvent[] {
	const payload = Payload.safeParse(raw).data;
	if (payload === undefined) return [];
	return [...turnsOf(payload, at), ...looksOf(payload)];
}

function turnsOf(payload: Payload, at: string): HookEvent[] {
	if (payload.prompt_id === undefined) return [];
	const base = { ...turnOfPayload(payload, payload.prompt_id), started_at: at };
	switch (payload.hook_event_name) {
		case 'UserPromptSubmit':
			return prompted(base, payload);
		case 'PostToolUse':
			return [called(base, payload, at, true), ...launched(payload, at)];
		case 'PostToolUseFailure':
			return [called(base, payload, at, false)];
		case 'Stop':
		case 'SubagentStop':
			return [stopped(base, payload)];
		case 'StopFailure':
			return [{ type: 'turn', opens: false, turn: { ...base, state: 'failed' } }];
		default:
			return [];
	}
}

type Base = Pick<TurnObservationInput, 'assistant' | 'session_id' | 'turn_key' | 'parent_turn_id' | 'channel' | 'started_at' | 'prompt' | 'state'>;

/** The person's turn, or that of the sub-agent at work. */
function turnOfPayload(payload: Payload, promptId: string): Omit<Base, 'started_at'> {
	const seen = { assistant: claudeName, session_id: payload.session_id, channel: 'hook' as const, prompt: '', state: 'open' as const };
	if (payload.agent_id === undefined) return { ...seen, turn_key: promptId };
	return { ...seen, ...subAgent(payload.session_id, promptId, payload.agent_id) };
}

function subAgent(session: string, promptId: string, agentId: string): Pick<Base, 'turn_key' | 'parent_turn_id'> {
	return { turn_key: `agent-${agentId}`, parent_turn_id: turnId(sha256, claudeName, session, promptId) };
}

function prompted(base: Base, { prompt, cwd, agent_id }: Payload): HookEvent[] {
	const words = prompt ?? '';
	const typed = promptOf(new ClaudeLine({}, 'user'), [{ type: 'text', text: words }]);
	if (typed === undefined || agent_id !== undefined || words.trimStart().startsWith('/')) return [];
	return [{ type: 'turn', opens: true, turn: { ...base, prompt: typed, ...(cwd === undefined ? {} : { cwd }) } }];
}

function called(base: Base, payload: Payload, at: string, ok: boolean): HookEvent {
	const call = { id: payload.tool_use_id ?? '', name: payload.tool_name ?? '', input: payload.tool_input };
	const edits = ok && call.id !== '' ? claudeEdits({ ...call, result: payload.tool_response, output: '', failed: false }) : [];
	const made = callsOfTurn([{ id: call.id, name: call.name, kind: claudeToolKind(call.name), args: call.input, at, done: undefined, edits }]);
	const tools = call.name === '' || call.id === '' ? [] : made.tools.map((tool) => ({ ...tool, ok }));
	return { type: 'turn', opens: false, turn: { ...base, tools, edits: made.edits } };
}

/** A sub-agent's own turn begins when the call that starts it comes back. */
function launched(payload: Payload, at: string): HookEvent[] {
	const agent = claudeToolKind(payload.tool_name ?? '') === 'agent' ? Launched.safeParse(payload.tool_response).data : undefined;
	if (agent === undefined || payload.prompt_id === undefined) return [];
	const turn = { ...turnOfPayload(payload, payload.prompt_id), ...subAgent(payload.session_id, payload.prompt_id, agent.agentId) };
	return [{ type: 'turn', opens: true, turn: { ...turn, started_at: at, prompt: agent.prompt, ...(payload.cwd === undefined ? {} : { cwd: payload.cwd }) } }];
}

/** A turn that still has a sub-agent at work goes on, though the assistant has stopped. */
function stopped(base: Base, payload: Payload): HookEvent {
	const over = payload.hook_event_name === 'SubagentStop' || (payload.background_tasks ?? []).length === 0;
	return { type: 'turn', opens: false, turn: { ...base, state: over ? 'complete' : 'open', response: payload.last_assistant_message ?? '' } };
}

/** The transcript is worth reading when something ended. */
function looksOf(payload: Payload): HookEvent[] {
	if (!['Stop', 'StopFailure', 'SubagentStop', 'SessionEnd'].includes(payload.hook_event_name)) return [];
	const paths = [payload.transcript_path, payload.agent_transcript_path].filter((path) => path !== undefined && path !== '');
	return paths.map((path) => ({
		type: 'look',
		assistant: claudeName,
		session_id: payload.session_id,
		...(path === undefined ? {} : { transcript_path: path }),
	}));
}
