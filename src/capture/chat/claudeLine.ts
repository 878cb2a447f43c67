import { tagged, withoutTags } from './withoutTags';
import type { SeenImage } from '../../core/attachment';
import { seenImage } from '../seenImage';
import { fieldsOf, LazyRecord, listOf, textOf, type Fields } from './fields';
import { ownText } from './ownText';

/** A line of a Claude Code transcript that carries a message. Fields of an unexpected type read as absent. */
export class ClaudeLine extends LazyRecord {
	get uuid() {
		return this.text('uuid');
	}
	get parentUuid() {
		return this.text('parentUuid');
	}
	get logicalParentUuid() {
		return this.text('logicalParentUuid');
	}
	get sessionId() {
		return this.text('sessionId');
	}
	get agentId() {
		return this.text('agentId');
	}
	get promptId() {
		return this.text('promptId');
	}
	get timestamp() {
		return this.text('timestamp');
	}
	get cwd() {
		return this.text('cwd');
	}
	get gitBranch() {
		return this.text('gitBranch');
	}
	get version() {
		return this.text('version');
	}
	get isSidechain() {
		return this.fields['isSidechain'] === true;
	}
	get isMeta() {
		return this.fields['isMeta'] === true;
	}
	get isCompactSummary() {
		return this.fields['isCompactSummary'] === true;
	}
	get isApiErrorMessage() {
		return this.fields['isApiErrorMessage'] === true;
	}
	get promptSource() {
		return this.text('promptSource');
	}
	get turnOrigin() {
		return this.text('turnOrigin');
	}
	get origin() {
		return textOf(fieldsOf(this.fields['origin'])?.['kind']);
	}
	/** The session of which this one is a fork. */
	get forkedFrom() {
		return textOf(fieldsOf(this.fields['forkedFrom'])?.['sessionId']);
	}
	/** The session in which an answer was given, where this one took it over: `--fork-session` copies lines without `forkedFrom`. */
	get answeredIn() {
		return this.text('requestSessionId');
	}
	get message() {
		const message = fieldsOf(this.fields['message']);
		return message && { id: textOf(message['id']), model: textOf(message['model']), stop_reason: textOf(message['stop_reason']) };
	}
	get content() {
		const content = fieldsOf(this.fields['message'])?.['content'];
		return textOf(content) ?? listOf(content);
	}
	get toolUseResult() {
		return this.fields['toolUseResult'];
	}
}

export type ClaudeBlock =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }
	| { readonly type: 'tool_result'; readonly tool_use_id: string | undefined; readonly content: unknown; readonly is_error: boolean }
	| { readonly type: 'image'; readonly image: SeenImage | undefined }
	| { readonly type: 'ignored' }
	| { readonly type: 'unknown'; readonly what: string };

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
	const { content } = line;
	if (content === undefined) return [];
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return content.map(blockOf);
}

function blockOf(value: unknown): ClaudeBlock {
	if (typeof value === 'string') return { type: 'text', text: value };
	const block = fieldsOf(value);
	const type = textOf(block?.['type']) ?? '';
	if (silent.has(type)) return { type: 'ignored' };
	return (block && knownBlock(block, type)) ?? { type: 'unknown', what: `block:${type.slice(0, 40)}` };
}

function knownBlock(block: Fields, type: string): ClaudeBlock | undefined {
	switch (type) {
		case 'text': {
			const text = textOf(block['text']);
			return text === undefined ? undefined : { type, text };
		}
		case 'tool_use': {
			const id = textOf(block['id']);
			const name = textOf(block['name']);
			return id === undefined || name === undefined ? undefined : { type, id, name, input: block['input'] };
		}
		case 'tool_result':
			return { type, tool_use_id: textOf(block['tool_use_id']), content: block['content'], is_error: block['is_error'] === true };
		case 'image': {
			const source = fieldsOf(block['source']);
			return { type, image: seenImage(textOf(source?.['media_type']), textOf(source?.['data'])) };
		}
		default:
			return undefined;
	}
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
	return { ...(uuid === undefined ? {} : { uuid: ownText(uuid) }), ...(parentUuid === undefined ? {} : { parentUuid: ownText(parentUuid) }) };
}

/** Text that the assistant's program wrote in the user's name. */
const notTyped =
	/^\s*(<(command-(name|message|args|contents)|local-command-(stdout|stderr|caveat)|bash-(input|stdout|stderr)|task-notification|user-memory-input|background-task-|teammate-message)|\[Request interrupted|Caveat: The messages below were generated)/;

/** Context that the program puts before a prompt. */
const context = ['system-reminder', 'ide_opened_file', 'ide_selection', 'ide_diagnostics'];

/** What a person typed in this line: '' when nothing, undefined when the line is no prompt. */
export function promptOf(line: ClaudeLine, blocks: readonly ClaudeBlock[]): string | undefined {
	if (line.type !== 'user' || line.isMeta || line.isCompactSummary) return undefined;
	if (line.promptSource === 'system' || !typedBy(line.turnOrigin) || !typedBy(line.origin)) return undefined;
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
