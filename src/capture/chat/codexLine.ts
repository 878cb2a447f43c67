import { z } from 'zod';
import { withoutTags } from './withoutTags';
import type { SeenImage } from '../../core/attachment';
import { imageOfUrl } from '../seenImage';
import { fieldsOf, LazyRecord, listOf, numberOf, recordOf, textOf, textsOf } from './fields';

const text = z.string().optional().catch(undefined);

/** A line of a rollout. What stands in its payload depends on the type. */
export interface CodexLine {
	readonly timestamp: unknown;
	readonly type: string;
	readonly payload: unknown;
}

/** undefined when the line is no object that says its type. */
export function lineOf(value: unknown): CodexLine | undefined {
	const line = fieldsOf(value);
	const type = textOf(line?.['type']);
	return line === undefined || type === undefined ? undefined : { type, timestamp: line['timestamp'], payload: line['payload'] };
}

export const SessionMeta = z.object({
	id: text,
	session_id: text,
	timestamp: text,
	cwd: text,
	cli_version: text,
	forked_from_id: text,
	git: z.object({ commit_hash: text, branch: text }).optional().catch(undefined),
	source: z
		.object({ subagent: z.object({ thread_spawn: z.object({ parent_thread_id: text }) }) })
		.optional()
		.catch(undefined),
});
export type SessionMeta = z.infer<typeof SessionMeta>;

export const TurnContext = z.object({ turn_id: text, cwd: text, model: text });

/** One file of an applied patch. */
export const Change = z.object({
	type: z.enum(['add', 'delete', 'update']),
	content: text,
	unified_diff: text,
	move_path: z.string().nullish().catch(undefined),
});
export type Change = z.infer<typeof Change>;
const Changes = z.record(z.string(), z.unknown()).optional().catch(undefined);
const ParsedCommand = z
	.array(z.object({ type: text, path: text }))
	.optional()
	.catch(undefined);

/** What an event and an item both tell of an action. */
abstract class Outcome extends LazyRecord {
	get status() {
		return this.text('status');
	}
	get aggregated_output() {
		return this.text('aggregated_output');
	}
	get stdout() {
		return this.text('stdout');
	}
	get stderr() {
		return this.text('stderr');
	}
	get exit_code() {
		return numberOf(this.fields['exit_code']);
	}
	get changes() {
		return Changes.parse(this.fields['changes']);
	}
	get result() {
		return this.fields['result'];
	}
}

/** A step in the item style, which every version since 0.149 or so writes. */
export class Item extends Outcome {
	get id() {
		return this.text('id');
	}
	get kind() {
		return this.text('kind');
	}
	get content() {
		return listOf(this.fields['content']);
	}
	get words() {
		return this.text('text');
	}
	get command() {
		return textsOf(this.fields['command']);
	}
	get cwd() {
		return this.text('cwd');
	}
	get parsed_cmd() {
		return ParsedCommand.parse(this.fields['parsed_cmd']);
	}
	get server() {
		return this.text('server');
	}
	get tool() {
		return this.text('tool');
	}
	get arguments() {
		return this.fields['arguments'];
	}
	get query() {
		return this.text('query');
	}
	get path() {
		return this.text('path');
	}
}

/** An event; older versions write each step as an event of its own type. */
export class CodexEvent extends Outcome {
	get thread_id() {
		return this.text('thread_id');
	}
	get turn_id() {
		return this.text('turn_id');
	}
	get parent_turn_id() {
		return textOf(fieldsOf(this.fields['turn_attribution'])?.['parent_turn_id']);
	}
	get message() {
		return this.text('message');
	}
	get images() {
		return listOf(this.fields['images']);
	}
	get local_images() {
		return listOf(this.fields['local_images']);
	}
	get last_agent_message() {
		return this.text('last_agent_message');
	}
	get error() {
		return this.fields['error'];
	}
	get item() {
		return recordOf(this.fields['item'], Item);
	}
	get call_id() {
		return this.text('call_id');
	}
	get success() {
		const success = this.fields['success'];
		return typeof success === 'boolean' ? success : undefined;
	}
	get invocation() {
		const made = fieldsOf(this.fields['invocation']);
		return made && { server: textOf(made['server']), tool: textOf(made['tool']), arguments: made['arguments'] };
	}
}

