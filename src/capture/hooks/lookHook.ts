import { z } from 'zod';
import type { HookCall, HookEvent, HookParser } from './hookEvent';

const text = z.string().optional().catch(undefined);
const Payload = z.object({
	session_id: text,
	sessionId: text,
	sessionContext: z.object({ rootSessionId: text }).optional().catch(undefined),
	/** What Cline called a session before it had sessions. */
	taskId: text,
	transcript_path: text,
	transcriptPath: text,
});

/**
 * A parser for assistants whose payloads do not name the turn as their transcripts do: a turn told by both would be two.
 * What the hook is good for is the moment: when one of the events comes, the session's transcript is read.
 */
export function lookHook(assistant: string, endings: readonly string[], transcriptOf: (path: string, session: string) => string = (path) => path): HookParser {
	return ({ event, payload: raw }: HookCall): HookEvent[] => {
		const payload = Payload.safeParse(raw).data;
		const session = payload?.sessionContext?.rootSessionId ?? payload?.session_id ?? payload?.sessionId ?? payload?.taskId ?? '';
		if (payload === undefined || session === '' || !endings.includes(event)) return [];
		const path = payload.transcript_path ?? payload.transcriptPath ?? '';
		return [{ type: 'look', assistant, session_id: session, ...(path === '' ? {} : { transcript_path: transcriptOf(path, session) }) }];
	};
}
