import { z } from 'zod';
import { turnId } from '../../core/ids';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { copilotSteps, copilotToolKind, type CopilotStep } from './copilotEdits';
import { isSilent, picturesOf, ToolRequest, type CopilotEvent } from './copilotLine';
import type { FileSnapshot, Snapshots } from './copilotSnapshots';
import { Frontier, type Kept } from './frontier';
import { imageAt } from './imageFile';
import { isEarlier, LineClock } from './instant';
import { sha256 } from './sha256';
import { parsedJson } from './transcriptFiles';
import { wholeEdits } from './wholeEdits';
import { draftTurn, letGo, newDraft, reach, say, type DraftCall, type TurnDraft } from './turnDraft';

/** Word for this assistant in turns. */
export const copilotName = 'copilot-cli';

/** A turn, the event of its prompt, and what its calls did to files in the order of their ends. */
interface Prompted {
	readonly draft: TurnDraft;
	readonly event: string;
	/** Set for a sub-agent: the turn that started it. */
	readonly parent: Prompted | undefined;
}

interface Done {
	readonly call: DraftCall;
	readonly of: Prompted;
	readonly steps: readonly CopilotStep[];
}

const text = z.string().optional();

/** What a mark carries: what the session told of itself, how many turns came before and their keys. */
export const CopilotCarry = z.object({
	session: z.string(),
	about: z.object({ cwd: text, branch: text, commit: text, version: text, model: text }),
	turns: z.number().int(),
	at: z.string(),
	keys: z.array(z.string()),
});
type CopilotCarry = z.infer<typeof CopilotCarry>;

/**
 * Puts the events of one GitHub Copilot CLI session together into turns.
 *
 * A turn's key is the `interactionId` of its prompt (`turnId` starts anew with every prompt); older versions have none, there it is the id of the prompt's event.
 * A sub-agent's events stand in the same file under an interaction of their own: a turn under the one that started it.
 */
export class CopilotSession {
	readonly #clock = new LineClock();
	readonly #turns = new Map<string, Prompted>();
	readonly #byCall = new Map<string, Prompted>();
	readonly #byAgent = new Map<string, Prompted>();
	/** The call that started an agent. */
	readonly #callOfAgent = new Map<string, string>();
	readonly #seen = new Set<string>();
	readonly #keep: Kept;
	readonly #frontier: Frontier<Omit<CopilotCarry, 'keys'>>;
	/** Time of the mark that the reading began at. */
	readonly #markedAt: string | undefined;
	/** The turns that are not finished. */
	#unfinished: Prompted[] = [];
	#finished: Prompted[] = [];
	/** Key of the first turn that was handed out; '' for one before the mark. */
	#firstDone: string | undefined;
	#count: number;
	#done: Done[] = [];
	#start = 0;
	#before = '';
	#session: string;
	#current: Prompted | undefined;
	#about: Pick<TurnDraft, 'cwd' | 'branch' | 'commit' | 'version' | 'model'>;
	readonly late = new Set<string>();

	constructor(fallbackSession: string, carry: CopilotCarry | undefined, keep: Kept) {
		this.#keep = keep;
		this.#frontier = new Frontier(carry?.keys);
		this.#markedAt = carry?.at;
		this.#firstDone = carry && '';
		this.#count = carry?.turns ?? 0;
		this.#session = carry?.session ?? fallbackSession;
		this.#about = { cwd: undefined, branch: undefined, commit: undefined, version: undefined, model: undefined, ...carry?.about };
		this.#clock.at(carry?.at);
	}

