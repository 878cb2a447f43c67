import { z } from 'zod';
import { tagged, withoutTags } from './withoutTags';
import type { SeenImage } from '../../core/attachment';
import { seenImage } from '../seenImage';

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/** A line of a Claude Code transcript that carries a message. Fields of an unexpected type read as absent. */
export const ClaudeLine = z.object({
	type: z.string(),
	subtype: text,
	uuid: text,
	parentUuid: text,
	logicalParentUuid: text,
	sessionId: text,
	agentId: text,
	promptId: text,
	timestamp: text,
	cwd: text,
	gitBranch: text,
	version: text,
	isSidechain: flag,
	isMeta: flag,
	isCompactSummary: flag,
	isApiErrorMessage: flag,
	promptSource: text,
	turnOrigin: text,
	origin: z.object({ kind: text }).optional().catch(undefined),
	forkedFrom: z.object({ sessionId: text }).optional().catch(undefined),
	message: z
		.object({
			id: text,
			model: text,
			stop_reason: text,
			content: z
				.union([z.string(), z.array(z.unknown())])
				.optional()
				.catch(undefined),
		})
		.optional()
		.catch(undefined),
	toolUseResult: z.unknown().optional(),
});
export type ClaudeLine = z.infer<typeof ClaudeLine>;

const Text = z.object({ type: z.literal('text'), text: z.string() });
const ToolUse = z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown().optional() });
const ToolResult = z.object({ type: z.literal('tool_result'), tool_use_id: text, content: z.unknown().optional(), is_error: flag });

const Image = z.object({ source: z.object({ media_type: text, data: text }).optional().catch(undefined) });

export type ClaudeBlock =
	| z.infer<typeof Text>
	| z.infer<typeof ToolUse>
	| z.infer<typeof ToolResult>
	| { readonly type: 'image'; readonly image: SeenImage | undefined }
	| { readonly type: 'ignored' }
	| { readonly type: 'unknown'; readonly what: string };

const Typed = z.object({ type: z.string() });
/** Blocks that say nothing of prompt, answer or tools. */
const silent = new Set([
	'thinking',
	'redacted_thinking',
	'document',
	'server_tool_use',
	'web_search_tool_result',
	'tool_reference',
	'fallback',
	'connector_text',
]);

/** The blocks of a message, in order; a plain string is one text block. */
export function blocksOf(line: ClaudeLine): ClaudeBlock[] {
	const content = line.message?.content;
	if (content === undefined) return [];
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return content.map(blockOf);
}

function blockOf(value: unknown): ClaudeBlock {
	if (typeof value === 'string') return { type: 'text', text: value };
	const type = Typed.safeParse(value).data?.type ?? '';
	if (type === 'image') {
		const source = Image.safeParse(value).data?.source;
		return { type: 'image', image: seenImage(source?.media_type, source?.data) };
	}
	if (silent.has(type)) return { type: 'ignored' };
	const known = Text.safeParse(value).data ?? ToolUse.safeParse(value).data ?? ToolResult.safeParse(value).data;
	return known ?? { type: 'unknown', what: `block:${type.slice(0, 40)}` };
}

/** The text of a tool result: a string, or the text blocks of a list. */
export function resultText(content: unknown): string {
	if (typeof content === 'string') return content;
	if (!Array.isArray(content)) return '';
	return content
		.map(blockOf)
		.flatMap((block) => (block.type === 'text' ? [block.text] : block.type === 'image' ? ['[image]'] : []))
		.join('\n');
}

/** Kinds of lines that are bookkeeping of the assistant. Every other kind is read, or counted as unknown. */
const bookkeeping = new Set([
	'agent-name',
	'ai-title',
	'api-request',
	'api-request-blob',
	'api-request-shape',
	'atis-latch',
	'attachment',
	'bridge-session',
	'cost-state',
	'custom-title',
	'file-history-delta',
	'file-history-snapshot',
	'frame-link',
	'last-prompt',
	'mode',
	'permission-mode',
	'pr-link',
	'progress',
	'queue-operation',
	'relocated',
	'result',
	'started',
	'summary',
	'tag',
	'tools-used',
	'worktree-state',
]);

