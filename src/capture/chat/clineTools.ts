import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';
import { copilotSteps } from './copilotEdits';
import { parsedJson } from './transcriptFiles';

const kinds: Readonly<Record<string, ToolKind>> = {
	read_files: 'read',
	search_codebase: 'search',
	search_files: 'search',
	list_files: 'search',
	editor: 'edit',
	apply_patch: 'edit',
	run_commands: 'run',
	bash: 'run',
	fetch_web_content: 'web',
	web_search: 'web',
	spawn_agent: 'agent',
	team_task: 'agent',
	team_run_task: 'agent',
	team_spawn_teammate: 'agent',
	team_send_message: 'agent',
};

/** What a tool of Cline does. */
export function clineToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.includes('__') || name.startsWith('mcp_') ? 'mcp' : 'other');
}

const text = z.string().optional().catch(undefined);
const Args = z.object({
	path: z.string(),
	old_text: z.string().nullish().catch(undefined),
	new_text: z.string(),
	insert_line: z.number().nullish().catch(undefined),
});
const Result = z.object({ result: z.unknown().optional(), error: text, success: z.boolean().optional().catch(undefined) });
const Block = z.object({ text });

/** What a call gave back. */
export interface ClineOutcome {
	readonly ok: boolean;
	readonly output: string;
	/** The person said no. */
	readonly refused: boolean;
}

/** Reads a tool's result: one object or several of them, as a value or as JSON text, or plain words. */
export function clineOutcome(content: unknown, isError: boolean): ClineOutcome {
	const parsed = typeof content === 'string' ? (parsedJson(content) ?? content) : content;
	const values: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
	const results = values.flatMap((value) => Result.safeParse(value).data ?? []);
	const output = values.flatMap(wordsOf).join('\n');
	const refused = /rejected by the user|denied by user/i.test(output.slice(0, 200));
	return { ok: !isError && !refused && results.every(({ success }) => success !== false), output, refused };
}

function wordsOf(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	const said = Block.safeParse(value).data?.text;
	if (said !== undefined) return [said];
	const { result, error } = Result.safeParse(value).data ?? {};
	const words = typeof result === 'string' ? result : result === undefined ? '' : JSON.stringify(result);
	// A command's error repeats what its result says.
	return [words === '' ? (error ?? '') : words];
}

/** The edits that a call made, or would have made had the person not refused, by its arguments. */
export function clineEdits(call: { id: string; name: string; args: unknown }, outcome: ClineOutcome, cwd: string | undefined): TurnEdit[] {
	if (!outcome.ok && !outcome.refused) return [];
	const state = outcome.refused ? ('rejected' as const) : ('applied' as const);
	if (call.name === 'apply_patch')
		return copilotSteps(call.id, call.name, call.args, '', cwd).flatMap((step) => step.edits.map((edit) => ({ ...edit, state })));
	const args = call.name === 'editor' ? Args.safeParse(call.args).data : undefined;
	if (args === undefined) return [];
	const base = { file_path: absolutePath(args.path, cwd), tool_id: call.id, state, after: args.new_text };
	if (typeof args.insert_line === 'number') return [{ ...base, kind: 'edit', before: '', whole: false, fidelity: 'arguments' }];
	if (typeof args.old_text === 'string' && args.old_text !== '') return [{ ...base, kind: 'edit', before: args.old_text, whole: false, fidelity: 'arguments' }];
	// Only the result's sentence tells whether the file was new.
	const created = outcome.output.startsWith('File created');
	return [{ ...base, kind: created ? 'create' : 'edit', before: null, whole: true, fidelity: created ? 'arguments' : 'partial' }];
}
