import { z } from 'zod';
import { withoutTags } from './withoutTags';
import type { SeenImage } from '../../core/attachment';
import { imageOfUrl } from '../seenImage';

const text = z.string().optional().catch(undefined);

/** A line of a rollout. What stands in its payload depends on the type. */
export const CodexLine = z.object({ timestamp: z.unknown().optional(), type: z.string(), payload: z.unknown().optional() });

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

/** What a person or the model wrote; its parts are text, images and the like. */
const Part = z.object({ type: text, text: text });
const ImagePart = z.object({ image_url: text });
const Parts = z.array(z.unknown()).optional().catch(undefined);

/** One file of an applied patch. */
export const Change = z.object({
	type: z.enum(['add', 'delete', 'update']),
	content: text,
	unified_diff: text,
	move_path: z.string().nullish().catch(undefined),
});
export type Change = z.infer<typeof Change>;
const changes = z.record(z.string(), z.unknown()).optional().catch(undefined);

const Invocation = z.object({ server: text, tool: text, arguments: z.unknown().optional() });

/** A step in the item style, which every version since 0.149 or so writes. */
export const Item = z.object({
	type: z.string(),
	id: text,
	kind: text,
	content: Parts,
	text: text,
	command: z.array(z.string()).optional().catch(undefined),
	cwd: text,
	parsed_cmd: z
		.array(z.object({ type: text, path: text }))
		.optional()
		.catch(undefined),
	status: text,
	aggregated_output: text,
	stdout: text,
	stderr: text,
	exit_code: z.number().optional().catch(undefined),
	changes,
	server: text,
	tool: text,
	arguments: z.unknown().optional(),
	result: z.unknown().optional(),
	query: text,
	path: text,
});
export type Item = z.infer<typeof Item>;

/** An event; older versions write each step as an event of its own type. */
export const CodexEvent = z.object({
	type: z.string(),
	thread_id: text,
	turn_id: text,
	turn_attribution: z.object({ parent_turn_id: text }).optional().catch(undefined),
	message: text,
	images: Parts,
	local_images: Parts,
	last_agent_message: text,
	error: z.unknown().optional(),
	item: Item.optional().catch(undefined),
	call_id: text,
	success: z.boolean().optional().catch(undefined),
	status: text,
	stdout: text,
	stderr: text,
	aggregated_output: text,
	exit_code: z.number().optional().catch(undefined),
	changes,
	invocation: Invocation.optional().catch(undefined),
	result: z.unknown().optional(),
});
export type CodexEvent = z.infer<typeof CodexEvent>;

/** A piece of the conversation as the model sees it. */
export const ResponseItem = z.object({
	type: z.string(),
	id: text,
	role: text,
	call_id: text,
	name: text,
	namespace: text,
	arguments: z.unknown().optional(),
	input: z.unknown().optional(),
	action: z.unknown().optional(),
	output: z.unknown().optional(),
	content: Parts,
	internal_chat_message_metadata_passthrough: z.object({ turn_id: text }).optional().catch(undefined),
});
export type ResponseItem = z.infer<typeof ResponseItem>;

/** The text of a message's parts; an image leaves its mark. */
export function partsText(parts: readonly unknown[] | undefined): string {
	return (parts ?? [])
		.flatMap((value) => {
			const part = Part.safeParse(value).data;
			if (part === undefined) return [];
			return part.text === undefined ? (/image/i.test(part.type ?? '') ? ['[image]'] : []) : [part.text];
		})
		.join('\n');
}

/** The pictures of a message: addresses that hold them, alone or in a part. Files that are only named are not read. */
export function partsImages(parts: readonly unknown[] | undefined): SeenImage[] {
	return (parts ?? []).flatMap((value) => imageOfUrl(typeof value === 'string' ? value : ImagePart.safeParse(value).data?.image_url) ?? []);
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
 * Says that a line need not be parsed, and its time: a compaction repeats the whole conversation.
 * Looks at the beginning of the raw line, where a quote inside a text would be escaped, so that no text can imitate a field.
 */
export function skippedLine(line: string): { readonly timestamp: string } | undefined {
	const timestamp = unused.exec(line.slice(0, 160))?.[1];
	return timestamp === undefined ? undefined : { timestamp };
}

const unused = /^\{"timestamp":"([^"\\]{1,40})",(?:"ordinal":\d{1,15},)?"type":"(?:compacted|token_usage_record|world_state)"/;

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
