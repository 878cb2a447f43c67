import { z } from 'zod';
import type { TurnEdit, TurnObservationInput } from '../../core/turn';
import type { ReadMark } from '../captureSource';
import { aiderEdits, BlockFence, blocksOf } from './aiderEdits';
import { instantOf } from './instant';
import { sha256 } from './sha256';
import { draftTurn, newDraft, say, type TurnDraft } from './turnDraft';

/** Word for this assistant in turns. */
export const aiderName = 'aider';

/** Words of prompts with their times, as the history of the input line has them. */
export type TypedAt = readonly { readonly at: Date; readonly text: string }[];

interface Turn {
	readonly draft: TurnDraft;
	readonly edits: TurnEdit[];
}

/** An answer with what aider said of it. */
interface Reply {
	readonly lines: string[];
	readonly applied: Set<string>;
	readonly created: Set<string>;
	readonly messages: string[];
}

/** What a mark carries: the chat before and how many prompts it had, since two may begin within one second and then are one. */
export const AiderCarry = z.object({ session: z.string(), prompts: z.number().int() });
type AiderCarry = z.infer<typeof AiderCarry>;

/**
 * Puts the lines of an aider chat history together into turns.
 *
 * The file is Markdown with marks: `# aider chat started at …`, `#### ` before each line of a prompt, `> ` before what aider says itself; prompts and
 * what aider says end in two blanks, which tells them from headings and quotes of the model.
 * A session is one chat, named by its folder and start; a turn's key is `prompt-<n>`, counted in its chat. Times are local, and those of prompts come from
 * the history of the input line where it has them. Aider has no tools; what it ran for the user is not told.
 */
export class AiderHistory {
	readonly #place: string;
	readonly #cwd: string | undefined;
	readonly #typed: { at: Date; text: string; taken: boolean }[];
	#turns: Turn[] = [];
	#finished: TurnObservationInput[] = [];
	#mark: ReadMark | undefined;
	#start = 0;
	readonly #prompts = new Map<string, number>();
	readonly #fence = new BlockFence();
	#session = '';
	#started = new Date(0);
	#version: string | undefined;
	#model: string | undefined;
	#reply = newReply();
	/** A message of aider's that goes on in the next line. */
	#message: string[] | undefined;
	#inPrompt = false;

	/** `place` names the file, `cwd` the folder that its paths start at. */
	constructor(place: string, cwd: string | undefined, typed: TypedAt, carry?: AiderCarry) {
		this.#place = sha256(place).slice(0, 8);
		this.#cwd = cwd;
		this.#typed = typed.map((one) => ({ ...one, taken: false }));
		if (carry !== undefined) this.#prompts.set(carry.session, carry.prompts);
	}

