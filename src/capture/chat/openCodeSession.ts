import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import { imageOfUrl } from '../seenImage';
import { absolutePath } from './absolutePath';
import type { Hunk } from './hunks';
import { imageOfFile } from './imageFile';
import { instantOf } from './instant';
import { openCodeSteps, openCodeToolKind, type OpenCodeStep } from './openCodeEdits';
import { OpenCodeMessage, OpenCodePart } from './openCodeSchema';
import { draftTurn, newDraft, reach, say, type DraftCall, type TurnDraft } from './turnDraft';
import { hunksOfDiff } from './unifiedDiff';
import { wholeEdits } from './wholeEdits';

/** What is known of a session besides its messages. */
export interface OpenCodeAbout {
	/** opencode, or an assistant built on it. */
	readonly name: string;
	readonly session_id: string;
	readonly cwd: string | undefined;
	readonly version: string | undefined;
	/** Id of the turn that started this session for a sub-agent. */
	readonly parent: string | undefined;
	/** Message from which on the user has taken the session back. */
	readonly revertedFrom: string | undefined;
}

/** A message and its parts as they are stored. */
export interface StoredMessage {
	readonly id: string;
	/** Milliseconds. */
	readonly created: unknown;
	readonly data: unknown;
	readonly parts: readonly { readonly id: string; readonly data: unknown }[];
}

interface Done {
	readonly call: DraftCall;
	readonly steps: readonly OpenCodeStep[];
}

interface Prompted {
	readonly draft: TurnDraft;
	readonly done: Done[];
	/** The files that the turn changed, as OpenCode compared them. */
	diffs: NonNullable<OpenCodeMessage['summary']>['diffs'];
	root: string | undefined;
}

/** Parts that say nothing of prompt, answer or tools. */
const silent = new Set(['reasoning', 'step-start', 'step-finish', 'snapshot', 'patch', 'agent', 'retry', 'compaction', 'file', 'subtask']);

/** Puts the messages of one OpenCode session together into turns. A turn's key is the id of the user's message, which every answer names. */
export class OpenCodeSession {
	readonly #turns = new Map<string, Prompted>();
	#current: Prompted | undefined;
	#isReverted = false;

	constructor(private readonly about: OpenCodeAbout) {}

	/** Takes the next message. Returns the kinds of what it did not understand. */
	accept(stored: StoredMessage): string[] {
		if (stored.id === this.about.revertedFrom) this.#isReverted = true;
		const message = OpenCodeMessage.safeParse(stored.data).data;
		if (message === undefined) return ['message'];
		const unknown: string[] = [];
		const parts = stored.parts.flatMap(({ id, data }) => {
			const part = OpenCodePart.safeParse(data).data;
			if (part === undefined) unknown.push('part');
			return part === undefined ? [] : [{ ...part, id }];
		});
		const at = instantOf(message.time?.created) ?? instantOf(stored.created) ?? new Date(0).toISOString();
		if (message.role === 'user') this.#prompt(stored.id, message, parts, at);
		else if (message.role === 'assistant') unknown.push(...this.#answer(message, parts, at));
		else unknown.push(`role:${message.role.slice(0, 40)}`);
		return unknown;
	}

	turns(): TurnObservationInput[] {
		const turns = [...new Set(this.#turns.values())];
		for (const turn of turns) makeWhole(turn);
		return turns.map(({ draft }) => draftTurn(this.about.name, draft, draft === this.#current?.draft));
	}

	#prompt(id: string, message: OpenCodeMessage, parts: readonly StoredPart[], at: string): void {
		const prompt = promptOf(parts);
		const diffs = message.summary?.diffs ?? [];
		if (prompt === '' && this.#current !== undefined) {
			// What the program says in the user's name (to go on after the history was compacted, say) continues the turn.
			this.#turns.set(id, this.#current);
			return;
		}
		const { session_id, cwd, version, parent } = this.about;
		const images = parts.filter(isPicture).flatMap(({ url, filename }) => imageOfUrl(url, filename) ?? imageOfFile(url, at, filename) ?? []);
		const draft = newDraft({ key: id, session: session_id, prompt, images, startedAt: at, cwd, version, parent, model: message.model?.modelID });
		this.#current = { draft, done: [], diffs, root: undefined };
		this.#turns.set(id, this.#current);
	}

	#answer(message: OpenCodeMessage, parts: readonly StoredPart[], at: string): string[] {
		const turn = this.#turns.get(message.parentID ?? '') ?? this.#current;
		// A summary of the history so far is written for the model.
		if (turn === undefined || message.summary?.isHistory === true) return [];
		const { draft } = turn;
		draft.model = message.modelID ?? draft.model;
		draft.cwd ??= message.path?.cwd;
		turn.root ??= message.path?.root;
		reach(draft, instantOf(message.time?.completed) ?? at);
		const unknown: string[] = [];
		for (const part of parts) {
			if (part.type === 'text') {
				if (part.synthetic !== true && part.ignored !== true) say(draft, part.id, part.text ?? '');
			} else if (part.type === 'tool') this.#call(turn, part, at);
			else if (!silent.has(part.type)) unknown.push(`part:${part.type.slice(0, 40)}`);
		}
		draft.stand = standOf(message, parts.at(-1));
		return unknown;
	}

	#call(turn: Prompted, part: StoredPart, at: string): void {
		const { id, tool: name = '', callID = id, state = {} } = part;
		const call: DraftCall = {
			id: callID,
			name,
			kind: openCodeToolKind(name),
			args: state.input,
			at: instantOf(state.time?.start) ?? at,
			done: undefined,
			edits: [],
		};
		turn.draft.calls.set(callID, call);
		const refused = state.status === 'error' && /user rejected permission/i.test(state.error ?? '');
		if (state.status !== 'completed' && state.status !== 'error') return;
		call.done = { ok: state.status === 'completed' && (state.metadata?.exit ?? 0) === 0, output: state.output ?? state.error ?? '' };
		if (state.status === 'error' && !refused) return;
		const taken: TurnEdit['state'] = refused ? 'rejected' : this.#isReverted ? 'undone' : 'applied';
		const steps = openCodeSteps({ id: callID, name, input: state.input, metadata: state.metadata, state: taken }, turn.draft.cwd);
		call.edits = steps.flatMap((step) => step.edits);
		if (!refused) turn.done.push({ call, steps });
	}
}

type StoredPart = OpenCodePart & { readonly id: string };

function promptOf(parts: readonly StoredPart[]): string {
	const words = parts.flatMap((part) => {
		if (part.type === 'text') return part.synthetic === true || part.ignored === true ? [] : [unquoted(part.text ?? '')];
		if (part.type === 'subtask') return [part.prompt ?? ''];
		return isPicture(part) ? ['[image]'] : [];
	});
	return words.filter((word) => word.trim() !== '').join('\n\n');
}

function isPicture({ type, mime }: StoredPart): boolean {
	return type === 'file' && mime?.startsWith('image/') === true;
}

/** `opencode run` stores a prompt with blanks inside double quotes. */
function unquoted(text: string): string {
	const inner = /^"((?:[^"\\]|\\[\s\S])*)"\s*$/.exec(text)?.[1];
	return inner?.includes(' ') === true ? inner.replaceAll('\\"', '"') : text;
}

