import { z } from 'zod';
import type { SeenImage } from '../../core/attachment';
import { turnId } from '../../core/ids';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { claudeEdits, claudeToolKind } from './claudeEdits';
import { blocksOf, commandOf, isInterruption, promptOf, resultText, type ClaudeBlock, type ClaudeLine } from './claudeLine';
import { Frontier, type Kept } from './frontier';
import { instantOf } from './instant';
import { callsOfTurn, type RecordedCall } from './recordedCall';
import { sha256 } from './sha256';

/** Word for this assistant in turns. */
export const claudeName = 'claude-code';

/** A call that waits for its result, or has it. */
interface Call {
	readonly id: string;
	readonly name: string;
	readonly input: unknown;
	readonly at: string;
	done?: { readonly result: unknown; readonly output: string; readonly failed: boolean };
}

/** A turn while its lines are read. */
interface Draft {
	key: string;
	session: string;
	/** The prompt's own line, which keeps its uuid when a fork copies it. */
	readonly place: string;
	readonly parent: string | undefined;
	prompt: string;
	readonly about: Partial<Pick<ClaudeLine, 'cwd' | 'version' | 'gitBranch'>>;
	images: SeenImage[];
	readonly startedAt: string;
	/** A slash command is a turn only when the assistant answered it. */
	readonly tentative: boolean;
	endedAt: string | undefined;
	model: string | undefined;
	stop: 'none' | 'answered' | 'calling' | 'interrupted' | 'error';
	superseded: boolean;
	/** Handed out, or before the mark; what it held is let go. */
	finished: boolean;
	readonly said: Map<string, string>;
	readonly calls: Map<string, Call>;
}

/** What names a turn of one assistant. */
export type TurnName = Readonly<Pick<TurnObservationInput, 'session_id' | 'turn_key'>>;

/** What a mark carries: how many turns came before, their keys, and the time of the last line. */
export const ClaudeCarry = z.object({ turns: z.number().int(), keys: z.array(z.string()), at: z.string() });
type ClaudeCarry = z.infer<typeof ClaudeCarry>;

/**
 * Puts the lines of one Claude Code transcript together into turns.
 *
 * A turn's key is the prompt's id, which hooks send as `prompt_id`; older versions wrote none, there it is the uuid of the prompt's line.
 * A sub-agent's own transcript is one turn keyed `agent-<id>` whose parent is the turn that started it.
 * Results are joined to their calls by the call's id: parallel calls are off the chain of parents.
 *
 * A fork begins with the lines of the session it comes from. `/branch` writes that session into each of them and keeps the prompts' ids.
 * `--fork-session` tells the session with the answers alone and gives all copied prompts the id of the first prompt of its own; their turns
 * are told as that session's, by the uuid of the prompt's line, and `copied` names them, so that the key they have there can be looked up.
 */
export class ClaudeSession {
	readonly #fallbackSession: string;
	readonly #keep: Kept;
	readonly #frontier: Frontier<Pick<ClaudeCarry, 'turns' | 'at'>>;
	/** Stands for all turns before the mark; undefined in a reading from the start. */
	readonly #before: Draft | undefined;
	#drafts: Draft[] = [];
	#finished: TurnObservationInput[] = [];
	readonly #byLine = new Map<string, Draft>();
	readonly #byCall = new Map<string, Draft>();
	readonly #keys = new Set<string>();
	readonly #seen = new Set<string>();
	#main: Draft | undefined;
	#side: Draft | undefined;
	#lastAt: string;
	#turns: number;
	/** The session that a fork copied answers of, once one was met. */
	#origin: string | undefined;
	readonly late = new Set<string>();
	/** Keys of turns that were taken over from another session. */
	readonly copied = new Set<string>();
	/** Names of the turns that were not, by the uuid of the prompt's line. */
	readonly own = new Map<string, TurnName>();