	/** Takes the next line, which begins at `start`. */
	accept(line: string, start: number): void {
		this.#start = start;
		if (this.#message !== undefined) this.#goOn(line, this.#message);
		else if (this.#fence.holds(line) && !boundary.test(line)) this.#text(line);
		else this.#marked(line);
	}

	/** Turns of chats that another one followed. */
	finished(): TurnObservationInput[] {
		const finished = this.#finished;
		this.#finished = [];
		return finished;
	}

	/** The turns of the last chat. */
	rest(): TurnObservationInput[] {
		this.#settle();
		return turnsOf(this.#turns, true);
	}

	/** The beginning of the last chat. */
	mark(): ReadMark | undefined {
		return this.#mark;
	}

	#marked(line: string): void {
		const started = /^# aider chat started at (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)\s*$/.exec(line);
		const prompt = /^#### ?(.*?) {2}$/.exec(line)?.[1];
		if (started !== null) this.#begin(started.slice(1).map(Number));
		else if (prompt !== undefined) this.#prompt(prompt);
		else if (/^> .* {2}$/.test(line)) this.#said(line.slice(2).trim());
		else if (/^> # \d+ .*failed to match/.test(line)) this.#message = [line.slice(2)];
		else this.#text(line);
		if (prompt === undefined) this.#inPrompt = false;
	}

	#begin([year = 0, month = 1, ...rest]: number[]): void {
		this.#settle();
		this.#finish();
		const [day = 1, hour = 0, minute = 0, second = 0] = rest;
		this.#started = new Date(instantOf(new Date(year, month - 1, day, hour, minute, second).getTime()) ?? 0);
		const stamp = [year, month, day, hour, minute, second].map((part) => String(part).padStart(2, '0')).join('');
		this.#session = `${this.#place}-${stamp}`;
		this.#version = undefined;
		this.#model = undefined;
	}

	#finish(): void {
		this.#finished.push(...turnsOf(this.#turns, false));
		this.#turns = [];
		const carry = { session: this.#session, prompts: this.#prompts.get(this.#session) ?? 0 } satisfies AiderCarry;
		this.#mark = { offset: this.#start, carry };
	}

	#prompt(words: string): void {
		const current = this.#turns.at(-1);
		if (this.#inPrompt && current !== undefined) {
			current.draft.prompt += `\n${words}`;
			return;
		}
		this.#settle();
		this.#inPrompt = true;
		const session = this.#session === '' ? `${this.#place}-0` : this.#session;
		const number = (this.#prompts.get(session) ?? 0) + 1;
		this.#prompts.set(session, number);
		const at = this.#typedAt(words) ?? new Date(this.#started.getTime() + number - 1);
		const draft = newDraft({
			key: `prompt-${number}`,
			session,
			prompt: words,
			startedAt: at.toISOString(),
			cwd: this.#cwd,
			version: this.#version,
			model: this.#model,
		});
		this.#turns.push({ draft, edits: [] });
	}

	/** The time of a prompt, by its first line. One given on the command line stands twice in the history. */
	#typedAt(words: string): Date | undefined {
		const found = this.#typed.find((one) => !one.taken && one.at >= this.#started && one.text.split('\n')[0] === words);
		if (found === undefined) return undefined;
		for (const one of this.#typed) if (one.text === found.text && Math.abs(one.at.getTime() - found.at.getTime()) < 1_000) one.taken = true;
		return found.at;
	}

	#text(line: string): void {
		// Words after a message are the next answer, given because aider asked the model again.
		if (line.trim() !== '' && this.#reply.messages.length > 0) this.#settle();
		this.#reply.lines.push(line);
	}

	#goOn(line: string, message: string[]): void {
		message.push(line);
		if (!line.endsWith('  ')) return;
		this.#message = undefined;
		this.#reply.messages.push(message.join('\n'));
	}

	#said(message: string): void {
		const before = this.#reply.messages.at(-1);
		this.#reply.messages.push(message);
		const applied = /^Applied edit to (.+)$/.exec(message)?.[1];
		if (applied !== undefined) this.#reply.applied.add(applied);
		if (message.startsWith('Create new file?') && before !== undefined) this.#reply.created.add(before);
		this.#version = /^Aider v(\S+)$/.exec(message)?.[1] ?? this.#version;
		this.#model = /^(?:Main model|Model): (\S+)(?: with|$)/.exec(message)?.[1] ?? this.#model;
		const draft = this.#turns.at(-1)?.draft;
		if (draft === undefined) return;
		if (/^litellm\.\w+(Error|Exception)\b/.test(message)) draft.stand = 'failed';
		else if (message.includes('^C')) draft.stand = 'cancelled';
	}

	/** Closes the answer that was read. */
	#settle(): void {
		const { lines, messages, applied, created } = this.#reply;
		this.#reply = newReply();
		this.#fence.leave();
		const turn = this.#turns.at(-1);
		if (turn === undefined) return;
		const { stand } = turn.draft;
		say(turn.draft, String(turn.draft.said.size), lines.join('\n').trim());
		// The answer stands before the message that tells how it ended.
		if (stand === 'failed' || stand === 'cancelled') turn.draft.stand = stand;
		const refusals = messages.filter((message) => /^# \d+ .*failed to match/.test(message));
		const failed = refusals.flatMap((message) => blocksOf(message.split('\n')));
		const others = refusals.some((message) => /^# The other \d+ .*applied successfully/m.test(message));
		turn.edits.push(...aiderEdits(blocksOf(lines), { applied, created, failed, others }, this.#cwd));
	}
}

/** A prompt or a chat's start. It ends a block too, since an answer may have been stopped inside one. */
const boundary = /^(# aider chat started at \d{4}-|#### .* {2}$)/;

function turnsOf(turns: readonly Turn[], last: boolean): TurnObservationInput[] {
	const told = turns.filter(({ draft, edits }) => !/^[/!]/.test(draft.prompt) || draft.said.size > 0 || edits.length > 0);
	return told.map(({ draft, edits }, place) => ({ ...draftTurn(aiderName, draft, last && place === told.length - 1), edits }));
}

function newReply(): Reply {
	return { lines: [], applied: new Set(), created: new Set(), messages: [] };
}

/** The history of aider's input line: `# <local time>`, then each line of the input behind a `+`. */
export function typedInputs(text: string): TypedAt {
	const inputs: { at: Date; text: string }[] = [];
	for (const line of text.split('\n')) {
		const time = /^# (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(line);
		const last = inputs.at(-1);
		if (time !== null) {
			const at = instantOf(`${time[1] ?? ''}T${time[2] ?? ''}`);
			if (at !== undefined) inputs.push({ at: new Date(at), text: '' });
		} else if (line.startsWith('+') && last !== undefined) last.text += (last.text === '' ? '' : '\n') + line.slice(1);
	}
	return inputs;
}
