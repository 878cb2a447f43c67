import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { absolutePath } from './absolutePath';
import { actionOf, callOf, codexToolKind, eventResult, resultOf, type CodexResult } from './codexCalls';
import { recordOf } from './fields';
import { CodexEvent, isSilent, partsImages, partsText, ResponseItem, SessionMeta, taskOf, TurnContext, typedPrompt, type Item } from './codexLine';
import { codexTurn, type CodexCall, type CodexDraft } from './codexTurn';
import { Frontier, type Kept } from './frontier';
import { LineClock } from './instant';

/** What a mark carries. `keys` are those of the turns before, `known` the files that they showed to exist. */
export const CodexCarry = z.object({
	meta: SessionMeta.optional(),
	model: z.string().optional(),
	cwd: z.string().optional(),
	prompts: z.number().int(),
	at: z.string(),
	keys: z.array(z.string()),
	known: z.array(z.string()),
});
type CodexCarry = z.infer<typeof CodexCarry>;

/**
 * Puts the lines of one Codex rollout together into turns.
 *
 * A turn's key is its `turn_id`, which hooks send too; rollouts of old versions have none, there it is `prompt-<n>`, counted in the file.
 * A fork begins with its parent's lines: those turns are reported under the parent's session, where they are already known.
 * A sub-agent has a rollout of its own; its turns hang under the turn that started it, where that is recorded.
 */
export class CodexSession {
	readonly #fallbackSession: string;
	readonly #clock = new LineClock();
	readonly #keep: Kept;
	readonly #frontier: Frontier<Pick<CodexCarry, 'meta' | 'model' | 'cwd' | 'prompts' | 'at'>>;
	/** Files that the finished turns showed to exist. */
	readonly #known: Set<string>;
	readonly #drafts = new Map<string, CodexDraft>();
	/** The turns that are not finished. */
	#open: CodexDraft[] = [];
	#finished: TurnObservationInput[] = [];
	/** Where the line begins that is being read, and the time of the one before. */
	#start = 0;
	#before = '';
	#isFirst: boolean;
	#meta: SessionMeta | undefined;
	#current: CodexDraft | undefined;
	#model: string | undefined;
	#cwd: string | undefined;
	#prompts: number;
	readonly late = new Set<string>();

	constructor(fallbackSession: string, carry: CodexCarry | undefined, keep: Kept) {
		this.#fallbackSession = fallbackSession;
		this.#keep = keep;
		this.#frontier = new Frontier(carry?.keys);
		this.#known = new Set(carry?.known);
		this.#isFirst = carry === undefined;
		this.#meta = carry?.meta;
		this.#model = carry?.model;
		this.#cwd = carry?.cwd;
		this.#prompts = carry?.prompts ?? 0;
		this.#clock.at(carry?.at);
	}

	/** Takes the next line, which begins at `start`. Returns the kind of what it did not understand. */
	accept({ type, payload, timestamp }: { type: string; payload?: unknown; timestamp?: unknown }, start: number): string[] {
		this.#start = start;
		this.#before = this.#clock.at(undefined);
		const at = this.#clock.at(timestamp);
		if (type === 'session_meta') this.#begin(payload);
		else if (type === 'turn_context') this.#context(payload, at);
		else if (type === 'event_msg') return this.#event(payload, at);
		else if (type === 'response_item') return this.#response(payload, at);
		else return unless(`line:${type}`);
		return [];
	}

	/** Notes the time of a line that says nothing else. */
	passed(timestamp: string): void {
		this.#clock.at(timestamp);
	}