	constructor(fallbackSession: string, carry: ClaudeCarry | undefined, keep: Kept) {
		this.#fallbackSession = fallbackSession;
		this.#keep = keep;
		this.#frontier = new Frontier(carry?.keys);
		this.#before = carry === undefined ? undefined : earlier;
		this.#lastAt = carry?.at ?? '';
		this.#turns = carry?.turns ?? 0;
	}

	/** Takes the next line, which begins at `start`. Returns the kinds of parts it did not understand. */
	accept(line: ClaudeLine, start: number): string[] {
		if (line.uuid !== undefined) {
			if (this.#seen.has(line.uuid)) return [];
			this.#seen.add(line.uuid);
		}
		const blocks = blocksOf(line);
		const opened = this.#opened(line, blocks, start);
		const draft = opened ?? this.#draftOf(line, blocks);
		if (draft === undefined) return [];
		if (line.uuid !== undefined) this.#byLine.set(line.uuid, draft);
		if (line.answeredIn !== undefined && line.answeredIn !== line.sessionId) this.#copiedUpTo(draft, line.answeredIn);
		if (draft.finished) {
			if (tells(line, blocks)) this.late.add(draft.key);
		} else if (opened === undefined) this.#add(draft, line, blocks);
		return blocks.flatMap((block) => (block.type === 'unknown' ? [block.what] : []));
	}

	/** Notes a line without a message, so that what hangs on it finds its turn. */
	link(uuid: string | undefined, parentUuid: string | undefined): void {
		const draft = parentUuid === undefined ? undefined : (this.#byLine.get(parentUuid) ?? this.#before);
		if (uuid !== undefined && draft !== undefined) this.#byLine.set(uuid, draft);
	}

	finished(): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		return finished;
	}

	/** The turns that are not finished, in the order of their prompts. */
	rest(): TurnObservationInput[] {
		return turnsOf(this.#drafts);
	}

	mark(): ReadMark | undefined {
		const end = this.#frontier.end;
		return end && { offset: end.offset, carry: { ...end.known, keys: end.keys } satisfies ClaudeCarry };
	}

	#opened(line: ClaudeLine, blocks: readonly ClaudeBlock[], start: number): Draft | undefined {
		const prompt = promptOf(line, blocks);
		const command = prompt === undefined && line.type === 'user' && !line.isMeta ? commandOf(blocks) : undefined;
		const words = prompt ?? command;
		if (words === undefined) return undefined;
		const inner = line.isSidechain;
		// Inside a sub-agent only its first prompt opens a turn; what the program says to it later does not.
		if (inner && line.parentUuid !== undefined && this.#byLine.has(line.parentUuid)) return undefined;
		// Before the mark there may be the line it hangs on.
		if (inner && line.parentUuid !== undefined && this.#before !== undefined) this.late.add('');
		const last = this.#main;
		const isFurther = !inner && this.#frontier.began(start, { turns: this.#turns, at: this.#lastAt });
		const draft = this.#newDraft(line, words, command !== undefined);
		this.#drafts.push(draft);
		if (inner) this.#side = draft;
		else {
			if (last !== undefined) last.superseded = true;
			this.#main = draft;
		}
		if (isFurther && last !== undefined) this.#finishBefore(last);
		return draft;
	}

	/** Hands out the turns before one; those to be kept, and what follows them, stay. */
	#finishBefore(last: Draft): void {
		const kept = this.#drafts.findIndex((draft) => draft === last || this.#keep.has(draft.key));
		const done = this.#drafts.slice(0, kept);
		this.#drafts = this.#drafts.slice(kept);
		this.#finished.push(...turnsOf(done));
		for (const draft of done) {
			this.#frontier.finished(draft.key);
			draft.finished = true;
			draft.prompt = '';
			draft.said.clear();
			draft.calls.clear();
			draft.images = [];
		}
	}

	/** The copied lines come first, so an answer of another session says so of its turn and of those before. */
	#copiedUpTo(draft: Draft, origin: string): void {
		this.#origin = origin;
		if (draft.finished || !this.own.has(draft.place)) return;
		for (const each of this.#drafts) {
			if (this.own.has(each.place)) this.#takeOver(each, origin);
			if (each === draft) return;
		}
	}

	#takeOver(draft: Draft, origin: string): void {
		this.#keys.delete(draft.key);
		this.own.delete(draft.place);
		draft.key = draft.place;
		draft.session = origin;
		this.#keys.add(draft.key);
		this.copied.add(draft.key);
	}