export function isBookkeeping(type: string): boolean {
	return bookkeeping.has(type);
}

/** A line that is read no further: a bookkeeping line, or an attachment with its place in the chain of parents. */
export type SkippedLine = { readonly uuid?: string; readonly parentUuid?: string };

/**
 * Says that a line need not be parsed: most of a transcript's bytes are system prompts and request logs.
 * Looks at the raw line, where a quote inside a text would be escaped, so that no text can imitate a field.
 */
export function skippedLine(line: string): SkippedLine | undefined {
	const head = line.slice(0, 320);
	if (head.startsWith('{"type":"')) return bookkeeping.has(head.slice(9, head.indexOf('"', 9))) ? {} : undefined;
	if (!head.includes('"attachment":{')) return undefined;
	const type = line.lastIndexOf('"type":"attachment"');
	if (type === -1) return undefined;
	const uuid = /"uuid":"([^"\\]{1,100})"/.exec(line.slice(type, type + 200))?.[1];
	const parentUuid = /"parentUuid":"([^"\\]{1,100})"/.exec(head)?.[1];
	return { ...(uuid === undefined ? {} : { uuid }), ...(parentUuid === undefined ? {} : { parentUuid }) };
}

/** Text that the assistant's program wrote in the user's name. */
const notTyped =
	/^\s*(<(command-(name|message|args|contents)|local-command-(stdout|stderr|caveat)|bash-(input|stdout|stderr)|task-notification|user-memory-input|background-task-|teammate-message)|\[Request interrupted|Caveat: The messages below were generated)/;

/** Context that the program puts before a prompt. */
const context = ['system-reminder', 'ide_opened_file', 'ide_selection', 'ide_diagnostics'];

/** What a person typed in this line: '' when nothing, undefined when the line is no prompt. */
export function promptOf(line: ClaudeLine, blocks: readonly ClaudeBlock[]): string | undefined {
	if (line.type !== 'user' || line.isMeta === true || line.isCompactSummary === true) return undefined;
	if (line.promptSource === 'system' || !typedBy(line.turnOrigin) || !typedBy(line.origin?.kind)) return undefined;
	if (blocks.some((block) => block.type === 'tool_result')) return undefined;
	const parts = blocks.flatMap((block) => (block.type === 'text' ? [withoutTags(block.text, context)] : block.type === 'image' ? ['[image]'] : []));
	const prompt = parts.filter((part) => part.trim() !== '').join('\n');
	return prompt === '' || notTyped.test(prompt) ? undefined : prompt;
}

/** Origins of machine-made prompts; new words are taken for a person's, since losing a turn is worse than one too many. */
function typedBy(origin: string | undefined): boolean {
	return origin === undefined || !/^(task[_-]notification|system|hook|coordinator|peer|agent|cron|channel)$/.test(origin);
}

/** A slash command as typed (`/review 12`), for commands that make the assistant answer. */
export function commandOf(blocks: readonly ClaudeBlock[]): string | undefined {
	const [first] = blocks;
	if (first?.type !== 'text') return undefined;
	const name = tagged(first.text, 'command-name')?.trim() ?? '';
	if (name === '' || name.length > 200 || name.includes('<')) return undefined;
	const args = tagged(first.text, 'command-args')?.trim() ?? '';
	return `${name.startsWith('/') ? name : `/${name}`}${args === '' ? '' : ` ${args}`}`;
}

/** True when the line says that the user stopped the assistant. */
export function isInterruption(blocks: readonly ClaudeBlock[]): boolean {
	return blocks.some((block) => block.type === 'text' && block.text.startsWith('[Request interrupted by user'));
}