	finished(): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		return finished;
	}

	/** The turns that are not finished, in the order in which they began. */
	rest(): TurnObservationInput[] {
		return this.#turns(this.#open, new Set(this.#known), this.#open.findLast(isTurn));
	}

	mark(): ReadMark | undefined {
		const end = this.#frontier.end;
		return end && { offset: end.offset, carry: { ...end.known, keys: end.keys, known: [...this.#known] } satisfies CodexCarry };
	}

	#turns(drafts: readonly CodexDraft[], known: Set<string>, last?: CodexDraft): TurnObservationInput[] {
		const rollout = { meta: this.#meta, fallback: this.#fallbackSession, known };
		return drafts.filter(isTurn).map((draft) => codexTurn(draft, rollout, draft === last));
	}

	/** Hands out the turns before one; those to be kept, and what follows them, stay. */
	#finishBefore(last: CodexDraft): void {
		const kept = this.#open.findIndex((draft) => draft === last || this.#keep.has(draft.key));
		const done = this.#open.slice(0, kept);
		this.#open = this.#open.slice(kept);
		this.#finished.push(...this.#turns(done, this.#known));
		for (const draft of done) {
			this.#frontier.finished(draft.key);
			draft.finished = true;
			draft.prompts.length = 0;
			draft.answers.length = 0;
			draft.said.clear();
			draft.calls.clear();
			draft.images.clear();
		}
	}

	/** A fork repeats its parent's head; the first is this file's. */
	#begin(payload: unknown): void {
		if (this.#meta) return;
		this.#meta = SessionMeta.safeParse(payload).data;
		this.#cwd = this.#meta?.cwd;
	}

	#context(payload: unknown, at: string): void {
		const context = TurnContext.safeParse(payload).data;
		if (context === undefined) return;
		this.#model = context.model ?? this.#model;
		this.#cwd = context.cwd ?? this.#cwd;
		const draft = context.turn_id === undefined ? this.#current : this.#draft(context.turn_id, at);
		if (draft?.end !== 'none') return;
		draft.model = context.model ?? draft.model;
		draft.cwd = context.cwd ?? draft.cwd;
	}

	#event(payload: unknown, at: string): string[] {
		const event = recordOf(payload, CodexEvent);
		if (event === undefined) return ['event'];
		const { type, turn_id: turn } = event;
		if (type === 'user_message') {
			const opened = this.#forPrompt(turn, at);
			addImages(opened, event.images);
			this.#prompt(opened, event.message ?? '', (event.images?.length ?? 0) + (event.local_images?.length ?? 0));
			return [];
		}
		const draft = turn === undefined ? this.#current : this.#draft(turn, at);
		const item = type === 'item_completed' ? event.item : undefined;
		if (item !== undefined) return this.#item(item, draft ?? this.#draft(`prompt-${this.#prompts}`, at), event.thread_id, at);
		const result = eventResult(event);
		const known = result !== undefined || this.#lifecycle(event, draft, at);
		if (draft !== undefined && result !== undefined) this.#eventCall(event, draft, result, at);
		return known ? [] : unless(`event:${event.type}`);
	}

	/** Beginnings, ends and words; false when the event is none of them. */
	#lifecycle(event: CodexEvent, draft: CodexDraft | undefined, at: string): boolean {
		switch (event.type) {
			case 'task_started':
			case 'turn_started':
				if (draft !== undefined) draft.parentTurn = event.parent_turn_id ?? draft.parentTurn;
				return true;
			case 'agent_message':
				this.#say(draft, `text:${event.message ?? ''}`, event.message ?? '', at);
				return true;
			case 'error':
				if (draft !== undefined) draft.troubled = true;
				return true;
			case 'task_complete':
			case 'turn_complete':
				this.#complete(event, draft, at);
				return true;
			case 'turn_aborted':
				this.#end(draft, 'cancelled', at);
				return true;
			default:
				return false;
		}
	}

	#complete(event: CodexEvent, draft: CodexDraft | undefined, at: string): void {
		const last = event.last_agent_message;
		const failed = (event.error ?? undefined) !== undefined || (draft?.troubled === true && last === undefined);
		if (last !== undefined && draft?.said.size === 0 && draft.answers.length === 0) draft.answers.push(last);
		this.#end(draft, failed ? 'failed' : 'complete', at);
	}

	#end(draft: CodexDraft | undefined, end: CodexDraft['end'], at: string): void {
		if (draft === undefined) return;
		draft.end = end;
		draft.endedAt = at;
	}

	#say(draft: CodexDraft | undefined, key: string, words: string, at: string): void {
		if (draft === undefined || words.trim() === '') return;
		draft.said.set(key, words);
		draft.troubled = false;
		draft.endedAt = at;
		if (draft.end === 'none' && !draft.named) draft.end = 'answered';
	}

	#prompt(draft: CodexDraft, message: string, images: number): void {
		const typed = [typedPrompt(message), ...Array.from({ length: images }, () => '[image]')].filter((part) => part !== '').join('\n');
		if (typed !== '' && draft.prompts.at(-1) !== typed) draft.prompts.push(typed);
		this.#prompts += 1;
	}

	/** What a person says while the assistant works belongs to the running turn; where turns have no ids each prompt opens one. */
	#forPrompt(id: string | undefined, at: string): CodexDraft {
		if (id !== undefined) return this.#draft(id, at);
		const current = this.#current;
		if (current !== undefined && (current.named ? current.end === 'none' : current.prompts.length === 0)) return current;
		return this.#draft(`prompt-${this.#prompts + 1}`, at, false);
	}

	#draft(key: string, at: string, named = !/^prompt-\d+$/.test(key)): CodexDraft {
		const known = this.#drafts.get(key);
		if (known !== undefined) {
			if (known.finished) this.late.add(key);
			if (known.end === 'none') known.endedAt = at;
			return known;
		}
		if (this.#frontier.isBefore(key)) this.late.add('');
		const place = { model: this.#model, cwd: this.#cwd, prompts: this.#prompts, at: this.#before };
		const isFurther = this.#frontier.began(this.#start, { ...place, ...(this.#meta === undefined ? {} : { meta: this.#meta }) });
		const draft: CodexDraft = {
			key,
			named,
			session: this.#sessionOf(key),
			parentTurn: undefined,
			cwd: this.#cwd,
			model: this.#model,
			startedAt: at,
			endedAt: at,
			// The commit is noted once, when the session starts.
			commit: this.#isFirst ? this.#meta?.git?.commit_hash : undefined,
			prompts: [],
			images: new Map(),
			said: new Map(),
			answers: [],
			calls: new Map(),
			end: 'none',
			troubled: false,
			finished: false,
		};
		const last = this.#open.at(-1);
		this.#isFirst = false;
		this.#drafts.set(key, draft);
		this.#open.push(draft);
		this.#current = draft;
		if (isFurther && last !== undefined) this.#finishBefore(last);
		return draft;
	}

	/** In a fork, a turn older than the file itself is the parent's. */
	#sessionOf(turn: string): string | undefined {
		const born = timeOfId(turn);
		const fork = Date.parse(this.#meta?.timestamp ?? '');
		return born !== undefined && !Number.isNaN(fork) && born < fork ? this.#meta?.forked_from_id : undefined;
	}

	#item(item: Item, draft: CodexDraft, thread: string | undefined, at: string): string[] {
		if (thread !== undefined && thread !== this.#meta?.id) draft.session = thread;
		if (item.type === 'UserMessage') {
			addImages(draft, item.content);
			this.#prompt(draft, partsText(item.content), 0);
		} else if (item.type === 'AgentMessage') {
			const words = partsText(item.content);
			this.#say(draft, item.id ?? `text:${words}`, words || (item.words ?? ''), at);
		} else {
			const action = actionOf(item);
			if (action === undefined) return unless(`item:${item.type}`);
			const call = this.#call(draft, item.id ?? `item-${draft.calls.size}`, action, at);
			if (call.kind === 'run') call.kind = action.kind;
			call.recorded = action.result;
			call.reads = readsOf(item, draft.cwd);
		}
		return [];
	}

	#eventCall(event: CodexEvent, draft: CodexDraft, result: CodexResult, at: string): void {
		if (event.call_id === undefined) return;
		const { server, tool, arguments: args } = event.invocation ?? {};
		const name = event.type === 'patch_apply_end' ? 'apply_patch' : server === undefined ? 'exec_command' : `mcp__${server}__${tool ?? ''}`;
		const call = this.#call(draft, event.call_id, { name, kind: codexToolKind(name), args }, at);
		if (server !== undefined) call.kind = 'mcp';
		call.recorded = result;
	}

	/** The call of that id. One that the conversation does not have was made by a script: the oldest that still runs. */
	#call(draft: CodexDraft, id: string, made: Pick<CodexCall, 'name' | 'kind' | 'args'>, at: string): CodexCall {
		const known = draft.calls.get(id);
		draft.endedAt = at;
		if (known !== undefined) return known;
		for (const script of draft.calls.values()) {
			if (script.name !== 'exec' || script.result !== undefined) continue;
			script.shown = true;
			break;
		}
		const call: CodexCall = { id, name: made.name, kind: made.kind, args: made.args, at };
		draft.calls.set(id, call);
		return call;
	}

	#response(payload: unknown, at: string): string[] {
		const part = recordOf(payload, ResponseItem);
		if (part === undefined) return ['response'];
		const turn = part.turn_id;
		const draft = turn === undefined ? this.#current : this.#draft(turn, at);
		if (part.type === 'message') {
			if (part.role === 'user' && draft !== undefined) addImages(draft, part.content);
			if (part.role === 'assistant' && draft !== undefined) addAnswer(draft, partsText(part.content));
			return [];
		}
		if (part.type === 'agent_message') {
			// Only the first one is what a sub-agent was started for.
			if (draft?.prompts.length === 0 && this.#meta?.source !== undefined) this.#prompt(draft, taskOf(part.content), 0);
			return [];
		}
		if (/_call_output$|^tool_search_output$/.test(part.type)) {
			const call = draft?.calls.get(part.call_id ?? '');
			if (call !== undefined) call.result ??= resultOf(part.output);
			return [];
		}
		const made = callOf(part);
		if (made === undefined) return unless(`response:${part.type}`);
		if (draft !== undefined && !draft.calls.has(made.id)) draft.calls.set(made.id, { ...made, kind: codexToolKind(made.name), at });
		if (draft?.end === 'answered') draft.end = 'none';
		return [];
	}
}

/** Lines before the first prompt, say, make no turn. */
function isTurn(draft: CodexDraft): boolean {
	return draft.prompts.length > 0 || draft.calls.size > 0;
}

/** Several records tell of one picture; its data names it. */
function addImages(draft: CodexDraft, parts: readonly unknown[] | undefined): void {
	for (const image of partsImages(parts)) draft.images.set(image.data, image);
}

function addAnswer(draft: CodexDraft, words: string): void {
	if (words !== '' && draft.answers.at(-1) !== words) draft.answers.push(words);
}

function unless(what: string): string[] {
	return isSilent(what) ? [] : [what.slice(0, 60)];
}

/** When an id of the time-ordered kind (UUID version 7) was made. */
function timeOfId(id: string): number | undefined {
	return /^[0-9a-f]{8}-[0-9a-f]{4}-7/i.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/** Files that a command read whole or in part. */
function readsOf(item: Item, cwd: string | undefined): string[] {
	const folder = item.cwd === undefined ? cwd : absolutePath(item.cwd, cwd);
	const parts = item.exit_code === 0 ? (item.parsed_cmd ?? []) : [];
	return parts.flatMap((part) => (part.type === 'read' && part.path !== undefined ? [absolutePath(part.path, folder)] : []));
}
