import { z } from 'zod';
import type { NamedFile } from './imageFile';

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/** An event of a GitHub Copilot CLI session. Fields of an unexpected type read as absent. */
export const CopilotEvent = z.object({
	type: z.string(),
	id: text,
	timestamp: z.unknown().optional(),
	/** Set on what a sub-agent does. */
	agentId: text,
	data: z
		.object({
			sessionId: text,
			copilotVersion: text,
			selectedModel: text,
			newModel: text,
			model: text,
			context: z.object({ cwd: text, branch: text, headCommit: text }).optional().catch(undefined),
			content: text,
			source: text,
			attachments: z
				.array(z.object({ type: text, path: text, displayName: text, mimeType: text, assetId: text }))
				.optional()
				.catch(undefined),
			messageId: text,
			interactionId: text,
			parentToolCallId: text,
			originatingMessageId: text,
			toolRequests: z.array(z.unknown()).optional().catch(undefined),
			toolCallId: text,
			toolName: text,
			arguments: z.unknown().optional(),
			/** Set for tools of MCP servers, whose names join server and tool by a hyphen. */
			mcpServerName: text,
			success: flag,
			result: z.object({ content: text, detailedContent: text, text_result_for_llm: text, result_type: text }).optional().catch(undefined),
			error: z.object({ message: text, code: text }).optional().catch(undefined),
			shellExecution: z
				.object({ exitCode: z.number().optional().catch(undefined) })
				.optional()
				.catch(undefined),
		})
		.catch({}),
});
export type CopilotEvent = z.infer<typeof CopilotEvent>;

/** The pictures that came with a prompt: Copilot names each file, and notes its hash. */
export function picturesOf({ data }: CopilotEvent): Omit<NamedFile, 'at'>[] {
	const pictures = (data.attachments ?? []).filter(({ type, mimeType }) => type === 'image' || mimeType?.startsWith('image/') === true);
	return pictures.map(({ path = '', displayName, assetId }) => ({ path, name: displayName, sha256: /^sha256:([0-9a-f]{64})$/.exec(assetId ?? '')?.[1] }));
}

export const ToolRequest = z.object({ toolCallId: z.string(), name: z.string(), arguments: z.unknown().optional(), mcpServerName: text });
export type ToolRequest = z.infer<typeof ToolRequest>;

/** Families of events that say nothing of prompt, answer or tools. */
const silentFamilies =
	/^(session|hook|permission|subagent|skill|system|command|commands|elicitation|mcp|user_input|sampling|external_tool|exit_plan_mode|capabilities|pending_messages|auto_mode_switch)\./;
const silent = new Set([
	'assistant.turn_start',
	'assistant.turn_end',
	'assistant.intent',
	'assistant.message_start',
	'assistant.message_delta',
	'assistant.reasoning',
	'assistant.reasoning_delta',
	'assistant.streaming_delta',
	'assistant.usage',
	'tool.execution_partial_result',
	'tool.execution_progress',
	'tool.user_requested',
]);

export function isSilent(type: string): boolean {
	return silent.has(type) || silentFamilies.test(type);
}
