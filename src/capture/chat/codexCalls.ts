import { z } from 'zod';
import type { ToolKind } from '../../core/turn';
import type { CodexEvent, Item, ResponseItem } from './codexLine';
import { fieldsOf, textOf } from './fields';
import { parsedJson } from './transcriptFiles';

/** What came back of a call. */
export interface CodexResult {
	readonly ok: boolean;
	readonly output: string;
	/** Changed files by path, where the record has them. */
	readonly changes?: Readonly<Record<string, unknown>> | undefined;
	/** The user refused it. */
	readonly declined?: boolean;
}

const kinds: Readonly<Record<string, ToolKind>> = {
	shell: 'run',
	shell_command: 'run',
	local_shell: 'run',
	exec_command: 'run',
	write_stdin: 'run',
	'container.exec': 'run',
	apply_patch: 'edit',
	read_file: 'read',
	view_image: 'read',
	list_dir: 'search',
	grep_files: 'search',
	tool_search: 'search',
	web_search: 'web',
	spawn_agent: 'agent',
	wait_agent: 'agent',
	send_input: 'agent',
	send_message: 'agent',
	followup_task: 'agent',
	resume_agent: 'agent',
	close_agent: 'agent',
};

/** What a tool of Codex does. */
export function codexToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.includes('__') ? 'mcp' : 'other');
}

/** Name and arguments of a call in the conversation; undefined when the part is no call. */
export function callOf(part: ResponseItem): { id: string; name: string; args: unknown } | undefined {
	const id = part.call_id ?? part.id ?? '';
	if (id === '') return undefined;
	if (part.type === 'function_call') return { id, name: qualified(part), args: decoded(part.arguments) };
	if (part.type === 'custom_tool_call') return { id, name: qualified(part), args: { input: part.input } };
	if (part.type === 'local_shell_call') return { id, name: 'local_shell', args: part.action };
	if (part.type === 'web_search_call') return { id, name: 'web_search', args: part.action };
	return part.type === 'tool_search_call' ? { id, name: 'tool_search', args: part.arguments } : undefined;
}

function qualified({ namespace, name }: ResponseItem): string {
	const plain = name ?? '';
	return namespace?.startsWith('mcp__') === true && !plain.startsWith(namespace) ? `${namespace.replace(/_*$/, '')}__${plain}` : plain;
}

/** Arguments are JSON in a text; a text that is none stands for itself. */
function decoded(args: unknown): unknown {
	return typeof args === 'string' ? (parsedJson(args) ?? args) : args;
}

const Wrapped = z.object({
	output: z.string(),
	metadata: z
		.object({ exit_code: z.number().optional().catch(undefined) })
		.optional()
		.catch(undefined),
});

/** The result that the model got to see. */
export function resultOf(output: unknown): CodexResult {
	// Most outputs are plain text, and to find that they do not fit costs more than to look first.
	const wrapped = typeof output === 'string' && !output.startsWith('{') ? undefined : Wrapped.safeParse(decoded(output)).data;
	const words = wrapped?.output ?? wordsOf(output);
	const exit = wrapped?.metadata?.exit_code ?? Number(/^(?:Exit code: |Process exited with code )(-?\d+)$/m.exec(words.slice(0, 400))?.[1] ?? 0);
	return {
		ok:
			exit === 0 &&
			!/^(apply_patch verification failed|unsupported (custom tool )?call: |Script failed|failed |error[: ]|execution error|aborted|rejected)/i.test(words),
		output: words,
	};
}

function wordsOf(output: unknown): string {
	if (typeof output === 'string') return output;
	const parts: readonly unknown[] = Array.isArray(output) ? output : [output];
	return parts.flatMap((part) => textOf(fieldsOf(part)?.['text']) ?? []).join('\n');
}

const Content = z.object({ content: z.array(z.unknown()).optional().catch(undefined), isError: z.boolean().optional().catch(undefined) });
const Outcome = z.object({ Ok: Content.optional().catch(undefined), Err: z.string().optional().catch(undefined) });

/** The result of a call to an MCP server: `{ Ok }` or `{ Err }` in events, the plain content in items. */
function mcpResult(result: unknown, status: string | undefined): CodexResult {
	const outcome = Outcome.safeParse(result).data;
	const content = outcome?.Ok ?? Content.safeParse(result).data;
	if (outcome?.Err !== undefined) return { ok: false, output: outcome.Err };
	return { ok: content?.isError !== true && status !== 'failed', output: wordsOf(content?.content) };
}

/** The result that an event of the older style brings; undefined when it brings none. */
export function eventResult(event: CodexEvent): CodexResult | undefined {
	const output = event.aggregated_output ?? [event.stdout ?? '', event.stderr ?? ''].filter((part) => part !== '').join('\n');
	if (event.type === 'exec_command_end') return { ok: (event.exit_code ?? 0) === 0 && event.status !== 'failed', output };
	if (event.type === 'patch_apply_end') return { ok: event.success !== false, output, changes: event.changes, declined: event.status === 'declined' };
	return event.type === 'mcp_tool_call_end' ? mcpResult(event.result, event.status) : undefined;
}

/** A step of the item style as a call with its result; undefined when it is no action. */
export function actionOf(item: Item): { name: string; kind: ToolKind; args: unknown; result: CodexResult } | undefined {
	const ok = item.status !== 'failed' && item.status !== 'declined' && (item.exit_code ?? 0) === 0;
	const output = item.aggregated_output ?? [item.stdout ?? '', item.stderr ?? ''].filter((part) => part !== '').join('\n');
	const result = { ok, output, declined: item.status === 'declined' };
	if (item.type === 'CommandExecution') return { name: 'exec_command', kind: commandKind(item), args: { cmd: item.command?.at(-1) ?? '' }, result };
	if (item.type === 'FileChange')
		return { name: 'apply_patch', kind: 'edit', args: { files: Object.keys(item.changes ?? {}) }, result: { ...result, changes: item.changes ?? {} } };
	if (item.type === 'McpToolCall')
		return { name: `mcp__${item.server ?? ''}__${item.tool ?? ''}`, kind: 'mcp', args: item.arguments, result: mcpResult(item.result, item.status) };
	if (item.type === 'ImageView') return { name: 'view_image', kind: 'read', args: { path: item.path }, result };
	if (item.type === 'WebSearch' || (item.type === 'Extension' && item.query !== undefined))
		return { name: 'web_search', kind: 'web', args: { query: item.query }, result };
	return item.type === 'Extension' ? { name: item.kind ?? 'extension', kind: 'other', args: undefined, result } : undefined;
}

/** A command that only reads or only searches is told apart by Codex itself. */
function commandKind(item: Item): ToolKind {
	const types = new Set((item.parsed_cmd ?? []).map((part) => part.type));
	if (types.size === 1 && types.has('read')) return 'read';
	return types.size > 0 && [...types].every((type) => type === 'search' || type === 'list_files' || type === 'read') ? 'search' : 'run';
}