/** A piece of the conversation as the model sees it. */
export class ResponseItem extends LazyRecord {
	get id() {
		return this.text('id');
	}
	get role() {
		return this.text('role');
	}
	get call_id() {
		return this.text('call_id');
	}
	get name() {
		return this.text('name');
	}
	get namespace() {
		return this.text('namespace');
	}
	get arguments() {
		return this.fields['arguments'];
	}
	get input() {
		return this.fields['input'];
	}
	get action() {
		return this.fields['action'];
	}
	get output() {
		return this.fields['output'];
	}
	get content() {
		return listOf(this.fields['content']);
	}
	get turn_id() {
		return textOf(fieldsOf(this.fields['internal_chat_message_metadata_passthrough'])?.['turn_id']);
	}
}

/** The text of a message's parts; an image leaves its mark. */
export function partsText(parts: readonly unknown[] | undefined): string {
	return (parts ?? [])
		.flatMap((value) => {
			const part = fieldsOf(value);
			const words = textOf(part?.['text']);
			return words === undefined ? (/image/i.test(textOf(part?.['type']) ?? '') ? ['[image]'] : []) : [words];
		})
		.join('\n');
}

/** The pictures of a message: addresses that hold them, alone or in a part. Files that are only named are not read. */
export function partsImages(parts: readonly unknown[] | undefined): SeenImage[] {
	return (parts ?? []).flatMap((value) => imageOfUrl(textOf(value) ?? textOf(fieldsOf(value)?.['image_url'])) ?? []);
}

/** The prompt without what the editor's extension puts before it. */
export function typedPrompt(message: string): string {
	const marker = '## My request for Codex:';
	const at = message.startsWith('# Context from my IDE setup:') ? message.lastIndexOf(marker) : -1;
	return withoutTags(at === -1 ? message : message.slice(at + marker.length), context).trim();
}

/** The task that one agent gives another. It may be encrypted; then only its name can be told. */
export function taskOf(parts: readonly unknown[] | undefined): string {
	const message = partsText(parts);
	const payload = /^Payload:\n([\s\S]*)$/m.exec(message)?.[1]?.trim() ?? '';
	return payload === '' ? (/^Task name: (.+)$/m.exec(message)?.[1] ?? '') : payload;
}

/** Context that the program writes in the user's name. */
const context = ['environment_context', 'user_instructions', 'turn_aborted', 'skill'];

/**
 * Says that a line need not be parsed, and its time: a compaction repeats the whole conversation, and what the models cost is
 * told after every step. Events that name a turn are parsed: they may be its first.
 * Looks at the beginning of the raw line, where a quote inside a text would be escaped, so that no text can imitate a field.
 */
export function skippedLine(line: string): { readonly timestamp: string } | undefined {
	const [, timestamp, event] = unused.exec(line.slice(0, 200)) ?? [];
	if (timestamp === undefined || (event !== undefined && line.includes('"turn_id"'))) return undefined;
	return { timestamp };
}

const unused =
	/^\{"timestamp":"([^"\\]{1,40})",(?:"ordinal":\d{1,15},)?"type":(?:"(?:compacted|token_usage_record|world_state)"|("event_msg","payload":\{"type":"(?:token_count|agent_reasoning|agent_reasoning_raw_content|thread_settings_applied|turn_diff)"))/;

/** Lines, events and parts of the conversation that say nothing of prompt, answer or tools, or say it a second time. */
const silent = new Set([
	'line:compacted',
	'line:inter_agent_communication',
	'line:inter_agent_communication_metadata',
	'line:token_usage_record',
	'line:world_state',
	'event:agent_reasoning',
	'event:agent_reasoning_raw_content',
	'event:agent_reasoning_section_break',
	'event:collab_agent_interaction_end',
	'event:collab_agent_spawn_end',
	'event:collab_close_end',
	'event:collab_resume_end',
	'event:collab_waiting_end',
	'event:context_compacted',
	'event:dynamic_tool_call_request',
	'event:dynamic_tool_call_response',
	'event:entered_review_mode',
	'event:exited_review_mode',
	'event:guardian_assessment',
	'event:image_generation_end',
	'event:item_started',
	'event:plan_update',
	'event:stream_error',
	'event:sub_agent_activity',
	'event:thread_goal_updated',
	'event:thread_name_updated',
	'event:thread_rolled_back',
	'event:thread_settings_applied',
	'event:token_count',
	'event:turn_diff',
	'event:undo_completed',
	'event:view_image_tool_call',
	'event:warning',
	'event:web_search_end',
	'response:additional_tools',
	'response:compaction',
	'response:ghost_snapshot',
	'response:image_generation_call',
	'response:reasoning',
	'item:CollabAgentToolCall',
	'item:ContextCompaction',
	'item:HookPrompt',
	'item:Plan',
	'item:Reasoning',
	'item:SubAgentActivity',
]);

export function isSilent(what: string): boolean {
	return silent.has(what);
}
