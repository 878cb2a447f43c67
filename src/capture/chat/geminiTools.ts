import { z } from 'zod';
import type { SeenImage } from '../../core/attachment';
import { seenImage } from '../seenImage';
import type { ToolKind, TurnEdit } from '../../core/turn';
import { absolutePath } from './absolutePath';

const kinds: Readonly<Record<string, ToolKind>> = {
	read_file: 'read',
	read_many_files: 'read',
	list_directory: 'search',
	glob: 'search',
	grep_search: 'search',
	search_file_content: 'search',
	replace: 'edit',
	edit: 'edit',
	notebook_edit: 'edit',
	write_file: 'create',
	run_shell_command: 'run',
	read_background_output: 'run',
	list_background_processes: 'run',
	task_stop: 'run',
	web_fetch: 'web',
	google_web_search: 'web',
	web_search: 'web',
	invoke_agent: 'agent',
	codebase_investigator: 'agent',
	agent: 'agent',
	task: 'agent',
	send_message: 'agent',
	list_agents: 'agent',
};

/** What a tool of Gemini CLI, or of Qwen Code that came from it, does. */
export function geminiToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.startsWith('mcp_') || name.includes('__') ? 'mcp' : 'other');
}

const text = z.string().nullish().catch(undefined);
const Part = z.object({
	text,
	thought: z.boolean().optional().catch(undefined),
	inlineData: z
		.object({ mimeType: z.string().optional().catch(undefined), data: z.string().optional().catch(undefined) })
		.optional()
		.catch({}),
	functionCall: z.object({ id: z.string(), name: z.string(), args: z.unknown().optional() }).optional().catch(undefined),
	functionResponse: z
		.object({ id: text, response: z.object({ output: text, error: text }).optional().catch(undefined) })
		.optional()
		.catch(undefined),
});
export type GeminiPart = z.infer<typeof Part>;

/** The parts of a message; a plain string is one part of text. What is no part is left out. */
export function partsOf(content: unknown): GeminiPart[] {
	if (typeof content === 'string') return [Part.parse({ text: content })];
	const list: readonly unknown[] = Array.isArray(content) ? content : [content];
	return list.flatMap((value) => Part.safeParse(typeof value === 'string' ? { text: value } : value).data ?? []);
}

/** Words of a message's parts, without thoughts; an image leaves its mark. */
export function wordsOf(parts: readonly GeminiPart[]): string[] {
	return parts.flatMap((part) => (part.inlineData !== undefined ? ['[image]'] : part.thought === true || typeof part.text !== 'string' ? [] : [part.text]));
}

/** The same without the contents of files that a person named, which the program puts behind what was typed. */
export function typedWords(parts: readonly GeminiPart[]): string[] {
	const words = wordsOf(parts);
	const files = words.findIndex((part) => part.includes('--- Content from referenced files ---'));
	return files === -1 ? words : words.slice(0, files);
}

/** The pictures among a message's parts. */
export function imagesOf(parts: readonly GeminiPart[]): SeenImage[] {
	return parts.flatMap(({ inlineData }) => seenImage(inlineData?.mimeType, inlineData?.data) ?? []);
}

/** What a tool gave back, and whether it says that it failed. A command's own failure stands only in its text. */
export function outcomeOf(parts: readonly GeminiPart[]): { ok: boolean; output: string } {
	const responses = parts.flatMap((part) => part.functionResponse?.response ?? []);
	const error = responses.find((response) => typeof response.error === 'string')?.error;
	const raw = error ?? responses.map((response) => response.output ?? '').join('\n');
	const output = raw.replace(/^<untrusted_context>\n([\s\S]*)\n<\/untrusted_context>$/, '$1');
	const exit = /^Exit Code: (-?\d+)$/m.exec(output)?.[1];
	return { ok: error === undefined, output, ...(exit !== undefined && exit !== '0' ? { ok: false } : {}) };
}

/** A call with its result, whose edits are wanted. */
export interface EditingCall {
	readonly id: string;
	readonly name: string;
	readonly args: unknown;
	/** `resultDisplay`: for an edit an object with both sides. */
	readonly display: unknown;
	readonly ok: boolean;
	readonly cancelled: boolean;
	readonly output: string;
	readonly cwd: string | undefined;
}

const Display = z.object({ filePath: text, originalContent: text, newContent: z.string(), isNewFile: z.boolean().optional().catch(undefined) });
const Args = z.object({ file_path: z.string(), old_string: text, new_string: text, content: text });

/** The edits that a call made, or would have made had the user not refused: the record of both sides, or else the arguments. */
export function geminiEdits(call: EditingCall): TurnEdit[] {
	const kind = geminiToolKind(call.name);
	if ((kind !== 'edit' && kind !== 'create') || !(call.ok || call.cancelled)) return [];
	const args = Args.safeParse(call.args).data;
	const display = Display.safeParse(call.display).data;
	const file = display?.filePath ?? args?.file_path;
	if (file === undefined) return [];
	const base = { file_path: absolutePath(file, call.cwd), tool_id: call.id, state: call.cancelled ? ('rejected' as const) : ('applied' as const) };
	if (display !== undefined) {
		// Of a new file Qwen Code records an empty old text.
		const created = display.isNewFile === true || typeof display.originalContent !== 'string' || (display.originalContent === '' && isCreation(call.output));
		const before = created ? null : (display.originalContent ?? null);
		return [{ ...base, kind: created ? 'create' : 'edit', before, after: display.newContent, whole: true, fidelity: 'recorded' }];
	}
	return args === undefined ? [] : fromArguments(base, args, call);
}

function fromArguments(base: Pick<TurnEdit, 'file_path' | 'tool_id' | 'state'>, args: z.infer<typeof Args>, call: EditingCall): TurnEdit[] {
	if (typeof args.content === 'string') {
		// Only the result's sentence tells whether the file was new.
		const created = isCreation(call.output);
		return [{ ...base, kind: created ? 'create' : 'edit', before: null, after: args.content, whole: true, fidelity: created ? 'arguments' : 'partial' }];
	}
	if (typeof args.old_string !== 'string' || typeof args.new_string !== 'string') return [];
	if (args.old_string === '') return [{ ...base, kind: 'create', before: null, after: args.new_string, whole: true, fidelity: 'arguments' }];
	return [{ ...base, kind: 'edit', before: args.old_string, after: args.new_string, whole: false, fidelity: 'arguments' }];
}

function isCreation(output: string): boolean {
	return output.startsWith('Successfully created');
}
