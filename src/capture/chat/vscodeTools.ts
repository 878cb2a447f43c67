import type { ToolCall, ToolKind } from '../../core/turn';
import { boundedArgs, boundedOutput } from '../bounded';
import type { ChatRequest, ResponsePart } from './vscodeSchema';

/** A call of one request, with what the model asked for and what the editor showed of it. */
export interface VscodeCall {
	readonly tool: ToolCall;
	/** The arguments whole, for reading edits out of them. */
	readonly args: unknown;
	/** The user did not let it run. */
	readonly refused: boolean;
}

/** The names models know, by the ids that the editor writes. */
const names: Readonly<Record<string, string>> = {
	copilot_readFile: 'read_file',
	copilot_listDirectory: 'list_dir',
	copilot_findTextInFiles: 'grep_search',
	copilot_findFiles: 'file_search',
	copilot_searchCodebase: 'semantic_search',
	copilot_replaceString: 'replace_string_in_file',
	copilot_multiReplaceString: 'multi_replace_string_in_file',
	copilot_insertEdit: 'insert_edit_into_file',
	copilot_createFile: 'create_file',
	copilot_createDirectory: 'create_directory',
	copilot_applyPatch: 'apply_patch',
	copilot_editNotebook: 'edit_notebook_file',
	copilot_runInTerminal: 'run_in_terminal',
	copilot_getErrors: 'get_errors',
	copilot_fetchWebPage: 'fetch_webpage',
};

const kinds: Readonly<Record<string, ToolKind>> = {
	read_file: 'read',
	list_dir: 'search',
	grep_search: 'search',
	file_search: 'search',
	semantic_search: 'search',
	list_code_usages: 'search',
	get_errors: 'read',
	replace_string_in_file: 'edit',
	multi_replace_string_in_file: 'edit',
	insert_edit_into_file: 'edit',
	apply_patch: 'edit',
	edit_notebook_file: 'edit',
	create_file: 'create',
	create_directory: 'create',
	run_in_terminal: 'run',
	run_task: 'run',
	runTests: 'run',
	runSubagent: 'agent',
	search_subagent: 'agent',
	fetch_webpage: 'web',
	vscode_fetchWebPage_internal: 'web',
};

export function vscodeToolKind(name: string): ToolKind {
	return kinds[name] ?? (name.startsWith('mcp_') ? 'mcp' : 'other');
}

/** The suffix by which the editor makes a model's call ids unique. */
export function plainCallId(id: string): string {
	return id.replace(/__vscode-\d+$/, '');
}

/**
 * The calls of a request in the order in which the model made them. What the model asked stands in the rounds, what
 * came of it in the parts of the answer; they are joined on the call's id. Older versions wrote other ids there: those
 * are joined by name and order. A cancelled request has no rounds, its parts alone tell.
 */
export function vscodeCalls(request: ChatRequest, parts: readonly ResponsePart[], startedAt: number): VscodeCall[] {
	const invocations = invocationsOf(parts);
	const results = request.result?.metadata?.toolCallResults ?? {};
	const used = new Set<ResponsePart>();
	const calls: VscodeCall[] = [];
	let last = startedAt - 1;
	const next = (time: number): string => {
		last = Math.max(last + 1, time);
		return new Date(last).toISOString();
	};
	for (const round of request.result?.metadata?.toolCallRounds ?? []) {
		for (const asked of round.toolCalls ?? []) {
			const id = plainCallId(asked.id);
			const part =
				invocations.find((one) => !used.has(one) && one.toolCallId === id) ??
				invocations.find((one) => !used.has(one) && isOldId(one) && nameOf(one) === asked.name);
			if (part !== undefined) used.add(part);
			calls.push(
				callOf({
					id,
					name: asked.name,
					args: parsedArguments(asked.arguments),
					part,
					result: resultOf(results, asked.id),
					at: next(round.timestamp ?? last + 1),
				}),
			);
		}
	}
	for (const part of invocations) {
		if (used.has(part)) continue;
		calls.push(callOf({ id: part.toolCallId ?? '', name: nameOf(part), args: argsOfPart(part), part, result: undefined, at: next(last + 1) }));
	}
	return calls;
}

