import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { Frontier, type Kept } from './frontier';
import { geminiEdits, geminiToolKind, imagesOf, outcomeOf, partsOf, typedWords, wordsOf, type GeminiPart } from './geminiTools';
import { isEarlier, LineClock } from './instant';
import { draftTurn, letGo, newDraft, reach, say, type TurnDraft } from './turnDraft';

/** Word for this assistant in turns. */
export const geminiName = 'gemini-cli';

const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

const Header = z.object({ sessionId: z.string(), kind: text, startTime: text, directories: z.array(z.string()).optional().catch(undefined), messages: list });
const Update = z.object({ $set: z.object({ messages: list }) });
const Rewind = z.object({ $rewindTo: z.string() });
const Message = z.object({
	id: z.string(),
	timestamp: z.unknown().optional(),
	type: z.string(),
	content: z.unknown().optional(),
	displayContent: z.unknown().optional(),
	model: text,
	toolCalls: list,
});
type Message = z.infer<typeof Message>;
const ToolCall = z.object({
	id: z.string(),
	name: z.string(),
	args: z.unknown().optional(),
	status: text,
	result: z.unknown().optional(),
	resultDisplay: z.unknown().optional(),
	timestamp: z.unknown().optional(),
	agentId: text,
});

/** What a mark carries. `keys` are those of the turns before. */
export const GeminiCarry = z.object({ session: z.string(), kind: text, cwd: text, at: z.string(), keys: z.array(z.string()) });
type GeminiCarry = z.infer<typeof GeminiCarry>;

/** Where a session's file stands, as far as its place tells. */
interface GeminiPlace {
	readonly fallbackSession: string;
	/** Session of the parent, for a sub-agent. */
	readonly parentSession?: string | undefined;
	readonly cwd?: string | undefined;
}

/**
 * Puts the records of one Gemini CLI session together into turns.
 *
 * A turn's key is the id of the prompt's message. A sub-agent's file is one turn, `agent-<id>` in its parent's session.
 * A message that is written again under its id adds what it has more. A resumed session repeats its history in a poorer form, without results:
 * such a list never takes anything away and opens no turn that was seen. A rewind does not undo that the turns happened, so they stay.
 */
export class GeminiSession {
	readonly #clock = new LineClock();
	readonly #keep: Kept;
	readonly #frontier: Frontier<Pick<GeminiCarry, 'session' | 'kind' | 'cwd' | 'at'>>;
	/** Time of the mark that the reading began at. */
	readonly #markedAt: string | undefined;
	/** The turns that are not finished. */
	#drafts: TurnDraft[] = [];
	#finished: TurnDraft[] = [];
	/** Key of the first turn that was handed out. */
	#firstDone: string | undefined;
	readonly #byMessage = new Map<string, TurnDraft>();
	readonly #agents = new Map<string, TurnDraft>();
	readonly #parentSession: string | undefined;
	#session: string;
	#kind: string | undefined;
	#cwd: string | undefined;
	#current: TurnDraft | undefined;
	#start = 0;
	#before = '';
	readonly late = new Set<string>();

	constructor({ fallbackSession, parentSession, cwd }: GeminiPlace, carry?: GeminiCarry, keep: Kept = new Set()) {
		this.#keep = keep;
		this.#frontier = new Frontier(carry?.keys);
		this.#markedAt = carry?.at;
		this.#firstDone = carry && '';
		this.#parentSession = parentSession;
		this.#session = carry?.session ?? fallbackSession;
		this.#kind = carry?.kind;
		this.#cwd = carry?.cwd ?? cwd;
		this.#clock.at(carry?.at);
	}

	/** Set when the file is a sub-agent's: its own id. */
	get agent(): string | undefined {
		return this.#kind === 'subagent' || this.#parentSession !== undefined ? this.#session : undefined;
	}

