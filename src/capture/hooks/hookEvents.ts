import { z } from 'zod';
import { claudeHook } from './claudeHook';
import type { HookEvent, HookParser, SpoolEntry } from './hookEvent';

/** What can be told of a turn from hooks is decided for each assistant; see the parsers. */
const parsers: Readonly<Record<string, HookParser>> = {
	'claude-code': claudeHook,
};

/** What a file of the spool comes to; nothing when the assistant or the event is not known. */
export function hookEvents(entry: SpoolEntry): HookEvent[] {
	const at = instantOfNanoseconds(entry.at);
	return entry.payload.flatMap((payload) => {
		const named = Named.safeParse(payload).data;
		const event = named?.hook_event_name ?? named?.hookName ?? entry.event;
		const parse = parsers[callerOf(entry.assistant, named)];
		return parse === undefined ? [] : parse({ event, at, cwd: entry.cwd, payload });
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