function standOf({ error, finish, time }: OpenCodeMessage, last: StoredPart | undefined): TurnDraft['stand'] {
	if (error !== undefined) return error.name === 'MessageAbortedError' ? 'cancelled' : 'failed';
	const goesOn = finish === undefined ? last?.type === 'tool' : finish === 'tool-calls';
	return time?.completed === undefined || goesOn ? 'calling' : 'complete';
}

/** Gives each call the whole texts before and after it, for files whose way through the turn the calls explain. */
function makeWhole({ draft, done, diffs, root }: Prompted): void {
	const inOrder = done.toSorted((a, b) => (a.call.at < b.call.at ? -1 : a.call.at > b.call.at ? 1 : 0));
	for (const diff of diffs ?? []) {
		const sides = sidesOfFile(diff);
		if (sides === undefined) continue;
		const paths = new Set([root, draft.cwd].map((folder) => absolutePath(diff.file, folder)));
		const steps = inOrder.flatMap(({ call, steps: all }) => all.filter((step) => paths.has(step.path)).map((step) => ({ ...step, tool_id: call.id })));
		for (const [id, whole] of (steps.length === 0 ? undefined : wholeEdits(steps, sides.before, (text) => text === sides.after)) ?? []) {
			const call = draft.calls.get(id);
			if (call === undefined) continue;
			const state = call.edits[0]?.state ?? 'applied';
			call.edits = [...call.edits.filter((edit) => edit.file_path !== whole.file_path), { ...whole, state }];
		}
	}
}

/** The whole file before and after a turn: as texts, or as a diff whose one hunk shows every line. */
function sidesOfFile({ before, after, patch, status }: OpenCodeFileDiff): { before: string | null; after: string } | undefined {
	if (status === 'deleted') return undefined;
	const added = status === 'added';
	if (before !== undefined && after !== undefined) return { before: added ? null : before, after };
	const [hunk, ...others] = hunksOfDiff(patch ?? '');
	if (hunk === undefined || others.length > 0 || hunk.oldStart > 1) return undefined;
	return { before: added ? null : side(hunk, '+'), after: side(hunk, '-') };
}

type OpenCodeFileDiff = NonNullable<Prompted['diffs']>[number];

/** One side of a hunk, with the newline at its end where the diff does not deny it. */
function side({ lines }: Hunk, skip: '+' | '-'): string {
	let text = '';
	let skipped = false;
	for (const line of lines) {
		if (!line.startsWith('\\')) {
			skipped = line.startsWith(skip);
			if (!skipped) text += `${line.slice(1)}\n`;
		} else if (!skipped) text = text.slice(0, -1);
	}
	return text;
}
