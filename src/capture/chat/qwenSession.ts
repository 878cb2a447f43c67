import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { Frontier, type Kept } from './frontier';
import { geminiEdits, geminiToolKind, imagesOf, outcomeOf, partsOf, typedWords, wordsOf, type GeminiPart } from './geminiTools';
import { isEarlier, LineClock } from './instant';
import { draftTurn, letGo, newDraft, reach, say, type TurnDraft } from './turnDraft';
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

/** What a mark carries: how many turns came before, their keys, and the time of the last line. */
export const QwenCarry = z.object({ turns: z.number().int(), keys: z.array(z.string()), at: z.string() });
type QwenCarry = z.infer<typeof QwenCarry>;

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
	readonly #keep: Kept;
	readonly #frontier: Frontier<Pick<QwenCarry, 'turns' | 'at'>>;
	/** Time of the mark that the reading began at. */
	readonly #markedAt: string | undefined;
	/** The turns that are not finished. */
	#turns: Named[] = [];
	#finished: Named[] = [];
	#count: number;
	readonly #promptIds = new Set<string>();
	readonly #byCall = new Map<string, Named>();
	readonly #seen = new Set<string>();
	#current: Named | undefined;
	readonly late = new Set<string>();

	constructor(fallbackSession: string, carry: QwenCarry | undefined, keep: Kept) {
		this.#fallbackSession = fallbackSession;
		this.#keep = keep;
		this.#frontier = new Frontier(carry?.keys);
		this.#markedAt = carry?.at;
		this.#count = carry?.turns ?? 0;
		this.#clock.at(carry?.at);
	}

	/** Takes the next line, which begins at `start`. Returns the kinds of what it did not understand. */
	accept(line: QwenLine, start: number): string[] {
		if (line.uuid !== undefined && this.#seen.has(line.uuid)) return [];
		if (line.uuid !== undefined) this.#seen.add(line.uuid);
		if (isEarlier(line.timestamp, this.#markedAt)) this.late.add('');
		const before = this.#clock.at(undefined);
		const at = this.#clock.at(line.timestamp);
		switch (line.type) {
			case 'user':
				this.#user(line, at, { start, before });
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
		const named = this.#byCall.get(call);
		return named && keyOf(named);
	}

	/** How many turns wait to be handed out. */
	get waiting(): number {
		return this.#finished.length;
	}

	finished(parentTurn?: string): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		const turns = finished.map((one) => turnOf(one, parentTurn, false));
		for (const { draft } of finished) letGo(draft);
		return turns;
	}

	/** The turns that are not finished. */
	rest(parentTurn?: string): TurnObservationInput[] {
		const last = this.#turns.at(-1);
		const told = this.#turns.filter((one) => one !== last || one.promptId !== undefined || one.draft.said.size > 0 || one.draft.calls.size > 0);
		return told.map((one) => turnOf(one, parentTurn, one === last));
	}

	mark(): ReadMark | undefined {
		const end = this.#frontier.end;
		return end && { offset: end.offset, carry: { ...end.known, keys: end.keys } satisfies QwenCarry };
	}

	/** Hands out the turns before one; those to be kept, and what follows them, stay. */
	#finishBefore(last: Named): void {
		const kept = this.#turns.findIndex((one) => one === last || this.#keep.has(keyOf(one)));
		const done = this.#turns.slice(0, kept);
		this.#turns = this.#turns.slice(kept);
		this.#finished.push(...done);
		for (const one of done) {
			one.draft.finished = true;
			this.#frontier.finished(one.draft.key);
			if (one.promptId !== undefined) this.#frontier.finished(one.promptId);
		}
	}

	#user(line: QwenLine, at: string, { start, before }: { start: number; before: string }): void {
		const parts = partsOf(line.message?.parts);
		const words = typedWords(parts).join('\n');
		const prompt = withoutTags(line.systemPayload?.displayText ?? words, context).trim();
		if (prompt === '' || line.provenance === 'system' || prompt.startsWith('<task-notification>')) return;
		if (line.subtype === 'mid_turn_user_message' && this.#current !== undefined) {
			this.#current.draft.prompt += `\n\n${prompt}`;
			this.#current.draft.images = [...this.#current.draft.images, ...imagesOf(parts)];
			return;
		}
		if ((line.subtype !== undefined && /^(notification|cron|monitor)/.test(line.subtype)) || (line.isSidechain === true && this.#current !== undefined)) return;
		const key = line.isSidechain === true && line.agentId !== undefined ? `agent-${line.agentId}` : (line.uuid ?? `n${this.#count}`);
		const { cwd, version, gitBranch: branch } = line;
		const draft = newDraft({
			key,
			session: line.sessionId ?? this.#fallbackSession,
			prompt,
			images: imagesOf(parts),
			startedAt: at,
			cwd,
			version,
			branch: branch === '' ? undefined : branch,
		});
		if (this.#frontier.isBefore(key)) this.late.add('');
		const last = this.#turns.at(-1);
		const isFurther = this.#frontier.began(start, { turns: this.#count, at: before });
		this.#count += 1;
		this.#current = { draft, promptId: undefined };
		this.#turns.push(this.#current);
		if (isFurther && last !== undefined) this.#finishBefore(last);
	}

	#answer(line: QwenLine, at: string): void {
		const current = this.#current;
		if (current === undefined) return;
		const { draft } = current;
		reach(draft, at);
		draft.model = line.model ?? draft.model;
		const parts = partsOf(line.message?.parts);
		say(draft, line.uuid ?? `n${draft.said.size}`, wordsOf(parts).join(''));
		for (const part of parts) this.#call(current, part, at);
	}

	#call(current: Named, { functionCall: made }: GeminiPart, at: string): void {
		if (made === undefined) return;
		const { draft } = current;
		draft.stand = 'calling';
		if (this.#byCall.has(made.id)) return;
		draft.calls.set(made.id, { id: made.id, name: made.name, kind: geminiToolKind(made.name), args: made.args, at, done: undefined, edits: [] });
		this.#byCall.set(made.id, current);
	}

	#result(line: QwenLine, at: string): void {
		const parts = partsOf(line.message?.parts);
		const id = line.toolCallResult?.callId ?? parts.find((part) => part.functionResponse !== undefined)?.functionResponse?.id ?? '';
		const named = this.#byCall.get(id);
		if (named === undefined ? this.#markedAt !== undefined : named.draft.finished) this.late.add(named === undefined ? '' : keyOf(named));
		const draft = named?.draft;
		const call = draft?.calls.get(id);
		if (draft === undefined || draft.finished || call === undefined) return;
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
		const id = event.prompt_id ?? '';
		if (this.#frontier.isBefore(id)) this.late.add('');
		if (current.promptId !== id && this.#promptIds.has(id)) return;
		current.promptId ??= id;
		this.#promptIds.add(current.promptId);
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

function turnOf(one: Named, parent: string | undefined, last: boolean): TurnObservationInput {
	return draftTurn(qwenName, { ...one.draft, key: keyOf(one), parent }, last);
}