	#newDraft(line: ClaudeLine, prompt: string, tentative: boolean): Draft {
		const session = line.forkedFrom ?? line.sessionId ?? this.#fallbackSession;
		const parent = line.isSidechain ? this.#parentOf(line, session) : undefined;
		const place = line.uuid ?? `n${this.#turns}`;
		const key = this.#keyOf(line, place);
		this.own.set(place, { session_id: session, turn_key: key });
		return {
			key,
			place,
			session,
			parent,
			prompt,
			about: { cwd: line.cwd, version: line.version, gitBranch: line.gitBranch },
			images: imagesOf(line),
			startedAt: this.#instant(line),
			tentative,
			endedAt: undefined,
			model: undefined,
			stop: 'none',
			superseded: false,
			finished: false,
			said: new Map(),
			calls: new Map(),
		};
	}

	#keyOf(line: ClaudeLine, place: string): string {
		this.#turns += 1;
		const wanted = line.isSidechain ? (line.agentId === undefined ? place : `agent-${line.agentId}`) : (line.promptId ?? place);
		if (this.#frontier.isBefore(wanted)) this.late.add('');
		this.#release(wanted);
		const key = this.#keys.has(wanted) ? place : wanted;
		this.#keys.add(key);
		return key;
	}

	/** In a fork a prompt without an answer that has the id of a later one is a copy too. */
	#release(key: string): void {
		const last = this.#main;
		if (this.#origin !== undefined && last?.key === key && last.said.size === 0 && last.calls.size === 0) this.#takeOver(last, this.#origin);
	}

	#parentOf(line: ClaudeLine, session: string): string | undefined {
		const key = this.#main?.key ?? line.promptId;
		return key === undefined ? undefined : turnId(sha256, claudeName, session, key);
	}

	/** Where a line belongs that opens no turn: to its call, its parent's turn, or the last prompt of its kind. */
	#draftOf(line: ClaudeLine, blocks: readonly ClaudeBlock[]): Draft | undefined {
		for (const block of blocks) {
			if (block.type !== 'tool_result' || block.tool_use_id === undefined) continue;
			const draft = this.#byCall.get(block.tool_use_id) ?? this.#before;
			if (draft !== undefined) return draft;
		}
		const parent = line.parentUuid ?? line.logicalParentUuid;
		return (parent === undefined ? undefined : (this.#byLine.get(parent) ?? this.#before)) ?? (line.isSidechain ? this.#side : this.#main);
	}

	#add(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		if (line.type === 'assistant') this.#addAnswer(draft, line, blocks);
		else if (line.type === 'user') this.#addResults(draft, line, blocks);
	}

	#addAnswer(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		const at = this.#instant(line);
		draft.endedAt = at;
		const failed = line.isApiErrorMessage;
		const { message } = line;
		if (message?.model !== undefined && message.model !== '<synthetic>') draft.model = message.model;
		for (const block of blocks) {
			// The same part of the same message may be written again; the id and the words name it.
			if (block.type === 'text' && !failed && block.text.trim() !== '' && block.text !== '(no content)')
				draft.said.set(`${message?.id ?? line.uuid ?? ''}:${block.text}`, block.text);
			if (block.type === 'tool_use' && !this.#byCall.has(block.id)) {
				draft.calls.set(block.id, { id: block.id, name: block.name, input: block.input, at });
				this.#byCall.set(block.id, draft);
			}
		}
		draft.stop = failed ? 'error' : blocks.some((block) => block.type === 'tool_use') || message?.stop_reason === 'tool_use' ? 'calling' : 'answered';
	}

	#addResults(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		for (const block of blocks) {
			if (block.type !== 'tool_result' || block.tool_use_id === undefined) continue;
			const call = draft.calls.get(block.tool_use_id);
			if (call === undefined) continue;
			const output = resultText(block.content);
			call.done = { result: line.toolUseResult, output, failed: block.is_error || isErrorText(line.toolUseResult) };
			draft.endedAt = this.#instant(line);
		}
		if (isInterruption(blocks)) draft.stop = 'interrupted';
	}

	/** The line's time; one without a readable time takes the one before. */
	#instant(line: ClaudeLine): string {
		this.#lastAt = instantOf(line.timestamp) ?? this.#lastAt;
		return this.#lastAt === '' ? new Date(0).toISOString() : this.#lastAt;
	}
}

