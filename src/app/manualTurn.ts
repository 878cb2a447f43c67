import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { CallContext, LogChatInput } from '../core/api';
import { TurnObservation } from '../core/turn';
import { definedOnly } from './definedOnly';
import type { TurnOverrides } from './ingest';

/** A turn that a caller hands in whole, and what it says of it where nothing can be derived. */
export function manualTurn(
	input: z.output<typeof LogChatInput>,
	{ folder }: CallContext,
	now: Date,
): { observation: TurnObservation; overrides: TurnOverrides } {
	const { prompt, response, tools, assistant, model } = input;
	const { diff_summary, code_context, tool_sequence, modification_type, confidence_score, involved_entities } = input;
	const observation = TurnObservation.parse({
		assistant,
		session_id: input.session_id ?? randomUUID(),
		turn_key: input.turn_key ?? randomUUID(),
		channel: 'manual',
		started_at: now.toISOString(),
		...(folder !== '' && { cwd: folder }),
		prompt,
		response,
		...(model !== undefined && { model }),
		tools,
		edits: input.edits.map((edit) => ({ ...edit, kind: edit.before === null ? 'create' : edit.after === null ? 'delete' : 'edit', fidelity: 'arguments' })),
	});
	const overrides = { diff_summary, code_context, tool_sequence, modification_type, confidence_score, involved_entities };
	return { observation, overrides: definedOnly(overrides) };
}
