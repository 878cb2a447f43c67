import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const Part = z.object({
	type: text,
	text,
	id: text,
	name: text,
	input: z.unknown().optional(),
	tool_use_id: text,
	content: z.unknown().optional(),
	is_error: z.boolean().optional().catch(undefined),
});
type Part = z.infer<typeof Part>;
const Message = z.object({ role: z.string(), content: z.unknown() });

/** What kind of thing a call did, in words that the model's tools and the program's own messages share. */
export type TaskFamily = 'edit' | 'read' | 'list' | 'search' | 'command' | 'mcp' | 'browser' | 'web' | 'agent' | 'other';

/** A call as the model made it, with what it was told of the result. */
export interface ApiCall {
	readonly name: string;
	readonly family: TaskFamily;
	/** Path or command, where the call has one. */
	readonly subject: string | undefined;
	readonly args: unknown;
	readonly outcome: ApiOutcome | undefined;
}

export interface ApiOutcome {
	readonly ok: boolean;
	readonly output: string;
	/** The person said no. */
	readonly refused: boolean;
}

/** What the conversation with the model tells: its calls in order, the folder it was told to work in, and the model's name where it was told that. */
export interface ApiHistory {
	readonly calls: readonly ApiCall[];
	readonly cwd: string | undefined;
	readonly model: string | undefined;
}

/** Reads `api_conversation_history.json`: calls are parts of their own, or in older versions XML in the model's words. Odd parts are left out. */
export function apiHistory(state: unknown): ApiHistory {
	const values: readonly unknown[] = Array.isArray(state) ? state : [];
	const messages = values.flatMap((value) => Message.safeParse(value).data ?? []).map(({ role, content }) => ({ role, parts: partsOf(content) }));
	const words = messages.filter(({ role }) => role === 'user').flatMap(({ parts }) => parts.map(wordsOf));
	const calls = messages.flatMap(({ role, parts }, place) => {
		const next = messages[place + 1];
		return role === 'assistant' ? callsOf(parts, next?.role === 'user' ? next.parts : []) : [];
	});
	return { calls, cwd: firstMatch(words, folderPattern), model: firstMatch(words, /^<model>([^<\n]+)<\/model>$/m) };
}

/** The line in which the model is told its folder. The bound keeps hostile text from taking long. */
export const folderPattern = /# (?:Current )?Work(?:ing|space) Directory \((.{1,1000}?)\) Files/;

function firstMatch(texts: readonly string[], pattern: RegExp): string | undefined {
	for (const one of texts) {
		const found = pattern.exec(one)?.[1];
		if (found !== undefined) return found;
	}
	return undefined;
}

function partsOf(content: unknown): Part[] {
	const values: readonly unknown[] = Array.isArray(content) ? content : [typeof content === 'string' ? { type: 'text', text: content } : content];
	return values.flatMap((value) => Part.safeParse(value).data ?? []);
}

/** Words of a part, or of the parts within a result. */
function wordsOf(part: Part): string {
	if (part.type !== 'tool_result') return part.text ?? '';
	return partsOf(part.content)
		.map((inner) => inner.text ?? '')
		.join('\n');
}

function callsOf(parts: readonly Part[], answer: readonly Part[]): ApiCall[] {
	const native = parts.flatMap((part) => {
		if (part.type !== 'tool_use' || part.name === undefined) return [];
		const result = answer.find((one) => one.type === 'tool_result' && one.tool_use_id === part.id);
		const outcome = result === undefined ? undefined : outcomeOf(wordsOf(result), result.is_error === true);
		return [callOf(part.name, part.input, outcome)];
	});
	if (native.length > 0) return native;
	const written = parts.flatMap((part) => xmlCalls(part.text ?? ''));
	// The program takes one such call a message, the first.
	return written.slice(0, 1).map(({ name, args }) => callOf(name, args, xmlOutcome(name, answer)));
}

const Subject = z.object({ path: text, file_path: text, target_file: text, command: text });

