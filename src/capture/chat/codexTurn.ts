import type { SeenImage } from '../../core/attachment';
import { turnId } from '../../core/ids';
import type { ToolKind, TurnObservationInput } from '../../core/turn';
import type { CodexResult } from './codexCalls';
import { patchEdits, recordedEdits } from './codexEdits';
import type { SessionMeta } from './codexLine';
import { callsOfTurn, type RecordedCall } from './recordedCall';
import { sha256 } from './sha256';

/** Word for this assistant in turns. */
export const codexName = 'codex';

/** A call that waits for its result, or has it. */
export interface CodexCall {
	readonly id: string;
	readonly name: string;
	kind: ToolKind;
	readonly args: unknown;
	readonly at: string;
	result?: CodexResult;
	/** The record of what was done; it tells more than the words that the model got to see. */
	recorded?: CodexResult;
	/** Files that it read. */
	reads?: readonly string[];
	/** A script whose actions are recorded as calls of their own. */
	shown?: boolean;
}

/** A turn while its lines are read. */
export interface CodexDraft {
	readonly key: string;
	/** Older versions give turns no id and do not say where one ends. */
	readonly named: boolean;
	session: string | undefined;
	parentTurn: string | undefined;
	cwd: string | undefined;
	model: string | undefined;
	startedAt: string;
	endedAt: string;
	commit: string | undefined;
	readonly prompts: string[];
	/** Pictures of the prompts; several records tell the same one. */
	readonly images: Map<string, SeenImage>;
	readonly said: Map<string, string>;
	/** The same words out of the conversation, for turns whose events do not have them. */
	readonly answers: string[];
	readonly calls: Map<string, CodexCall>;
	end: 'none' | 'answered' | 'complete' | 'cancelled' | 'failed';
	troubled: boolean;
	/** Handed out; what it held is let go. */
	finished: boolean;
}

/** What all turns of one rollout share. */
interface Rollout {
	readonly meta: SessionMeta | undefined;
	/** Session to name when the rollout does not. */
	readonly fallback: string;
	/** Files that the turns before showed to exist. */
	readonly known: Set<string>;
}

/** What is known of a turn; `last` when no other followed. */
export function codexTurn(draft: CodexDraft, rollout: Rollout, last: boolean): TurnObservationInput {
	const { meta } = rollout;
	const { cwd, model, commit } = draft;
	const parent = parentOf(draft, meta);
	return {
		assistant: codexName,
		session_id: draft.session ?? meta?.id ?? rollout.fallback,
		turn_key: draft.key,
		...(parent === undefined ? {} : { parent_turn_id: parent }),
		channel: 'transcript',
		started_at: draft.startedAt,
		ended_at: draft.endedAt,
		state: stateOf(draft, last),
		...(cwd === undefined ? {} : { cwd }),
		prompt: draft.prompts.join('\n\n'),
		images: [...draft.images.values()],
		response: (draft.said.size > 0 ? [...draft.said.values()] : draft.answers).join('\n\n'),
		...(model === undefined ? {} : { model }),
		...callsOfTurn([...draft.calls.values()].filter((call) => isTold(call, draft)).map((call) => recorded(call, cwd, rollout.known))),
		...(meta?.cli_version === undefined ? {} : { source_version: meta.cli_version }),
		...(commit === undefined ? {} : { commit_sha: commit }),
		...(meta?.git?.branch === undefined ? {} : { branch: meta.git.branch }),
	};
}

/** A script is told unless its actions are; while it runs they may still come, and a call that was told once stays in the turn. */
function isTold(call: CodexCall, draft: CodexDraft): boolean {
	const isRunning = call.name === 'exec' && call.result === undefined && draft.end === 'none';
	return call.shown !== true && !isRunning;
}

function recorded(call: CodexCall, cwd: string | undefined, known: Set<string>): RecordedCall {
	const { id, name, kind, args, at } = call;
	const done = call.recorded ?? call.result;
	const place = { id, cwd, declined: done?.declined === true, known };
	const changes = call.recorded?.changes;
	const asked = (): RecordedCall['edits'] => (done?.ok === true ? patchEdits(name, args, place) : []);
	const edits = changes !== undefined && (done?.ok === true || place.declined) ? recordedEdits(changes, place) : asked();
	for (const path of call.reads ?? []) known.add(path);
	return { id, name, kind, args, at, done: done && { ok: done.ok, output: done.output }, edits };
}

function parentOf(draft: CodexDraft, meta: SessionMeta | undefined): string | undefined {
	const thread = meta?.source?.subagent.thread_spawn.parent_thread_id;
	return thread === undefined || draft.parentTurn === undefined ? undefined : turnId(sha256, codexName, thread, draft.parentTurn);
}

function stateOf(draft: CodexDraft, last: boolean): 'open' | 'complete' | 'cancelled' | 'failed' {
	if (draft.end === 'answered') return 'complete';
	if (draft.end !== 'none') return draft.end;
	// A prompt that the next one overtook before any answer was taken back.
	if (!last) return draft.said.size === 0 && draft.calls.size === 0 ? 'cancelled' : 'complete';
	return 'open';
}
