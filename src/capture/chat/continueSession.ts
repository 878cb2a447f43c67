import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import { imageOfUrl } from '../seenImage';
import { continueEdits, continueToolKind, withoutLostEdits } from './continueEdits';
import { parsedJson } from './transcriptFiles';
import { draftTurn, newDraft, say, type TurnDraft } from './turnDraft';
import { promptKey, promptTime } from './untimed';
import { pathOf } from './vscodeSchema';

/** Word for this assistant in turns. */
export const continueName = 'continue';

const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).catch([]);
const Session = z.object({ sessionId: text, workspaceDirectory: text, chatModelTitle: z.string().nullish().catch(undefined), history: z.array(z.unknown()) });
const Message = z.object({
	role: z.string(),
	content: z.unknown().optional(),
	toolCalls: list.optional(),
	toolCallId: text,
	usage: z.object({ model: text }).optional().catch(undefined),
});
const Item = z.object({ message: Message, toolCallStates: list.optional() });
type Item = z.infer<typeof Item>;
const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.unknown().optional() }) });
const CallState = z.object({
	toolCallId: z.string(),
	toolCall: Call.optional().catch(undefined),
	status: text,
	parsedArgs: z.unknown().optional(),
	output: list.optional(),
});
const Part = z.object({ type: text, text, imageUrl: z.object({ url: text }).optional().catch(undefined) });
const Output = z.object({ content: z.string() });

/** Roles that say nothing of prompt, answer or tools. */
const silent = new Set(['system', 'thinking']);

/**
 * The turns of one Continue session, and the kinds of what was not understood.
 *
 * A turn's key is the number of its prompt in the session with a hash of its words (messages have no ids, and an edited prompt is another turn).
 * Nothing bears a time: the last turn is given the file's, the ones before a millisecond less each, so that their order can be told;
 * whoever reads the file while it grows sees each turn first at about its true time.
 */
export function continueTurns(state: unknown, fallbackSession: string, modified: Date): { turns: TurnObservationInput[]; unknown: string[] } {
	const session = Session.safeParse(state).data;
	if (session === undefined) return { turns: [], unknown: ['session'] };
	const cwd = session.workspaceDirectory === undefined || session.workspaceDirectory === '' ? undefined : pathOf(session.workspaceDirectory);
	const items = session.history.map((value) => Item.safeParse(value).data);
	const prompts = items.filter((item) => item?.message.role === 'user').length;
	const drafts: TurnDraft[] = [];
	const unknown: string[] = [];
	for (const item of items) {
		if (item === undefined) unknown.push('item');
		else if (item.message.role === 'user') {
			const prompt = wordsOf(item.message.content);
			const key = promptKey(drafts.length + 1, prompt);
			const startedAt = promptTime(modified, drafts.length + 1, prompts);
			const images = partsOf(item.message.content).flatMap((part) => imageOfUrl(part.imageUrl?.url) ?? []);
			drafts.push(newDraft({ key, session: session.sessionId ?? fallbackSession, prompt, images, startedAt, cwd, model: session.chatModelTitle ?? undefined }));
		} else if (!addTo(drafts.at(-1), item)) unknown.push(`role:${item.message.role.slice(0, 40)}`);
	}
	return { turns: drafts.map((draft, place) => draftTurn(continueName, draft, place === drafts.length - 1)), unknown };
}

/** Adds an item to its turn; false when its role is not known. */
function addTo(draft: TurnDraft | undefined, item: Item): boolean {
	const { message } = item;
	if (message.role === 'tool') {
		const call = draft?.calls.get(message.toolCallId ?? '');
		if (call !== undefined) call.done ??= { ok: true, output: wordsOf(message.content) };
		return true;
	}
	if (message.role !== 'assistant') return silent.has(message.role);
	if (draft === undefined) return true;
	draft.model = message.usage?.model ?? draft.model;
	say(draft, String(draft.said.size), wordsOf(message.content));
	for (const value of message.toolCalls ?? []) {
		const call = Call.safeParse(value).data;
		if (call !== undefined) open(draft, call);
	}
	finish(draft, item.toolCallStates ?? []);
	return true;
}

function open(draft: TurnDraft, { id, function: made }: z.infer<typeof Call>): void {
	draft.stand = 'calling';
	const args = typeof made.arguments === 'string' ? (parsedJson(made.arguments) ?? made.arguments) : made.arguments;
	const call = { id, name: made.name, kind: continueToolKind(made.name), args, at: draft.startedAt, done: undefined, edits: [] };
	if (!draft.calls.has(id)) draft.calls.set(id, call);
}

/** Takes the results of one answer's calls. */
function finish(draft: TurnDraft, states: readonly unknown[]): void {
	const edits = states.flatMap((value) => {
		const state = CallState.safeParse(value).data;
		if (state === undefined) return [];
		if (state.toolCall !== undefined) open(draft, state.toolCall);
		const call = draft.calls.get(state.toolCallId);
		const cancelled = state.status === 'canceled';
		if (call === undefined || (!cancelled && state.status !== 'done' && state.status !== 'errored')) return [];
		const output = (state.output ?? []).flatMap((part) => Output.safeParse(part).data?.content ?? []).join('\n');
		call.done = { ok: state.status === 'done', output };
		if (state.status === 'errored') return [];
		return continueEdits({ id: call.id, name: call.name, args: state.parsedArgs ?? call.args, output, cancelled, cwd: draft.cwd });
	});
	const standing = withoutLostEdits(edits);
	for (const call of draft.calls.values()) if (call.edits.length === 0) call.edits = standing.filter((edit) => edit.tool_id === call.id);
}

/** Words of a message: a text, or parts of which images leave their mark. */
function wordsOf(content: unknown): string {
	if (typeof content === 'string') return content;
	return partsOf(content)
		.flatMap((part) => (part.type === 'imageUrl' ? ['[image]'] : (part.text ?? [])))
		.join('\n');
}

function partsOf(content: unknown): z.infer<typeof Part>[] {
	const parts: readonly unknown[] = Array.isArray(content) ? content : [];
	return parts.flatMap((value) => Part.safeParse(value).data ?? []);
}