/** Stands for every turn before a mark. */
const earlier: Draft = {
	key: '',
	place: '',
	session: '',
	parent: undefined,
	prompt: '',
	about: {},
	images: [],
	startedAt: '',
	tentative: true,
	endedAt: undefined,
	model: undefined,
	stop: 'none',
	superseded: true,
	finished: true,
	said: new Map(),
	calls: new Map(),
};

/** True for a line that adds to its turn. */
function tells(line: ClaudeLine, blocks: readonly ClaudeBlock[]): boolean {
	return line.type === 'assistant' || isInterruption(blocks) || blocks.some((block) => block.type === 'tool_result');
}

function turnsOf(drafts: readonly Draft[]): TurnObservationInput[] {
	return drafts.filter((draft) => !draft.tentative || draft.said.size > 0 || draft.calls.size > 0).map(turnOf);
}

function isErrorText(result: unknown): boolean {
	return typeof result === 'string' && (result.startsWith('Error:') || result === 'User rejected tool use');
}

function turnOf(draft: Draft): TurnObservationInput {
	const { about } = draft;
	return {
		assistant: claudeName,
		session_id: draft.session,
		turn_key: draft.key,
		...(draft.parent === undefined ? {} : { parent_turn_id: draft.parent }),
		channel: 'transcript',
		started_at: draft.startedAt,
		...(draft.endedAt === undefined ? {} : { ended_at: draft.endedAt }),
		state: stateOf(draft),
		...(about.cwd === undefined ? {} : { cwd: about.cwd }),
		prompt: draft.prompt,
		images: draft.images,
		response: [...draft.said.values()].join('\n\n'),
		...(draft.model === undefined ? {} : { model: draft.model }),
		...callsOfTurn([...draft.calls.values()].map(recorded)),
		...(about.version === undefined ? {} : { source_version: about.version }),
		...(about.gitBranch === undefined || about.gitBranch === '' ? {} : { branch: about.gitBranch }),
	};
}

/** Only those of the prompt: a picture that a tool has read lies in a file. */
function imagesOf(line: ClaudeLine): SeenImage[] {
	return blocksOf(line).flatMap((block) => (block.type === 'image' && block.image !== undefined ? [block.image] : []));
}

function stateOf(draft: Draft): 'open' | 'complete' | 'cancelled' | 'failed' {
	if (draft.stop === 'error') return 'failed';
	if (draft.stop === 'interrupted') return 'cancelled';
	if (draft.stop === 'answered') return 'complete';
	// A prompt that the next one overtook before any answer was taken back.
	if (draft.superseded) return draft.stop === 'none' ? 'cancelled' : 'complete';
	return 'open';
}

function recorded(call: Call): RecordedCall {
	const { id, name, input, at, done } = call;
	return { id, name, kind: claudeToolKind(name), args: input, at, done: done && { ok: !done.failed, output: done.output }, edits: editsOf(call) };
}

function editsOf(call: Call): TurnEdit[] {
	return call.done === undefined ? [] : claudeEdits({ id: call.id, name: call.name, input: call.input, ...call.done });
}
