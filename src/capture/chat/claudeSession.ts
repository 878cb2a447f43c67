import type { SeenImage } from '../../core/attachment';
import { turnId } from '../../core/ids';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import { claudeEdits, claudeToolKind } from './claudeEdits';
import { blocksOf, commandOf, isInterruption, promptOf, resultText, type ClaudeBlock, type ClaudeLine } from './claudeLine';
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
	readonly key: string;
	readonly session: string;
	readonly parent: string | undefined;
	readonly prompt: string;
	readonly line: ClaudeLine;
	readonly startedAt: string;
	/** A slash command is a turn only when the assistant answered it. */
	readonly tentative: boolean;
	endedAt: string | undefined;
	model: string | undefined;
	stop: 'none' | 'answered' | 'calling' | 'interrupted' | 'error';
	superseded: boolean;
	readonly said: Map<string, string>;
	readonly calls: Map<string, Call>;
}

/**
 * Puts the lines of one Claude Code transcript together into turns.
 *
 * A turn's key is the prompt's id, which hooks send as `prompt_id`; older versions wrote none, there it is the uuid of the prompt's line.
 * A sub-agent's own transcript is one turn keyed `agent-<id>` whose parent is the turn that started it.
 * Results are joined to their calls by the call's id: parallel calls are off the chain of parents.
 */
export class ClaudeSession {
	readonly #fallbackSession: string;
	readonly #drafts: Draft[] = [];
	readonly #byLine = new Map<string, Draft>();
	readonly #byCall = new Map<string, Draft>();
	readonly #keys = new Set<string>();
	readonly #seen = new Set<string>();
	#main: Draft | undefined;
	#side: Draft | undefined;
	#lastAt = '';

	constructor(fallbackSession: string) {
		this.#fallbackSession = fallbackSession;
	}

	/** Takes the next line. Returns the kinds of parts it did not understand. */
	accept(line: ClaudeLine): string[] {
		if (line.uuid !== undefined) {
			if (this.#seen.has(line.uuid)) return [];
			this.#seen.add(line.uuid);
		}
		const blocks = blocksOf(line);
		const draft = this.#opened(line, blocks) ?? this.#draftOf(line, blocks);
		if (draft === undefined) return [];
		if (line.uuid !== undefined) this.#byLine.set(line.uuid, draft);
		this.#add(draft, line, blocks);
		return blocks.flatMap((block) => (block.type === 'unknown' ? [block.what] : []));
	}

	/** Notes a line without a message, so that what hangs on it finds its turn. */
	link(uuid: string | undefined, parentUuid: string | undefined): void {
		const draft = parentUuid === undefined ? undefined : this.#byLine.get(parentUuid);
		if (uuid !== undefined && draft !== undefined) this.#byLine.set(uuid, draft);
	}

	/** The turns read so far, in the order of their prompts. */
	turns(): TurnObservationInput[] {
		return this.#drafts.filter((draft) => !draft.tentative || draft.said.size > 0 || draft.calls.size > 0).map(turnOf);
	}

	#opened(line: ClaudeLine, blocks: readonly ClaudeBlock[]): Draft | undefined {
		const prompt = promptOf(line, blocks);
		const command = prompt === undefined && line.type === 'user' && line.isMeta !== true ? commandOf(blocks) : undefined;
		const words = prompt ?? command;
		if (words === undefined) return undefined;
		const inner = line.isSidechain === true;
		// Inside a sub-agent only its first prompt opens a turn; what the program says to it later does not.
		if (inner && line.parentUuid !== undefined && this.#byLine.has(line.parentUuid)) return undefined;
		const draft = this.#newDraft(line, words, command !== undefined);
		this.#drafts.push(draft);
		if (inner) this.#side = draft;
		else {
			if (this.#main !== undefined) this.#main.superseded = true;
			this.#main = draft;
		}
		return draft;
	}

	#newDraft(line: ClaudeLine, prompt: string, tentative: boolean): Draft {
		const session = line.forkedFrom?.sessionId ?? line.sessionId ?? this.#fallbackSession;
		const parent = line.isSidechain === true ? this.#parentOf(line, session) : undefined;
		return {
			key: this.#keyOf(line),
			session,
			parent,
			prompt,
			line,
			startedAt: this.#instant(line),
			tentative,
			endedAt: undefined,
			model: undefined,
			stop: 'none',
			superseded: false,
			said: new Map(),
			calls: new Map(),
		};
	}

	#keyOf(line: ClaudeLine): string {
		const place = line.uuid ?? `n${this.#drafts.length}`;
		const wanted = line.isSidechain === true ? (line.agentId === undefined ? place : `agent-${line.agentId}`) : (line.promptId ?? place);
		const key = this.#keys.has(wanted) ? place : wanted;
		this.#keys.add(key);
		return key;
	}

