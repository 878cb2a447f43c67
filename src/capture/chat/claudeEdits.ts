import { z } from 'zod';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { applyHunks, Hunk, replaceText, sidesOf } from './hunks';

/** A call of Claude Code's, with what came back. */
export interface ClaudeCall {
	readonly id: string;
	readonly name: string;
	readonly input: unknown;
	/** `toolUseResult` of the result's line: an object with both sides of an edit, or an error's text. */
	readonly result: unknown;
	readonly output: string;
	readonly failed: boolean;
}

const kinds: Readonly<Record<string, ToolKind>> = {
	Read: 'read',
	NotebookRead: 'read',
	ReadMcpResource: 'mcp',
	Glob: 'search',
	Grep: 'search',
	LS: 'search',
	ToolSearch: 'search',
	Edit: 'edit',
	MultiEdit: 'edit',
	NotebookEdit: 'edit',
	Write: 'create',
	Bash: 'run',
	BashOutput: 'run',
	PowerShell: 'run',
	KillShell: 'run',
	KillBash: 'run',
	Monitor: 'run',
	Task: 'agent',
	Agent: 'agent',
	WebFetch: 'web',
	WebSearch: 'web',
};

/** What a tool of Claude Code does. */
export function claudeToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.startsWith('mcp__') ? 'mcp' : 'other');
}

const nullable = z.string().nullish().catch(undefined);
const Pair = z.object({ old_string: z.string(), new_string: z.string(), replace_all: z.boolean().optional().catch(undefined) });
const EditResult = z.object({
	filePath: z.string(),
	oldString: nullable,
	newString: nullable,
	replaceAll: z.boolean().optional().catch(undefined),
	originalFile: nullable,
	originalFileContents: nullable,
	structuredPatch: z.array(Hunk).optional().catch(undefined),
	edits: z.array(Pair).optional().catch(undefined),
	content: nullable,
	type: nullable,
});
const NotebookResult = z.object({ notebook_path: z.string(), original_file: nullable, updated_file: nullable, new_source: nullable });
const Input = z.object({
	file_path: nullable,
	notebook_path: nullable,
	old_string: nullable,
	new_string: nullable,
	content: nullable,
	new_source: nullable,
	edits: z.array(Pair).optional().catch(undefined),
});
type Input = z.infer<typeof Input>;

/** The edits that a call made, best source first: the record of both sides, then the arguments. A failed call made none. */
export function claudeEdits(call: ClaudeCall): TurnEdit[] {
	if (claudeToolKind(call.name) !== 'edit' && call.name !== 'Write') return [];
	const input = Input.safeParse(call.input).data;
	if (call.failed) return input !== undefined && isRejected(call) ? fromInput(call, input).map((edit) => ({ ...edit, state: 'rejected' as const })) : [];
	const recorded = fromNotebook(call) ?? fromResult(call);
	return recorded ?? (input === undefined ? [] : fromInput(call, input));
}

/** Refused by the user, not failed by itself. */
function isRejected(call: ClaudeCall): boolean {
	return call.result === 'User rejected tool use' || call.output.startsWith("The user doesn't want to proceed with this tool use");
}

function fromResult(call: ClaudeCall): TurnEdit[] | undefined {
	const result = EditResult.safeParse(call.result).data;
	if (result === undefined) return undefined;
	const base = { file_path: result.filePath, tool_id: call.id, state: 'applied' as const, fidelity: 'recorded' as const };
	if (typeof result.content === 'string' && (result.type === 'create' || result.type === 'update')) {
		const before = result.type === 'create' ? null : (result.originalFile ?? undefined);
		if (before === undefined) return [{ ...base, kind: 'edit', before: null, after: result.content, whole: true, fidelity: 'partial' }];
		return [{ ...base, kind: result.type === 'create' ? 'create' : 'edit', before, after: result.content, whole: true }];
	}
	// MultiEdit names it differently.
	const before = result.originalFile ?? result.originalFileContents ?? undefined;
	const after = before === undefined ? undefined : afterOf(before, result);
	if (before !== undefined && after !== undefined)
		return [{ ...base, kind: before === '' && result.oldString === '' ? 'create' : 'edit', before, after, whole: true }];
	const hunks = result.structuredPatch ?? [];
	if (hunks.length > 0) return hunks.map((hunk) => ({ ...base, kind: 'edit', ...sidesOf(hunk), whole: false }));
	if (typeof result.oldString === 'string' && typeof result.newString === 'string')
		return [{ ...base, kind: 'edit', before: result.oldString, after: result.newString, whole: false }];
	return undefined;
}

/** The file after the edit: by the recorded patch, or else by doing the replacements again. */
function afterOf(before: string, result: z.infer<typeof EditResult>): string | undefined {
	const patched = result.structuredPatch === undefined || result.structuredPatch.length === 0 ? undefined : applyHunks(before, result.structuredPatch);
	if (patched !== undefined) return patched;
	const pairs = result.edits ?? [{ old_string: result.oldString ?? '', new_string: result.newString ?? '', replace_all: result.replaceAll }];
	let text: string | undefined = before;
	for (const pair of pairs) text = text === undefined ? undefined : replaceText(text, pair.old_string, pair.new_string, pair.replace_all === true);
	return text;
}

function fromNotebook(call: ClaudeCall): TurnEdit[] | undefined {
	const result = NotebookResult.safeParse(call.result).data;
	if (result === undefined) return undefined;
	const base = { file_path: result.notebook_path, kind: 'edit' as const, tool_id: call.id, state: 'applied' as const };
	if (typeof result.original_file === 'string' && typeof result.updated_file === 'string')
		return [{ ...base, before: result.original_file, after: result.updated_file, whole: true, fidelity: 'recorded' }];
	return typeof result.new_source === 'string' ? [{ ...base, before: null, after: result.new_source, whole: false, fidelity: 'partial' }] : undefined;
}

/** From the arguments alone, as in a sub-agent's transcript. */
function fromInput(call: ClaudeCall, input: Input): TurnEdit[] {
	const file = input.file_path ?? input.notebook_path ?? undefined;
	if (file === undefined) return [];
	const base = { file_path: file, tool_id: call.id, state: 'applied' as const, fidelity: 'arguments' as const };
	if (call.name === 'Write') return typeof input.content === 'string' ? [writtenFile(base, input.content, call.output)] : [];
	if (typeof input.new_source === 'string') return [{ ...base, kind: 'edit', before: null, after: input.new_source, whole: false, fidelity: 'partial' }];
	const pairs =
		input.edits ??
		(typeof input.old_string === 'string' && typeof input.new_string === 'string' ? [{ old_string: input.old_string, new_string: input.new_string }] : []);
	return pairs.map((pair) => ({ ...base, kind: 'edit', before: pair.old_string, after: pair.new_string, whole: false }));
}

/** Only the result's sentence tells whether the file was new; without it the old text is not known. */
function writtenFile(base: Pick<TurnEdit, 'file_path' | 'tool_id' | 'state' | 'fidelity'>, content: string, output: string): TurnEdit {
	const created = output.startsWith('File created');
	return { ...base, kind: created ? 'create' : 'edit', before: null, after: content, whole: true, fidelity: created ? 'arguments' : 'partial' };
}
