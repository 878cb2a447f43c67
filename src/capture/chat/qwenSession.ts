import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import { geminiEdits, geminiToolKind, outcomeOf, partsOf, wordsOf, type GeminiPart } from './geminiTools';
import { LineClock } from './instant';
import { draftTurn, newDraft, reach, say, type TurnDraft } from './turnDraft';
import { withoutTags } from './withoutTags';

/** Word for this assistant in turns. */
export const qwenName = 'qwen-code';

const text = z.string().optional().catch(undefined);

/** A line of a Qwen Code transcript. Fields of an unexpected type read as absent. */
export const QwenLine = z.object({
	type: z.string(),
	subtype: text,
	uuid: text,
	sessionId: text,
	timestamp: z.unknown().optional(),
	provenance: text,
	cwd: text,
	version: text,
	gitBranch: text,
	model: text,
	agentId: text,
	isSidechain: z.boolean().optional().catch(undefined),
	message: z.object({ parts: z.unknown().optional() }).optional().catch(undefined),
	toolCallResult: z.object({ callId: text, status: text, resultDisplay: z.unknown().optional() }).optional().catch(undefined),
	systemPayload: z
		.object({ uiEvent: z.looseObject({ 'event.name': text, prompt_id: text }).optional().catch(undefined), displayText: text })
		.optional()
		.catch(undefined),
});
export type QwenLine = z.infer<typeof QwenLine>;

/** A turn with what names it: the id that hooks send with the prompt, as soon as a line tells it. */
interface Named {
	readonly draft: TurnDraft;
	promptId: string | undefined;
}

/**
 * Puts the lines of one Qwen Code transcript together into turns.
 *
 * A turn's key is the prompt's id (`<session>########<n>`), which hooks send as `prompt_id` and the assistant's own log lines tell with its first answer;
 * where they are missing it is the uuid of the prompt's line. A prompt is therefore reported only once something follows it.
 * A sub-agent's file is one turn keyed `agent-<id>`.
 */
export class QwenSession {
	readonly #fallbackSession: string;
	readonly #clock = new LineClock();
	readonly #turns: Named[] = [];
	readonly #byCall = new Map<string, TurnDraft>();
	readonly #seen = new Set<string>();
	#current: Named | undefined;

	constructor(fallbackSession: string) {
		this.#fallbackSession = fallbackSession;
	}

	/** Takes the next line. Returns the kinds of what it did not understand. */
	accept(line: QwenLine): string[] {
		if (line.uuid !== undefined && this.#seen.has(line.uuid)) return [];
		if (line.uuid !== undefined) this.#seen.add(line.uuid);
		const at = this.#clock.at(line.timestamp);
		switch (line.type) {
			case 'user':
				this.#user(line, at);
				return [];
			case 'assistant':
				this.#answer(line, at);
				return [];
			case 'tool_result':
				this.#result(line, at);
				return [];
			case 'system':
				this.#system(line, at);
				return [];
			default:
				return [`line:${line.type.slice(0, 40)}`];
		}
	}

	/** The key of the turn that made a call. */
	keyOfCall(call: string): string | undefined {
		const draft = this.#byCall.get(call);
		const named = this.#turns.find((one) => one.draft === draft);
		return named === undefined ? undefined : keyOf(named);
	}

	turns(parentTurn?: string): TurnObservationInput[] {
		const last = this.#turns.at(-1);
		const told = this.#turns.filter((one) => one !== last || one.promptId !== undefined || one.draft.said.size > 0 || one.draft.calls.size > 0);
		return told.map((one) => draftTurn(qwenName, { ...one.draft, key: keyOf(one), parent: parentTurn }, one === last));
	}

	#user(line: QwenLine, at: string): void {
		const words = wordsOf(partsOf(line.message?.parts)).join('\n');
		const prompt = withoutTags(line.systemPayload?.displayText ?? words, context).trim();
		if (prompt === '' || line.provenance === 'system' || prompt.startsWith('<task-notification>')) return;
		if (line.subtype === 'mid_turn_user_message' && this.#current !== undefined) {
			this.#current.draft.prompt += `\n\n${prompt}`;
			return;
		}
		if ((line.subtype !== undefined && /^(notification|cron|monitor)/.test(line.subtype)) || (line.isSidechain === true && this.#current !== undefined)) return;
		const key = line.isSidechain === true && line.agentId !== undefined ? `agent-${line.agentId}` : (line.uuid ?? `n${this.#turns.length}`);
		const { cwd, version, gitBranch: branch } = line;
		const draft = newDraft({
			key,
			session: line.sessionId ?? this.#fallbackSession,
			prompt,
			startedAt: at,
			cwd,
			version,
			branch: branch === '' ? undefined : branch,
		});
		this.#current = { draft, promptId: undefined };
		this.#turns.push(this.#current);
	}

	#answer(line: QwenLine, at: string): void {
		const draft = this.#current?.draft;
		if (draft === undefined) return;
		reach(draft, at);
		draft.model = line.model ?? draft.model;
		const parts = partsOf(line.message?.parts);
		say(draft, line.uuid ?? `n${draft.said.size}`, wordsOf(parts).join(''));
		for (const part of parts) this.#call(draft, part, at);
	}

	#call(draft: TurnDraft, { functionCall: made }: GeminiPart, at: string): void {
		if (made === undefined) return;
		draft.stand = 'calling';
		if (this.#byCall.has(made.id)) return;
		draft.calls.set(made.id, { id: made.id, name: made.name, kind: geminiToolKind(made.name), args: made.args, at, done: undefined, edits: [] });
		this.#byCall.set(made.id, draft);
	}

	#result(line: QwenLine, at: string): void {
		const parts = partsOf(line.message?.parts);
		const id = line.toolCallResult?.callId ?? parts.find((part) => part.functionResponse !== undefined)?.functionResponse?.id ?? '';
		const draft = this.#byCall.get(id);
		const call = draft?.calls.get(id);
		if (draft === undefined || call === undefined) return;
		reach(draft, at);
		const { status, resultDisplay: display } = line.toolCallResult ?? {};
		const { ok, output } = outcomeOf(parts);
		call.done = { ok: ok && status !== 'error' && status !== 'cancelled', output };
		call.edits = geminiEdits({ id, name: call.name, args: call.args, display, ok: call.done.ok, cancelled: status === 'cancelled', output, cwd: draft.cwd });
		if (status === 'cancelled' && draft === this.#current?.draft) draft.stand = 'cancelled';
	}

	#system(line: QwenLine, at: string): void {
		const event = line.systemPayload?.uiEvent;
		const current = this.#current;
		if (event === undefined || current === undefined || !mainPrompt.test(event.prompt_id ?? '')) return;
		// Log lines of an earlier turn's background work may come late; its id is taken already.
		if (this.#turns.some((one) => one !== current && one.promptId === event.prompt_id)) return;
		current.promptId ??= event.prompt_id;
		if (event['event.name'] !== 'qwen-code.api_error') return;
		current.draft.stand = 'failed';
		reach(current.draft, at);
	}
}

/** A prompt that a person gave; agents' and automatic ones have more parts. */
const mainPrompt = /^[^#]+#{8}\d+$/;

/** Context that the program puts into a prompt. */
const context = ['system-reminder'];

function keyOf({ draft, promptId }: Named): string {
	return promptId === undefined || draft.key.startsWith('agent-') ? draft.key : promptId;
}
