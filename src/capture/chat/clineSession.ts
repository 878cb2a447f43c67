import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import { seenImage } from '../seenImage';
import { clineEdits, clineOutcome, clineToolKind } from './clineTools';
import { LineClock } from './instant';
import { draftTurn, newDraft, reach, say, type TurnDraft } from './turnDraft';

/** Word for this assistant in turns. */
export const clineName = 'cline';

const text = z.string().optional().catch(undefined);

/** What the file beside the messages tells of a session. */
export const ClineManifest = z.object({
	session_id: text,
	cwd: text,
	model: text,
	metadata: z
		.object({
			git: z.object({ branch: text }).optional().catch(undefined),
			sessionHistoryOrigin: z.object({ version: text }).optional().catch(undefined),
			fork: z.object({ forkedFromSessionId: text, forkedAt: text }).optional().catch(undefined),
		})
		.optional()
		.catch(undefined),
});
export type ClineManifest = z.infer<typeof ClineManifest>;

/** Whose messages a file holds. */
export interface ClineSeat {
	readonly session: string;
	/** Set for a sub-agent: the name of its file. */
	readonly agent: string | undefined;
	/** The turn a sub-agent's work belongs to. */
	parentAt(at: string): string | undefined;
	/** The session in which a prompt of that time was first given; a fork repeats what its origin holds. */
	originAt(at: string): string;
	readonly manifest: ClineManifest | undefined;
}

const Messages = z.object({ messages: z.array(z.unknown()), origin: z.object({ version: text }).optional().catch(undefined) });
const Part = z.object({
	type: z.string(),
	text,
	id: text,
	name: text,
	input: z.unknown().optional(),
	tool_use_id: text,
	content: z.unknown().optional(),
	is_error: z.boolean().optional().catch(undefined),
	data: text,
	mediaType: text,
});
type Part = z.infer<typeof Part>;
const Message = z.object({
	id: text,
	role: z.string(),
	content: z.union([z.string(), z.array(z.unknown())]).catch(''),
	ts: z.unknown().optional(),
	modelInfo: z.object({ id: text }).optional().catch(undefined),
	metadata: z.object({ displayRole: text }).optional().catch(undefined),
});
type Message = z.infer<typeof Message>;

/**
 * The turns of one file of messages, and the kinds of what was not understood. A turn's key is the id of the prompt's message.
 * What a fork took over from the session it came from is told as that session's, so that it counts once.
 */
export function clineTurns(state: unknown, seat: ClineSeat): { turns: TurnObservationInput[]; unknown: string[] } {
	const file = Messages.safeParse(state).data;
	if (file === undefined) return { turns: [], unknown: ['session'] };
	const reader = new ClineReader(seat, file.origin?.version);
	const unknown = file.messages.flatMap((value) => {
		const message = Message.safeParse(value).data;
		return message === undefined ? ['message'] : reader.accept(message);
	});
	return { turns: reader.turns(), unknown };
}

class ClineReader {
	readonly #clock = new LineClock();
	readonly #drafts = new Map<string, TurnDraft>();
	#current: TurnDraft | undefined;

	constructor(
		private readonly seat: ClineSeat,
		private readonly version: string | undefined,
	) {}

	turns(): TurnObservationInput[] {
		const drafts = [...this.#drafts.values()];
		return drafts.map((draft, place) => draftTurn(clineName, draft, place === drafts.length - 1));
	}

	accept(message: Message): string[] {
		const at = this.#clock.at(message.ts);
		const parts = partsOf(message.content);
		if (message.role === 'user') return this.#user(message, parts, at);
		if (message.role === 'assistant') return this.#answer(message, parts, at);
		return message.role === 'system' ? [] : [`role:${message.role.slice(0, 40)}`];
	}

	#user(message: Message, parts: readonly Part[], at: string): string[] {
		const results = parts.filter((part) => part.type === 'tool_result');
		for (const result of results) this.#result(result, at);
		const prompt = promptOf(parts, results.length > 0);
		// What the program says in the person's name is no prompt.
		if (prompt === '' || message.metadata?.displayRole === 'system') return [];
		const { manifest, agent } = this.seat;
		const id = message.id ?? `at-${at}`;
		const key = agent === undefined ? id : `agent-${agent}-${id}`;
		const draft = newDraft({
			key,
			session: this.seat.originAt(at),
			prompt,
			images: parts.flatMap((part) => (part.type === 'image' ? (seenImage(part.mediaType, part.data) ?? []) : [])),
			startedAt: at,
			parent: this.seat.parentAt(at),
			cwd: manifest?.cwd,
			model: manifest?.model,
			version: this.version ?? manifest?.metadata?.sessionHistoryOrigin?.version,
			branch: manifest?.metadata?.git?.branch,
		});
		if (!this.#drafts.has(key)) this.#drafts.set(key, draft);
		this.#current = this.#drafts.get(key);
		return [];
	}

	#result(part: Part, at: string): void {
		const draft = this.#current;
		const call = draft?.calls.get(part.tool_use_id ?? '');
		if (draft === undefined || call === undefined) return;
		const outcome = clineOutcome(part.content, part.is_error === true);
		call.done = { ok: outcome.ok, output: outcome.output };
		call.edits = clineEdits(call, outcome, draft.cwd);
		reach(draft, at);
	}

	#answer(message: Message, parts: readonly Part[], at: string): string[] {
		const draft = this.#current;
		if (draft === undefined) return [];
		reach(draft, at);
		if (message.metadata?.displayRole === 'error') {
			draft.stand = 'failed';
			return [];
		}
		draft.model = message.modelInfo?.id ?? draft.model;
		const words = parts.flatMap((part) => (part.type === 'text' ? (part.text ?? []) : []));
		say(draft, message.id ?? at, words.join('\n\n'));
		return parts.flatMap((part) => {
			if (part.type === 'tool_use') open(draft, part, at);
			return knownParts.has(part.type) ? [] : [`part:${part.type.slice(0, 40)}`];
		});
	}
}

const knownParts = new Set(['text', 'thinking', 'redacted_thinking', 'image', 'file', 'tool_use', 'tool_result']);

function open(draft: TurnDraft, { id, name, input }: Part, at: string): void {
	draft.stand = 'calling';
	if (id === undefined || name === undefined || draft.calls.has(id)) return;
	draft.calls.set(id, { id, name, kind: clineToolKind(name), args: input, at, done: undefined, edits: [] });
}

function partsOf(content: Message['content']): Part[] {
	if (typeof content === 'string') return [Part.parse({ type: 'text', text: content })];
	return content.flatMap((value) => Part.safeParse(value).data ?? []);
}

/** What a person typed, taken out of its wrapping; '' for results of tools. An image leaves its mark. */
function promptOf(parts: readonly Part[], hasResults: boolean): string {
	const words = parts.flatMap((part) => (part.type === 'image' ? ['[image]'] : part.type === 'text' ? (part.text ?? []) : []));
	const wrapped = words.some((word) => word.includes('<user_input'));
	return hasResults && !wrapped ? '' : words.map(unwrapped).join('\n').trim();
}

function unwrapped(words: string): string {
	const plain = words.replace(/^\s*<mode_notice>[^<]*<\/mode_notice>/, '').trim();
	return /^<user_(input|command)\b[^>]*>([\s\S]*)<\/user_\1>$/.exec(plain)?.[2] ?? plain;
}
