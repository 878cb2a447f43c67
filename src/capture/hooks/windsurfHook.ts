import { z } from 'zod';
import { windsurfName } from '../chat/windsurfSession';
import type { HookCall, HookEvent } from './hookEvent';

const text = z.string().optional().catch(undefined);
const Payload = z.object({
	agent_action_name: text,
	trajectory_id: z.string().min(1),
	tool_info: z.object({ transcript_path: text }).optional().catch(undefined),
});

/**
 * Windsurf's hooks name the chat but not its turns as the transcript does, which has no ids: a turn told by both would be two. So they only
 * say when to read, and the one at the end of an answer, without which no transcript is written, also where.
 */
export function windsurfHook({ event, payload: raw }: HookCall): HookEvent[] {
	const payload = Payload.safeParse(raw).data;
	if (payload === undefined || !(payload.agent_action_name ?? event).startsWith('post_cascade_response')) return [];
	const path = payload.tool_info?.transcript_path ?? '';
	return [{ type: 'look', assistant: windsurfName, session_id: payload.trajectory_id, ...(path === '' ? {} : { transcript_path: path }) }];
}
