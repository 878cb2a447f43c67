import { z } from 'zod';
import { claudeHook } from './claudeHook';
import { codexHook } from './codexHook';
import { cursorHook } from './cursorHook';
import type { HookEvent, HookParser, SpoolEntry } from './hookEvent';
import { lookHook } from './lookHook';
import { momentOf } from './moments';
import { windsurfHook } from './windsurfHook';

/**
 * What each assistant's hooks tell:
 * - Claude Code: turns, by the id that its transcript has too, and when to read the transcript.
 * - Cursor: turns, which nothing else records.
 * - Codex: a turn's prompt and answer, and when to read the rollout.
 * - all others: only when to read. VS Code's payload has no id of the request, Gemini's none of the message, Qwen's and Copilot's not
 *   that of the transcript, Cline's no prompt. So prompts of VS Code's sub-agents, which come under the session of the person's, and
 *   Qwen's empty ones make no turn either.
 */
const parsers: ReadonlyMap<string, HookParser> = new Map(
	Object.entries({
		'claude-code': claudeHook,
		cursor: cursorHook,
		codex: codexHook,
		'vscode-copilot': lookHook('vscode-copilot', ['Stop'], chatSessionOf),
		'gemini-cli': lookHook('gemini-cli', ['AfterAgent', 'SessionEnd']),
		'qwen-code': lookHook('qwen-code', ['Stop', 'StopFailure', 'SessionEnd']),
		'copilot-cli': lookHook('copilot-cli', ['agentStop', 'Stop', 'subagentStop', 'errorOccurred', 'sessionEnd', 'SessionEnd']),
		cline: lookHook('cline', ['agent_end', 'agent_error', 'agent_abort', 'session_shutdown', 'TaskComplete', 'TaskCancel', 'TaskError']),
		windsurf: windsurfHook,
	}),
);

/** VS Code names a shorter record of its own; the session with its answers and models lies in the same storage. */
function chatSessionOf(path: string, session: string): string {
	const [, storage] = /^(.*)[\\/]GitHub\.copilot-chat[\\/]transcripts[\\/][^\\/]*$/.exec(path) ?? [];
	return storage === undefined ? path : `${storage}/chatSessions/${session}.jsonl`;
}

/** What a file of the spool comes to; nothing when the assistant or the event is not known. */
export function hookEvents(entry: SpoolEntry): HookEvent[] {
	const at = instantOfNanoseconds(entry.at);
	return entry.payload.flatMap((payload) => {
		const named = Named.safeParse(payload).data;
		const event = named?.hook_event_name ?? named?.hookName ?? entry.event;
		const assistant = callerOf(entry.assistant, named);
		const parse = parsers.get(assistant);
		if (parse === undefined) return [];
		const call = { event, at, cwd: entry.cwd, payload };
		const moment = momentOf(assistant, folderOf(entry), call);
		return moment === undefined ? parse(call) : [...parse(call), moment];
	});
}

const text = z.string().optional().catch(undefined);
const Named = z.object({ hook_event_name: text, hookName: text, cursor_version: text, transcript_path: text });

/** Cursor and VS Code may run hooks that were installed for Claude Code; their payloads say who they are. */
function callerOf(installedFor: string, payload: z.infer<typeof Named> | undefined): string {
	if (payload?.cursor_version !== undefined) return 'cursor';
	if (payload?.transcript_path?.includes('GitHub.copilot-chat') === true) return 'vscode-copilot';
	return installedFor;
}

/** The folder a payload's session works in, as far as it is told. */
export function folderOf(entry: SpoolEntry): string {
	const [payload] = entry.payload;
	const place = Place.safeParse(payload).data;
	return place?.cwd ?? place?.workspace_roots?.[0] ?? place?.workspaceRoots?.[0] ?? entry.cwd;
}

const Place = z.object({
	cwd: text,
	workspace_roots: z.array(z.string()).optional().catch(undefined),
	workspaceRoots: z.array(z.string()).optional().catch(undefined),
});

function instantOfNanoseconds(nanoseconds: string): string {
	return new Date(Number(nanoseconds.slice(0, -6))).toISOString();
}