/** Each invocation once, at its first place with its last data; the editor's own helpers are no calls of the model. */
function invocationsOf(parts: readonly ResponsePart[]): ResponsePart[] {
	const found = new Map<string, ResponsePart>();
	for (const part of parts) {
		if (part.kind !== 'toolInvocationSerialized' || part.toolId === undefined || isInternal(part.toolId)) continue;
		found.set(part.toolCallId ?? `n${found.size}`, part);
	}
	return [...found.values()];
}

function isInternal(toolId: string): boolean {
	return toolId.endsWith('_internal') && toolId !== 'vscode_fetchWebPage_internal';
}

/** Ids of the editor's own making, not the model's. */
function isOldId(part: ResponsePart): boolean {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(part.toolCallId ?? '');
}

function nameOf(part: ResponsePart): string {
	return names[part.toolId ?? ''] ?? part.toolId ?? 'unknown';
}

interface Seen {
	readonly id: string;
	readonly name: string;
	readonly args: unknown;
	readonly part: ResponsePart | undefined;
	readonly result: string | undefined;
	readonly at: string;
}

function callOf({ id, name, args, part, result, at }: Seen): VscodeCall {
	const output = result ?? part?.toolSpecificData?.terminalCommandOutput?.text ?? part?.toolSpecificData?.result;
	const ok = succeeded(part, output);
	const tool: ToolCall = {
		id,
		name,
		kind: vscodeToolKind(name),
		...(args === undefined ? {} : { args: boundedArgs(args) }),
		...(ok === undefined ? {} : { ok }),
		...(output === undefined ? {} : { output: boundedOutput(withoutColours(output)) }),
		at,
	};
	return { tool, args, refused: part !== undefined && isRefused(part) };
}

/** Refused when its confirmation says so; failed when its text or the shell does; unknown while nothing came back. */
function succeeded(part: ResponsePart | undefined, output: string | undefined): boolean | undefined {
	const failed = output !== undefined && /^\s*(?:ERROR(?: while calling tool)?:|Error:|String replacement failed|Applying patch failed)/.test(output);
	if (part === undefined) return output === undefined ? undefined : !failed;
	if (isRefused(part)) return false;
	const exitCode = part.toolSpecificData?.terminalCommandState?.exitCode;
	if (exitCode !== undefined) return exitCode === 0;
	if (failed) return false;
	return part.isComplete === true || output !== undefined ? true : undefined;
}

/** Denied, or skipped, which lets the assistant go on. */
const refusals: readonly (number | undefined)[] = [0, 5];

function isRefused({ isConfirmed }: ResponsePart): boolean {
	return isConfirmed === false || (typeof isConfirmed === 'object' && refusals.includes(isConfirmed.type));
}

function parsedArguments(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		const parsed: unknown = JSON.parse(value);
		return parsed;
	} catch {
		return value;
	}
}

function argsOfPart(part: ResponsePart): unknown {
	const line = part.toolSpecificData?.commandLine;
	const command = typeof line === 'string' ? line : (line?.userEdited ?? line?.original);
	if (command !== undefined) return { command };
	return part.toolSpecificData?.prompt === undefined ? undefined : { prompt: part.toolSpecificData.prompt };
}

function resultOf(results: Readonly<Record<string, unknown>>, id: string): string | undefined {
	if (!Object.hasOwn(results, id)) return undefined;
	return textsIn(results[id]);
}

/** Every text of a result, in order. */
export function textsIn(result: unknown): string {
	const texts: string[] = [];
	collectTexts(result, texts, 0);
	return texts.join('');
}

/** Results are trees of layout nodes; what is read is every text in them, in order. */
function collectTexts(value: unknown, texts: string[], depth: number): void {
	if (depth > 60 || typeof value !== 'object' || value === null) return;
	if (Array.isArray(value)) {
		for (const part of value) collectTexts(part, texts, depth + 1);
		return;
	}
	if ('text' in value && typeof value.text === 'string') texts.push(value.text);
	else if ('value' in value && typeof value.value === 'string') texts.push(value.value);
	for (const key of ['content', 'value', 'node', 'children'] as const) if (key in value) collectTexts(Reflect.get(value, key), texts, depth + 1);
}

function withoutColours(text: string): string {
	return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n');
}