	/** The key of the turn that started a sub-agent; without a record of that, the last one. */
	keyOfAgent(agent: string): string | undefined {
		return (this.#agents.get(agent) ?? this.#current)?.key;
	}

	/** Takes the next record of a log, which begins at `start`, or the whole of an older file. Returns the kinds of what it did not understand. */
	accept(record: unknown, start: number): string[] {
		this.#start = start;
		this.#before = this.#clock.at(undefined);
		const header = Header.safeParse(record).data;
		if (header !== undefined) return this.#begin(header);
		const update = Update.safeParse(record).data;
		if (update !== undefined) return this.#list(update.$set.messages, true);
		return Rewind.safeParse(record).success ? [] : this.#accept(record, false);
	}

	/** How many turns wait to be handed out. */
	get waiting(): number {
		return this.#finished.length;
	}

	finished(parentTurn?: string): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		const turns = finished.map((draft) => this.#turnOf(draft, parentTurn, false));
		for (const draft of finished) letGo(draft);
		return turns;
	}

	/** The turns that are not finished. */
	rest(parentTurn?: string): TurnObservationInput[] {
		return this.#drafts.map((draft) => this.#turnOf(draft, parentTurn, draft === this.#drafts.at(-1)));
	}

	mark(): ReadMark | undefined {
		const end = this.#frontier.end;
		return end && { offset: end.offset, carry: { ...end.known, keys: end.keys } satisfies GeminiCarry };
	}

	#turnOf(draft: TurnDraft, parent: string | undefined, last: boolean): TurnObservationInput {
		return draftTurn(geminiName, { ...draft, parent, cwd: this.#cwd }, last);
	}

	/** Hands out the turns before one; those to be kept, and what follows them, stay. */
	#finishBefore(last: TurnDraft): void {
		const kept = this.#drafts.findIndex((draft) => draft === last || this.#keep.has(draft.key));
		const done = this.#drafts.slice(0, kept);
		this.#drafts = this.#drafts.slice(kept);
		this.#finished.push(...done);
		for (const draft of done) {
			this.#firstDone ??= draft.key;
			draft.finished = true;
			this.#frontier.finished(draft.key);
		}
	}

	/** The folder counts for all turns, those that were handed out already too. */
	#foundFolder(folder: string | undefined): void {
		if (this.#cwd === undefined && folder !== undefined && this.#firstDone !== undefined) this.late.add(this.#firstDone);
		this.#cwd ??= folder;
	}

	/** Messages in a list may be any of those before. */
	#list(messages: readonly unknown[] = [], again: boolean): string[] {
		if (messages.length > 0 && this.#markedAt !== undefined) this.late.add('');
		return messages.flatMap((message) => this.#accept(message, again));
	}

	#begin(header: z.infer<typeof Header>): string[] {
		// A resumed session writes its head again, for a moment under another id.
		if (this.#kind === undefined) this.#session = header.sessionId;
		this.#kind ??= header.kind ?? 'main';
		this.#foundFolder(header.directories?.[0]);
		this.#clock.at(header.startTime);
		return this.#list(header.messages, false);
	}

	#accept(value: unknown, again: boolean): string[] {
		const message = Message.safeParse(value).data;
		if (message === undefined) return ['record'];
		// A message that is written again bears its first time.
		if (isEarlier(message.timestamp, this.#markedAt)) this.late.add('');
		switch (message.type) {
			case 'user':
				return this.#user(message, again);
			case 'gemini':
				return this.#answer(message, again);
			case 'error':
				this.#stop('failed');
				return [];
			case 'info':
			case 'warning':
				if (/^request cancelled/i.test(wordsOf(partsOf(message.content)).join(''))) this.#stop('cancelled');
				return [];
			default:
				return [`message:${message.type.slice(0, 40)}`];
		}
	}

	#stop(stand: 'failed' | 'cancelled'): void {
		if (this.#current?.finished === true) this.late.add(this.#current.key);
		else if (this.#current !== undefined) this.#current.stand = stand;
	}

	#user(message: Message, again: boolean): string[] {
		const parts = partsOf(message.content);
		this.#results(parts);
		const known = this.#byMessage.get(message.id);
		if (known !== undefined) {
			this.#current = known;
			return [];
		}
		const prompt = promptOf(message, parts);
		// Ids of this form are made up for messages that were never recorded as prompts.
		if (prompt === '' || (again && /^[0-9a-f]{32}$/.test(message.id))) {
			this.#foundFolder(workspaceOf(parts));
			return [];
		}
		// What the program says to a sub-agent later on is no prompt.
		if (this.agent !== undefined && this.#current !== undefined) return [];
		const agent = this.agent;
		const key = agent === undefined ? message.id : `agent-${agent}`;
		const session = this.#parentSession ?? this.#session;
		if (this.#frontier.isBefore(key)) this.late.add('');
		const last = this.#drafts.at(-1);
		const isFurther = this.#frontier.began(this.#start, { session: this.#session, kind: this.#kind, cwd: this.#cwd, at: this.#before });
		const draft = newDraft({ key, session, prompt, images: imagesOf(parts), startedAt: this.#clock.at(message.timestamp) });
		this.#drafts.push(draft);
		this.#byMessage.set(message.id, draft);
		this.#current = draft;
		if (isFurther && last !== undefined) this.#finishBefore(last);
		return [];
	}

	/** Results that come as a message of their own, for calls that carry none. */
	#results(parts: readonly GeminiPart[]): void {
		for (const part of parts) {
			const call = this.#current?.calls.get(part.functionResponse?.id ?? '');
			if (call === undefined || call.done !== undefined) continue;
			if (this.#current?.finished === true) this.late.add(this.#current.key);
			else call.done = outcomeOf([part]);
		}
	}

	#answer(message: Message, again: boolean): string[] {
		const draft = this.#byMessage.get(message.id) ?? this.#current;
		if (draft === undefined || (again && this.#byMessage.has(message.id))) return [];
		this.#byMessage.set(message.id, draft);
		const at = this.#clock.at(message.timestamp);
		if (draft.finished) {
			this.late.add(draft.key);
			return [];
		}
		reach(draft, at);
		draft.model = message.model ?? draft.model;
		const parts = partsOf(message.content);
		say(draft, message.id, wordsOf(parts).join(''));
		const calls = message.toolCalls ?? parts.flatMap((part) => (part.functionCall === undefined ? [] : [part.functionCall]));
		if (calls.length > 0) draft.stand = 'calling';
		return calls.flatMap((value) => this.#call(draft, value, at));
	}

	#call(draft: TurnDraft, value: unknown, messageAt: string): string[] {
		const tool = ToolCall.safeParse(value).data;
		if (tool === undefined) return ['toolCall'];
		const at = new LineClock();
		at.at(messageAt);
		const call = draft.calls.get(tool.id) ?? {
			id: tool.id,
			name: tool.name,
			kind: geminiToolKind(tool.name),
			args: tool.args,
			at: messageAt,
			done: undefined,
			edits: [],
		};
		draft.calls.set(tool.id, call);
		if (tool.agentId !== undefined) this.#agents.set(tool.agentId, draft);
		const cancelled = tool.status === 'cancelled';
		if (!cancelled && tool.status !== 'success' && tool.status !== 'error') return [];
		reach(draft, at.at(tool.timestamp));
		const { ok, output } = outcomeOf(partsOf(tool.result));
		call.done = { ok: ok && tool.status === 'success', output };
		// With this call a sub-agent hands in its work; nothing follows.
		if (tool.name === 'complete_task' && call.done.ok) draft.stand = 'complete';
		call.edits = geminiEdits({
			id: tool.id,
			name: tool.name,
			args: tool.args,
			display: tool.resultDisplay,
			ok: call.done.ok,
			cancelled,
			output,
			cwd: this.#cwd,
		});
		return [];
	}
}

/** What a person typed: without contents of files they named, and '' for what the program wrote in their name. */
function promptOf(message: Message, parts: readonly GeminiPart[]): string {
	const shown = message.displayContent === undefined ? [] : typedWords(partsOf(message.displayContent));
	const typed = (shown.length > 0 ? shown : typedWords(parts)).join('\n').trim();
	return /^(<(session_context|state_snapshot|system-reminder|hook_context|task-notification)>|This is the Gemini CLI\. We are setting up the context)/.test(
		typed,
	)
		? ''
		: typed;
}

/** The first folder of the list that the program gives the model. */
function workspaceOf(parts: readonly GeminiPart[]): string | undefined {
	const words = wordsOf(parts).join('\n').slice(0, 4_096);
	return /\*\*Workspace Directories:\*\*\s*\n\s*- (.+)/.exec(words)?.[1] ?? /working in the following director(?:y|ies):\s*(?:\n\s*- )?(\S.*)/.exec(words)?.[1];
}