	/** Takes the next event, which begins at `start`. Returns the kinds of what it did not understand. */
	accept(event: CopilotEvent, start: number): string[] {
		if (event.id !== undefined && this.#seen.has(event.id)) return [];
		if (event.id !== undefined) this.#seen.add(event.id);
		if (isEarlier(event.timestamp, this.#markedAt)) this.late.add('');
		this.#start = start;
		this.#before = this.#clock.at(undefined);
		const at = this.#clock.at(event.timestamp);
		switch (event.type) {
			case 'session.start':
			case 'session.resume':
				this.#begin(event);
				return [];
			case 'session.model_change':
				if (event.agentId === undefined) this.#about = { ...this.#about, model: event.data.newModel ?? this.#about.model };
				return [];
			case 'subagent.started':
				if (event.agentId !== undefined && event.data.toolCallId !== undefined) this.#callOfAgent.set(event.agentId, event.data.toolCallId);
				return [];
			case 'user.message':
				this.#prompt(event, at);
				return [];
			case 'assistant.message':
				return this.#answer(event, at);
			case 'tool.execution_start':
				this.#started(this.#of(event, at), event, at);
				return [];
			case 'tool.execution_complete':
				this.#complete(event, at);
				return [];
			case 'session.error':
			case 'abort':
				this.#stop(event, at);
				return [];
			default:
				return isSilent(event.type) ? [] : [`event:${event.type.slice(0, 40)}`];
		}
	}

	/** How many turns wait to be handed out. */
	get waiting(): number {
		return this.#finished.length;
	}

	finished(snapshots: Snapshots): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		const turns = this.#turnsOf(finished, snapshots, undefined);
		for (const { draft } of finished) letGo(draft);
		this.#done = this.#done.filter((one) => !one.of.draft.finished);
		return turns;
	}

	/** The turns that are not finished. */
	rest(snapshots: Snapshots): TurnObservationInput[] {
		return this.#turnsOf(
			this.#unfinished,
			snapshots,
			this.#unfinished.findLast((turn) => turn.parent === undefined),
		);
	}

	mark(): ReadMark | undefined {
		const end = this.#frontier.end;
		return end && { offset: end.offset, carry: { ...end.known, keys: end.keys } satisfies CopilotCarry };
	}

	#turnsOf(turns: readonly Prompted[], snapshots: Snapshots, last: Prompted | undefined): TurnObservationInput[] {
		for (const turn of turns) if (turn.parent === undefined) this.#makeWhole(turn, snapshots.get(turn.event));
		return turns.map((turn) => {
			const parent = turn.parent === undefined ? undefined : turnId(sha256, copilotName, this.#session, turn.parent.draft.key);
			return draftTurn(copilotName, { ...turn.draft, session: this.#session, parent }, turn === last || turn.parent !== undefined);
		});
	}

	/** Hands out the turns before one; those to be kept, and what follows them, stay. */
	#finishBefore(last: Prompted): void {
		const kept = this.#unfinished.findIndex((turn) => turn === last || this.#keep.has(turn.draft.key));
		const done = this.#unfinished.slice(0, kept);
		this.#unfinished = this.#unfinished.slice(kept);
		this.#finished.push(...done);
		for (const { draft } of done) {
			this.#firstDone ??= draft.key;
			draft.finished = true;
			this.#frontier.finished(draft.key);
		}
	}

	/** Notes a line that belongs to a turn that was handed out. Returns whether it does. */
	#isLate(turn: Prompted | undefined): boolean {
		if (turn?.draft.finished !== true) return false;
		this.late.add(turn.draft.key);
		return true;
	}

	/** What is not known may stand before the mark. */
	#unknown(): Prompted | undefined {
		if (this.#markedAt !== undefined) this.late.add('');
		return undefined;
	}

	#begin({ data }: CopilotEvent): void {
		const session = data.sessionId ?? this.#session;
		// It names all turns of the file, those that were handed out already too.
		if (session !== this.#session && this.#firstDone !== undefined) this.late.add(this.#firstDone);
		this.#session = session;
		const { cwd, branch, headCommit: commit } = data.context ?? {};
		const before = this.#about;
		this.#about = {
			cwd: cwd ?? before.cwd,
			branch: branch ?? before.branch,
			commit: commit ?? before.commit,
			version: data.copilotVersion ?? before.version,
			model: data.selectedModel ?? before.model,
		};
	}

	#prompt(event: CopilotEvent, at: string): void {
		const { data } = event;
		// What the program says in the user's name bears a source; an agent's prompt does too.
		if (data.source !== undefined && data.source !== 'user' && event.agentId === undefined) return;
		const pictures = picturesOf(event);
		const prompt = [data.content ?? '', ...pictures.map(() => '[image]')].filter((part) => part !== '').join('\n');
		const key = data.interactionId ?? event.id ?? `n${this.#count}`;
		const running = this.#turns.get(key);
		if (this.#isLate(running)) return;
		if (running !== undefined) running.draft.prompt += `\n\n${prompt}`;
		const { draft } = running ?? this.#open(key, prompt, at, event);
		draft.images = [...draft.images, ...pictures.map((picture) => imageAt({ ...picture, at }))];
	}

