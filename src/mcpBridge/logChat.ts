import { z } from 'zod';
import type { LogChatInput } from '../core/api';
import { defineTool } from './tool';

// Names and optionality are those that rules written for chroma-mcp-server already use.
const input = z.object({
	prompt_summary: z.string(),
	response_summary: z.string(),
	raw_prompt: z.string().describe("The user's words"),
	raw_response: z.string().describe('Your answer'),
	tool_usage: z.array(z.object({ name: z.string(), args: z.record(z.string(), z.unknown()).optional() })).optional(),
	file_changes: z.array(z.record(z.string(), z.unknown())).optional().describe('{file_path, before_content, after_content} a file'),
	involved_entities: z.string().optional().describe('Files and symbols, comma-separated'),
	session_id: z.string().optional(),
});

const output = z.object({ turn_id: z.string(), outcome: z.string(), redactions: z.number() });

export const logChat = defineTool({
	name: 'chroma_log_chat',
	title: 'Log this chat turn',
	description: 'Keeps one turn (prompt, answer, tools, file changes) for review. Not needed where Codelearn captures by itself.',
	input,
	output,
	annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
	async run(app, said, { signal, clientName }) {
		const kept = await app.logChat(turnOf(said, clientName), signal === undefined ? {} : { signal });
		const { turn_id, outcome, redactions } = kept;
		const secrets = redactions === 0 ? '' : ` ${redactions} secret(s) were taken out.`;
		return { text: `Turn ${turn_id}: ${outcome}.${secrets}`, data: { turn_id, outcome, redactions } };
	},
});

function turnOf(said: z.output<typeof input>, clientName: string | undefined): LogChatInput {
	return {
		prompt: firstSaid(said.raw_prompt, said.prompt_summary),
		response: firstSaid(said.raw_response, said.response_summary),
		assistant: clientName ?? 'mcp',
		...(said.session_id === undefined || said.session_id === '' ? {} : { session_id: said.session_id }),
		tools: (said.tool_usage ?? []).map(({ name, args }) => ({ name, ...(args === undefined ? {} : { args }) })),
		edits: (said.file_changes ?? []).flatMap(editOf),
		involved_entities: (said.involved_entities ?? '')
			.split(',')
			.map((entity) => entity.trim())
			.filter((entity) => entity !== ''),
	};
}

/** A change as callers write it. One without a path or without any text says nothing and is left out. */
function editOf(change: Readonly<Record<string, unknown>>): NonNullable<LogChatInput['edits']> {
	const path = textAt(change, ['file_path', 'path', 'file', 'filename']);
	const before = textAt(change, ['before_content', 'before', 'old_content', 'old_text', 'old_string']);
	const after = textAt(change, ['after_content', 'after', 'new_content', 'new_text', 'new_string', 'content']);
	if (path === undefined || (before === undefined && after === undefined)) return [];
	return [{ file_path: path, before: before ?? null, after: after ?? null }];
}

function textAt(change: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
	for (const name of names) {
		const value = change[name];
		if (typeof value === 'string') return value;
	}
	return undefined;
}

function firstSaid(...texts: readonly string[]): string {
	return texts.find((text) => text.trim() !== '') ?? '';
}
