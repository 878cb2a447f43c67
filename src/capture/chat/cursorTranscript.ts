import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import { cursorEdits, cursorToolKind } from './cursorTools';
import { cursorName, cursorTranscriptKey } from './cursorTurnKey';
import { draftTurn, newDraft, say, type TurnDraft } from './turnDraft';
import { promptTime } from './untimed';

const text = z.string().optional().catch(undefined);
const Line = z.object({ role: z.string(), message: z.object({ content: z.unknown() }) });
const Part = z.object({ type: z.string(), text, name: text, input: z.unknown().optional() });
const Task = z.object({ prompt: z.string() });

/** Whose messages a file holds. */
export interface CursorSeat {
	readonly session: string;
	/** Set for a sub-agent: the name of its file. */
	readonly agent: string | undefined;
	/** Name of the project's folder: the worked-in folder's path with every other sign than letters and digits as `-`. */
	readonly slug: string | undefined;
	readonly modified: Date;
}

/**
 * Puts the messages of one agent transcript together into turns. They have no ids, no times, no models and no results, and thoughts are
 * blotted out. See `untimed` for the times, `cursorTurnKey` for the keys.
 */
export class CursorTranscript {
	readonly #drafts: TurnDraft[] = [];
	#cwd: string | undefined;

	constructor(private readonly seat: CursorSeat) {}

	/** Takes a line of the newer form. Returns the kinds of what it did not understand. */
	accept(value: unknown): string[] {
		const line = Line.safeParse(value).data;
		if (line === undefined) return ['line'];
		const { content } = line.message;
		const values: readonly unknown[] = Array.isArray(content) ? content : [typeof content === 'string' ? { type: 'text', text: content } : content];
		const parts = values.flatMap((part) => Part.safeParse(part).data ?? []);
		const words = parts.flatMap((part) => (part.type === 'text' ? (part.text ?? []) : part.type === 'image' ? ['[image]'] : [])).join('\n\n');
		if (line.role === 'user') this.prompt(words);
		else if (line.role !== 'assistant') return [`role:${line.role.slice(0, 40)}`];
		else {
			this.answer(words);
			for (const part of parts) if (part.type === 'tool_use' && part.name !== undefined) this.call(part.name, part.input);
		}
		return [];
	}

	prompt(words: string): void {
		const prompt = typed(words);
		if (prompt === '') return;
		const { session, agent, modified } = this.seat;
		const key = cursorTranscriptKey(this.#drafts.length + 1, prompt);
		this.#drafts.push(newDraft({ key: agent === undefined ? key : `agent-${agent}-${key}`, session, prompt, startedAt: modified.toISOString() }));
	}

	answer(words: string): void {
		const draft = this.#drafts.at(-1);
		const said = words.replace(/\n*\[REDACTED\]/g, '').trim();
		if (draft !== undefined) say(draft, String(draft.said.size), said);
	}

	call(name: string, args: unknown): void {
		const draft = this.#drafts.at(-1);
		if (draft === undefined) return;
		const id = `step-${this.#drafts.length}-${draft.calls.size + 1}`;
		this.#cwd ??= folderOf(args, this.seat.slug);
		draft.stand = 'calling';
		draft.calls.set(id, { id, name, kind: cursorToolKind(name), args, at: draft.startedAt, done: undefined, edits: [] });
	}

	/** The turns; those of a sub-agent under the one that a given function names for their prompt. */
	turns(parentOf: (prompt: string) => string | undefined = () => undefined): TurnObservationInput[] {
		const count = this.#drafts.length;
		return this.#drafts.map((draft, place) => {
			const startedAt = promptTime(this.seat.modified, place + 1, count);
			const calls = new Map([...draft.calls].map(([id, call]) => [id, { ...call, at: startedAt, edits: cursorEdits(id, call.name, call.args, this.#cwd) }]));
			return draftTurn(cursorName, { ...draft, startedAt, calls, cwd: this.#cwd, parent: parentOf(draft.prompt) }, place === count - 1);
		});
	}

	/** Key of the turn that started a sub-agent with these words. */
	keyOfTask(prompt: string): string | undefined {
		return this.#drafts.find((draft) => [...draft.calls.values()].some(({ args }) => Task.safeParse(args).data?.prompt.trim() === prompt))?.key;
	}
}

/** What a person typed, without what the editor put around it. */
function typed(words: string): string {
	const start = words.indexOf('<user_query>');
	const end = words.lastIndexOf('</user_query>');
	return (start === -1 || end < start ? words : words.slice(start + '<user_query>'.length, end)).trim();
}

/** Slug of a folder as Cursor names its projects. */
export function cursorSlug(folder: string): string {
	return folder.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

const Paths = z.object({ path: text, working_directory: text, cwd: text, target_directory: text });

/** The worked-in folder, when a call's path leads through it: the part of the path whose slug is the project's. */
function folderOf(args: unknown, slug: string | undefined): string | undefined {
	const given = Paths.safeParse(args).data;
	const paths = [given?.working_directory, given?.cwd, given?.path, given?.target_directory].filter((path) => path !== undefined);
	for (const path of slug === undefined ? [] : paths)
		for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('/', end - 1), path.lastIndexOf('\\', end - 1)))
			if (cursorSlug(path.slice(0, end)).toLowerCase() === slug?.toLowerCase()) return path.slice(0, end);
	return undefined;
}
