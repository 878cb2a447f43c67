import type { SeenImage } from '../../core/attachment';
import type { ToolKind, TurnEdit, TurnObservationInput } from '../../core/turn';
import { callsOfTurn } from './recordedCall';

/** A call that waits for its result, or has it. */
export interface DraftCall {
	readonly id: string;
	readonly name: string;
	readonly kind: ToolKind;
	readonly args: unknown;
	readonly at: string;
	done: { readonly ok: boolean; readonly output: string } | undefined;
	edits: readonly TurnEdit[];
}

/** How a turn stands: nothing yet, the last word is an answer, or calls wait for what comes next; or how it ended. */
type Stand = 'none' | 'answered' | 'calling' | 'complete' | 'cancelled' | 'failed';

/** A turn while its transcript is read. */
export interface TurnDraft {
	readonly key: string;
	readonly session: string;
	prompt: string;
	images: readonly SeenImage[];
	readonly startedAt: string;
	endedAt: string | undefined;
	parent: string | undefined;
	cwd: string | undefined;
	model: string | undefined;
	version: string | undefined;
	branch: string | undefined;
	commit: string | undefined;
	stand: Stand;
	/** What the assistant said, by what names each part, so that a part that is written twice counts once. */
	readonly said: Map<string, string>;
	readonly calls: Map<string, DraftCall>;
	/** Handed out: a line that still belongs to it comes late. */
	finished: boolean;
}

export function newDraft(of: Pick<TurnDraft, 'key' | 'session' | 'prompt' | 'startedAt'> & Partial<TurnDraft>): TurnDraft {
	return {
		images: [],
		endedAt: undefined,
		parent: undefined,
		cwd: undefined,
		model: undefined,
		version: undefined,
		branch: undefined,
		commit: undefined,
		stand: 'none',
		said: new Map(),
		calls: new Map(),
		finished: false,
		...of,
	};
}

/** Notes what the assistant said. Empty words say nothing. */
export function say(draft: TurnDraft, id: string, words: string): void {
	if (words.trim() === '') return;
	draft.said.set(id, words);
	draft.stand = 'answered';
}

/** Moves a turn's end; what is read out of order never moves it back. */
export function reach(draft: TurnDraft, at: string): void {
	if (draft.endedAt === undefined || at > draft.endedAt) draft.endedAt = at < draft.startedAt ? draft.startedAt : at;
}

/** Lets go of what a turn holds that was handed out. */
export function letGo(draft: TurnDraft): void {
	draft.finished = true;
	draft.prompt = '';
	draft.images = [];
	draft.said.clear();
	// A call without a result stays, so that one that comes late is noticed.
	for (const [id, call] of draft.calls) if (call.done !== undefined) draft.calls.delete(id);
}

/** What is known of a turn; `last` when no other followed in its session. */
export function draftTurn(assistant: string, draft: TurnDraft, last: boolean): TurnObservationInput {
	const { parent, endedAt, cwd, model, version, branch, commit } = draft;
	return {
		assistant,
		session_id: draft.session,
		turn_key: draft.key,
		...(parent === undefined ? {} : { parent_turn_id: parent }),
		channel: 'transcript',
		started_at: draft.startedAt,
		...(endedAt === undefined ? {} : { ended_at: endedAt }),
		state: stateOf(draft, last),
		...(cwd === undefined ? {} : { cwd }),
		prompt: draft.prompt,
		images: [...draft.images],
		response: [...draft.said.values()].join('\n\n'),
		...(model === undefined ? {} : { model }),
		...callsOfTurn([...draft.calls.values()]),
		...(version === undefined ? {} : { source_version: version }),
		...(commit === undefined ? {} : { commit_sha: commit }),
		...(branch === undefined ? {} : { branch }),
	};
}

function stateOf(draft: TurnDraft, last: boolean): 'open' | 'complete' | 'cancelled' | 'failed' {
	const { stand } = draft;
	if (stand === 'cancelled' || stand === 'failed') return stand;
	if (stand === 'answered' || stand === 'complete') return 'complete';
	// A prompt that the next one overtook before any answer was taken back.
	if (!last) return draft.said.size === 0 && draft.calls.size === 0 ? 'cancelled' : 'complete';
	return 'open';
}