	#parentOf(line: ClaudeLine, session: string): string | undefined {
		const key = this.#main?.key ?? line.promptId;
		return key === undefined ? undefined : turnId(sha256, claudeName, session, key);
	}

	/** Where a line belongs that opens no turn: to its call, its parent's turn, or the last prompt of its kind. */
	#draftOf(line: ClaudeLine, blocks: readonly ClaudeBlock[]): Draft | undefined {
		for (const block of blocks) {
			const draft = block.type === 'tool_result' && block.tool_use_id !== undefined ? this.#byCall.get(block.tool_use_id) : undefined;
			if (draft !== undefined) return draft;
		}
		const parent = line.parentUuid ?? line.logicalParentUuid;
		return (parent === undefined ? undefined : this.#byLine.get(parent)) ?? (line.isSidechain === true ? this.#side : this.#main);
	}

	#add(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		if (line.type === 'assistant') this.#addAnswer(draft, line, blocks);
		else if (line.type === 'user' && line !== draft.line) this.#addResults(draft, line, blocks);
	}

	#addAnswer(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		const at = this.#instant(line);
		draft.endedAt = at;
		const failed = line.isApiErrorMessage === true;
		if (line.message?.model !== undefined && line.message.model !== '<synthetic>') draft.model = line.message.model;
		for (const block of blocks) {
			// The same part of the same message may be written again; the id and the words name it.
			if (block.type === 'text' && !failed && block.text.trim() !== '' && block.text !== '(no content)')
				draft.said.set(`${line.message?.id ?? line.uuid ?? ''}:${block.text}`, block.text);
			if (block.type === 'tool_use' && !this.#byCall.has(block.id)) {
				draft.calls.set(block.id, { id: block.id, name: block.name, input: block.input, at });
				this.#byCall.set(block.id, draft);
			}
		}
		draft.stop = failed ? 'error' : blocks.some((block) => block.type === 'tool_use') || line.message?.stop_reason === 'tool_use' ? 'calling' : 'answered';
	}

	#addResults(draft: Draft, line: ClaudeLine, blocks: readonly ClaudeBlock[]): void {
		for (const block of blocks) {
			if (block.type !== 'tool_result' || block.tool_use_id === undefined) continue;
			const call = draft.calls.get(block.tool_use_id);
			if (call === undefined) continue;
			const output = resultText(block.content);
			call.done = { result: line.toolUseResult, output, failed: block.is_error === true || isErrorText(line.toolUseResult) };
			draft.endedAt = this.#instant(line);
		}
		if (isInterruption(blocks)) draft.stop = 'interrupted';
	}

	/** The line's time; one without a readable time takes the one before. */
	#instant(line: ClaudeLine): string {
		const time = Date.parse(line.timestamp ?? '');
		if (!Number.isNaN(time)) this.#lastAt = new Date(time).toISOString();
		return this.#lastAt === '' ? new Date(0).toISOString() : this.#lastAt;
	}
}

function isErrorText(result: unknown): boolean {
	return typeof result === 'string' && (result.startsWith('Error:') || result === 'User rejected tool use');
}

function turnOf(draft: Draft): TurnObservationInput {
	const { line } = draft;
	return {
		assistant: claudeName,
		session_id: draft.session,
		turn_key: draft.key,
		...(draft.parent === undefined ? {} : { parent_turn_id: draft.parent }),
		channel: 'transcript',
		started_at: draft.startedAt,
		...(draft.endedAt === undefined ? {} : { ended_at: draft.endedAt }),
		state: stateOf(draft),
		...(line.cwd === undefined ? {} : { cwd: line.cwd }),
		prompt: draft.prompt,
		images: imagesOf(line),
		response: [...draft.said.values()].join('\n\n'),
		...(draft.model === undefined ? {} : { model: draft.model }),
		...callsOfTurn([...draft.calls.values()].map(recorded)),
		...(line.version === undefined ? {} : { source_version: line.version }),
		...(line.gitBranch === undefined || line.gitBranch === '' ? {} : { branch: line.gitBranch }),
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