function callOf(name: string, args: unknown, outcome: ApiOutcome | undefined): ApiCall {
	const family = families[name] ?? (/^mcp-|__/.test(name) ? 'mcp' : 'other');
	const given = Subject.safeParse(args).data;
	return { name, family, subject: given?.path ?? given?.file_path ?? given?.target_file ?? given?.command, args, outcome };
}

const families: Readonly<Record<string, TaskFamily>> = {
	write_to_file: 'edit',
	replace_in_file: 'edit',
	apply_diff: 'edit',
	apply_patch: 'edit',
	insert_content: 'edit',
	search_and_replace: 'edit',
	search_replace: 'edit',
	edit_file: 'edit',
	edit: 'edit',
	fast_edit_file: 'edit',
	delete_file: 'edit',
	read_file: 'read',
	fetch_instructions: 'read',
	list_files: 'list',
	list_code_definition_names: 'search',
	search_files: 'search',
	codebase_search: 'search',
	execute_command: 'command',
	use_mcp_tool: 'mcp',
	access_mcp_resource: 'mcp',
	browser_action: 'browser',
	web_fetch: 'web',
	web_search: 'web',
	new_task: 'agent',
	use_subagents: 'agent',
	switch_mode: 'agent',
};

/** Calls written as `<tool><parameter>value</parameter></tool>`, of known tools. A value ends at its last closing tag, since it may hold tags itself. */
function xmlCalls(words: string): { name: string; args: Record<string, string> }[] {
	const found: { name: string; args: Record<string, string> }[] = [];
	for (const match of words.matchAll(/<([a-z_]+)>/g)) {
		const name = match[1] ?? '';
		if (families[name] === undefined) continue;
		const start = match.index + match[0].length;
		const end = words.lastIndexOf(`</${name}>`);
		if (end >= start) found.push({ name, args: xmlArgs(words.slice(start, end)) });
		break;
	}
	return found;
}

function xmlArgs(body: string): Record<string, string> {
	const args = new Map<string, string>();
	const tag = /<([a-z_]+)>/g;
	for (let open = tag.exec(body); open !== null; open = tag.exec(body)) {
		const name = open[1] ?? '';
		const start = tag.lastIndex;
		const end = longParameters.has(name) ? body.lastIndexOf(`</${name}>`) : body.indexOf(`</${name}>`, start);
		if (end < start) break;
		args.set(name, body.slice(start, end).replace(/^\r?\n|\r?\n$/g, ''));
		tag.lastIndex = end + name.length + 3;
	}
	return Object.fromEntries(args);
}

const longParameters = new Set(['content', 'diff', 'args', 'arguments']);

/** The result that follows `[tool for 'subject'] Result:` in the next message. */
function xmlOutcome(name: string, answer: readonly Part[]): ApiOutcome | undefined {
	const words = answer.map(wordsOf);
	const place = words.findIndex((one) => one.startsWith(`[${name}`) && one.includes('] Result:'));
	if (place === -1) return undefined;
	const [, first = ''] = /\] Result:\s*([\s\S]*)$/.exec(words[place] ?? '') ?? [];
	const rest = words.slice(place + 1).filter((one) => !one.startsWith('<environment_details>'));
	return outcomeOf([first, ...rest].filter((one) => one !== '').join('\n'), false);
}

function outcomeOf(words: string, isError: boolean): ApiOutcome {
	const output = words.replace(/<environment_details>[\s\S]*$/, '').trim();
	const start = output.slice(0, 400);
	const refused = /^(The )?user denied this operation|"status":\s*"denied"/i.test(start);
	const failed = /^(The tool execution failed|\[ERROR\]|Error:)|^<error>|<error_details>|"status":\s*"error"|Command execution was not successful/i.test(start);
	const exit = /\bexit(?:ed with)? code:? (\d+)/i.exec(start)?.[1];
	return { ok: !isError && !refused && !failed && (exit === undefined || Number(exit) === 0), output, refused };
}
