import { z } from 'zod';
import { typedPrompt } from '../chat/codexLine';
import { codexName } from '../chat/codexTurn';
import type { HookCall, HookEvent } from './hookEvent';

const text = z.string().optional().catch(undefined);
const Payload = z.object({
	hook_event_name: z.string(),
	session_id: z.string().min(1),
	turn_id: text,
	agent_id: text,
	transcript_path: text,
	agent_transcript_path: text,
	cwd: text,
	model: text,
	prompt: text,
	last_assistant_message: text,
});

/**
 * Codex names the turn in its hooks as in its rollout. Prompt and answer are taken from the hook; calls and edits are left to the
 * rollout, which is whole when the turn ends: models that write programs make calls whose hooks are worded otherwise than the record.
 */
export function codexHook({ at, payload: raw }: HookCall): HookEvent[] {
	const payload = Payload.safeParse(raw).data;
	if (payload === undefined) return [];
	const { hook_event_name: event, session_id, turn_id } = payload;
	const looks = ['Stop', 'StopFailure', 'SubagentStop', 'SessionEnd'].includes(event) ? looksOf(payload) : [];
	if (turn_id === undefined || payload.agent_id !== undefined) return looks;
	const base = { assistant: codexName, session_id, turn_key: turn_id, channel: 'hook' as const, started_at: at, prompt: '' };
	const prompt = typedPrompt(payload.prompt ?? '');
	if (event === 'UserPromptSubmit' && prompt !== '')
		return [{ type: 'turn', opens: true, turn: { ...base, prompt, state: 'open', ...known({ cwd: payload.cwd, model: payload.model }) } }];
	if (event === 'Stop') return [{ type: 'turn', opens: false, turn: { ...base, state: 'complete', response: payload.last_assistant_message ?? '' } }, ...looks];
	return looks;
}

/** The rollout, and a sub-agent's own. */
function looksOf({ session_id, transcript_path, agent_transcript_path }: z.infer<typeof Payload>): HookEvent[] {
	const look = { type: 'look' as const, assistant: codexName, session_id };
	const paths = [transcript_path, agent_transcript_path].flatMap((path) => (path === undefined || path === '' ? [] : [path]));
	return paths.length === 0 ? [look] : paths.map((path) => ({ ...look, transcript_path: path }));
}

function known(fields: { cwd: string | undefined; model: string | undefined }): { cwd?: string; model?: string } {
	return { ...(fields.cwd === undefined ? {} : { cwd: fields.cwd }), ...(fields.model === undefined ? {} : { model: fields.model }) };
}
