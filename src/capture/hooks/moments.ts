import { z } from 'zod';
import type { HookCall, Moment } from './hookEvent';

const text = z.string().optional().catch(undefined);
const Call = z.object({ id: text, name: text, input: z.unknown().optional() });
const Payload = z.object({
	session_id: text,
	sessionId: text,
	conversation_id: text,
	taskId: text,
	sessionContext: z.object({ rootSessionId: text }).optional().catch(undefined),
	cwd: text,
	tool_name: text,
	toolName: text,
	tool_use_id: text,
	tool_call_id: text,
	tool_input: z.unknown().optional(),
	toolArgs: z.unknown().optional(),
	/** In Cursor's word about a shell command. */
	command: text,
	tool_call: Call.optional().catch(undefined),
	tool_result: Call.optional().catch(undefined),
	/** As Cline's extension words it. */
	postToolUse: z.object({ toolName: text, parameters: z.unknown().optional() }).optional().catch(undefined),
	prompt_id: text,
	turn_id: text,
	generation_id: text,
	agent_id: text,
});
type Payload = z.infer<typeof Payload>;

const beginnings = new Set(['UserPromptSubmit', 'BeforeAgent', 'userPromptSubmitted', 'beforeSubmitPrompt', 'agent_start', 'TaskStart']);
const callEnds = new Set(['PostToolUse', 'PostToolUseFailure', 'AfterTool', 'postToolUse', 'postToolUseFailure', 'tool_result', 'afterShellExecution']);
const shells = /^(?:bash|shell|powershell|exec|exec_command|local_shell|run_in_terminal|run_shell_command|run_commands?|run_terminal_cmd|execute_command)$/i;

/** The moment a hook's call tells of; none for events that say nothing of the tree. Same for all assistants, whose words differ little. */
export function momentOf(assistant: string, folder: string, { event, at, payload: raw }: HookCall): Moment | undefined {
	const payload = Payload.safeParse(raw).data;
	const session_id = payload?.sessionContext?.rootSessionId ?? payload?.session_id ?? payload?.conversation_id ?? payload?.sessionId ?? payload?.taskId ?? '';
	if (payload === undefined || session_id === '' || folder === '') return undefined;
	const turn_key = turnKeyOf(assistant, payload);
	const base = { type: 'moment' as const, assistant, session_id, folder, at, ...(turn_key === undefined ? {} : { turn_key }) };
	if (beginnings.has(event)) return base;
	return callEnds.has(event) ? { ...base, call: callOf(event, payload) } : undefined;
}

function turnKeyOf(assistant: string, payload: Payload): string | undefined {
	if (assistant === 'claude-code') return payload.agent_id === undefined ? payload.prompt_id : `agent-${payload.agent_id}`;
	if (assistant === 'codex') return payload.agent_id === undefined ? payload.turn_id : undefined;
	return assistant === 'cursor' ? payload.generation_id : undefined;
}

function callOf(event: string, payload: Payload): NonNullable<Moment['call']> {
	const call = payload.tool_call ?? payload.tool_result;
	const name = payload.tool_name ?? payload.toolName ?? call?.name ?? payload.postToolUse?.toolName ?? (event === 'afterShellExecution' ? 'shell' : '');
	// VS Code makes the model's id unique; its record has the bare one.
	const id = (payload.tool_call_id ?? payload.tool_use_id ?? call?.id ?? '').replace(/__vscode-\d+$/, '');
	return {
		id,
		shell: shells.test(name),
		command: payload.command ?? commandIn(payload.tool_input ?? payload.toolArgs ?? call?.input ?? payload.postToolUse?.parameters),
	};
}

const Arguments = z.object({
	command: z
		.union([z.string(), z.array(z.string()).transform((words) => words.join(' '))])
		.optional()
		.catch(undefined),
	cmd: text,
	commands: z.array(z.string()).optional().catch(undefined),
});

function commandIn(input: unknown): string {
	const args = Arguments.safeParse(input).data;
	return args?.command ?? args?.cmd ?? args?.commands?.join('\n') ?? '';
}