	#open(key: string, prompt: string, at: string, event: CopilotEvent): Prompted {
		const call = event.data.parentToolCallId ?? (event.agentId === undefined ? undefined : this.#callOfAgent.get(event.agentId));
		const inner = event.agentId !== undefined || event.data.parentToolCallId !== undefined;
		const parent = inner ? ((call === undefined ? undefined : this.#byCall.get(call)) ?? this.#unknown() ?? this.#current) : undefined;
		if (this.#frontier.isBefore(key)) this.late.add('');
		const last = this.#current;
		const known = { session: this.#session, about: this.#about, turns: this.#count, at: this.#before };
		const isFurther = !inner && this.#frontier.began(this.#start, known);
		this.#count += 1;
		const turn = { draft: newDraft({ key, session: this.#session, prompt, startedAt: at, ...this.#about }), event: event.id ?? '', parent };
		// A commit is noted when the session starts or goes on; later turns may stand on others.
		this.#about = { ...this.#about, commit: undefined };
		this.#turns.set(key, turn);
		this.#unfinished.push(turn);
		if (event.agentId !== undefined) this.#byAgent.set(event.agentId, turn);
		if (!inner) this.#current = turn;
		if (isFurther && last !== undefined) this.#finishBefore(last);
		return turn;
	}

	/** The turn that an event belongs to. */
	#of(event: CopilotEvent, at: string): Prompted | undefined {
		const { interactionId, parentToolCallId } = event.data;
		const byId = interactionId === undefined ? undefined : this.#turns.get(interactionId);
		if (byId === undefined && interactionId !== undefined && this.#frontier.isBefore(interactionId)) this.#unknown();
		const known = byId ?? (event.agentId === undefined ? undefined : (this.#byAgent.get(event.agentId) ?? this.#unknown()));
		if (known !== undefined || parentToolCallId === undefined) return known ?? this.#current;
		// Older versions write no prompt for a sub-agent: it stands in the call that started it.
		const key = `agent-${parentToolCallId}`;
		const prompt = promptOfCall(this.#byCall.get(parentToolCallId)?.draft.calls.get(parentToolCallId)?.args);
		return this.#turns.get(key) ?? this.#open(key, prompt, at, event);
	}

	#answer(event: CopilotEvent, at: string): string[] {
		const { data } = event;
		const turn = this.#of(event, at);
		if (turn === undefined || this.#isLate(turn)) return [];
		const { draft } = turn;
		reach(draft, at);
		draft.model = data.model ?? draft.model;
		say(draft, data.messageId ?? `${draft.said.size}:${data.content ?? ''}`, data.content ?? '');
		return (data.toolRequests ?? []).flatMap((value) => {
			const request = ToolRequest.safeParse(value).data;
			if (request === undefined) return ['toolRequest'];
			draft.stand = 'calling';
			this.#call(turn, request, at);
			return [];
		});
	}

	#started(turn: Prompted | undefined, { data }: CopilotEvent, at: string): void {
		if (data.toolCallId !== undefined && data.toolName !== undefined) this.#call(turn, { ...data, toolCallId: data.toolCallId, name: data.toolName }, at);
	}

	#call(turn: Prompted | undefined, { toolCallId: id, name, arguments: given, mcpServerName }: ToolRequest, at: string): void {
		if (turn === undefined || this.#byCall.has(id) || this.#isLate(turn)) return;
		// Arguments are an object, or JSON in a text; a patch is a text that is none.
		const args = typeof given === 'string' ? (parsedJson(given) ?? given) : given;
		turn.draft.calls.set(id, { id, name, kind: copilotToolKind(name, args, mcpServerName), args, at, done: undefined, edits: [] });
		turn.draft.stand = 'calling';
		this.#byCall.set(id, turn);
		reach(turn.draft, at);
	}

	#complete({ data }: CopilotEvent, at: string): void {
		const turn = this.#byCall.get(data.toolCallId ?? '') ?? this.#unknown();
		const call = turn?.draft.calls.get(data.toolCallId ?? '');
		if (turn === undefined || call === undefined || call.done !== undefined || this.#isLate(turn)) return;
		reach(turn.draft, at);
		const { result, error } = data;
		const exit = data.shellExecution?.exitCode ?? Number(/<(?:shellId: \S+ completed|exited) with exit code (-?\d+)>/.exec(result?.content ?? '')?.[1] ?? 0);
		const success = data.success ?? (error === undefined && (result?.result_type ?? 'success') === 'success');
		call.done = { ok: success && exit === 0, output: result?.content ?? result?.text_result_for_llm ?? error?.message ?? '' };
		const refused = !success && (error?.code === 'rejected' || error?.code === 'denied');
		if (!success && !refused) return;
		const steps = copilotSteps(call.id, call.name, call.args, result?.detailedContent ?? '', turn.draft.cwd);
		call.edits = steps.flatMap((step) => step.edits).map((edit): TurnEdit => (refused ? { ...edit, state: 'rejected' } : edit));
		// What an agent changes counts for the turn that started it.
		if (!refused && !this.#isLate(turn.parent)) this.#done.push({ call, of: turn, steps });
	}

	#stop(event: CopilotEvent, at: string): void {
		const turn = this.#of(event, at);
		if (turn === undefined || this.#isLate(turn)) return;
		turn.draft.stand = event.type === 'abort' ? 'cancelled' : 'failed';
		reach(turn.draft, at);
	}

	/** Gives each call the whole texts before and after it, for files whose way from snapshot to snapshot the calls explain. */
	#makeWhole(turn: Prompted, files: ReadonlyMap<string, FileSnapshot> | undefined): void {
		const done = this.#done.filter((one) => one.of === turn || one.of.parent === turn);
		for (const [path, snapshot] of files ?? []) {
			const steps = done.flatMap(({ call, steps: all }) => all.filter((step) => step.path === path).map(({ redo }) => ({ path, tool_id: call.id, redo })));
			const whole = wholeEdits(steps, snapshot.before, (text) => sha256(text) === snapshot.afterHash);
			for (const { call } of done) {
				const edit = whole?.get(call.id);
				if (edit !== undefined) call.edits = [...call.edits.filter((one) => one.file_path !== path), edit];
			}
		}
	}
}

function promptOfCall(args: unknown): string {
	return typeof args === 'object' && args !== null && 'prompt' in args && typeof args.prompt === 'string' ? args.prompt : '';
}
