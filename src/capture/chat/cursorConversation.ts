import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';
import type { Bubble, Composer } from './cursorSchema';
import { cursorEdits, CursorResult, cursorToolKind } from './cursorDatabaseTools';
import { instantOf } from './instant';
import { parsedJson } from './transcriptFiles';
import { draftTurn, newDraft, reach, say, type TurnDraft } from './turnDraft';

/** Word for this assistant in turns. */
export const cursorName = 'cursor';

export interface Conversation {
	readonly session_id: string;
	readonly composer: Composer;
	/** In the order in which they were said. */
	readonly bubbles: readonly Bubble[];
	readonly cwd: string | undefined;
	/** The text of a file that Cursor kept under an id. */
	readonly contentOf: (id: string) => string | undefined;
}

/**
 * The turns of one conversation. A turn's key is the `requestId` of the user's message, which Cursor also calls the generation and gives to
 * its hooks as `generation_id`; old messages have none, there it is the message's own id.
 */
export function cursorTurns(conversation: Conversation): TurnObservationInput[] {
	const { session_id, composer, bubbles, cwd } = conversation;
	const drafts: TurnDraft[] = [];
	let at = instantOf(composer.createdAt) ?? new Date(0).toISOString();
	for (const [place, bubble] of bubbles.entries()) {
		at = instantOf(bubble.createdAt) ?? instantOf(bubble.timingInfo?.clientStartTime) ?? at;
		const id = bubble.bubbleId ?? `n${place}`;
		const model = modelOf(bubble) ?? composer.modelConfig?.modelName;
		const current = drafts.at(-1);
		if (bubble.type === 1) {
			const key = bubble.requestId === undefined || bubble.requestId === '' ? id : bubble.requestId;
			drafts.push(newDraft({ key, session: session_id, prompt: promptOf(bubble), startedAt: at, cwd, model }));
		} else if (current !== undefined) {
			current.model = modelOf(bubble) ?? current.model;
			reach(current, instantOf(bubble.timingInfo?.clientEndTime) ?? at);
			if (bubble.isThought !== true) say(current, id, bubble.text ?? '');
			addCall(current, bubble, id, at, conversation);
		}
	}
	return drafts.map((draft, place) => {
		const isLast = place === drafts.length - 1;
		if (isLast && composer.status === 'aborted') draft.stand = 'cancelled';
		if (isLast && composer.status === 'generating') draft.stand = 'calling';
		if (isLast && composer.status === 'completed' && draft.stand === 'calling') draft.stand = 'complete';
		return draftTurn(cursorName, draft, isLast);
	});
}

/** "default" names no model. */
function modelOf({ modelInfo }: Bubble): string | undefined {
	const name = modelInfo?.modelName;
	return name === '' || name === 'default' ? undefined : name;
}

function addCall(draft: TurnDraft, bubble: Bubble, bubbleId: string, at: string, { contentOf }: Conversation): void {
	const call = bubble.toolFormerData;
	if (call?.name === undefined || call.name === '') return;
	const { name, status, userDecision } = call;
	const id = call.toolCallId === undefined || call.toolCallId === '' ? bubbleId : call.toolCallId;
	const [raw, params, value] = [call.rawArgs, call.params, call.result].map((field) => (typeof field === 'string' ? (parsedJson(field) ?? field) : field));
	const args = typeof raw === 'object' && raw !== null ? raw : params;
	const kind = cursorToolKind(name);
	const result = CursorResult.safeParse(value).data ?? {};
	const rejected = userDecision === 'rejected' || result.rejected === true;
	const isOver = rejected || status === 'completed' || status === 'cancelled' || status === 'error';
	const ok = status === 'completed' && !rejected && (result.exitCode ?? 0) === 0;
	const output = result.output ?? textOf(value ?? call.error);
	const worked = rejected || status === 'completed';
	const edits = worked ? cursorEdits({ id, kind, args, params, result, rejected, cwd: draft.cwd }, contentOf) : [];
	draft.calls.set(id, { id, name, kind, args, at, done: isOver ? { ok, output } : undefined, edits });
	draft.stand = 'calling';
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
}

function promptOf(bubble: Bubble): string {
	const plain = bubble.text ?? '';
	const words = plain === '' ? wordsOf(bubble.richText === undefined ? undefined : parsedJson(bubble.richText), 0).trim() : plain;
	return [words, ...(bubble.images ?? []).map(() => '[image]')].filter((part) => part !== '').join('\n');
}

const Node = z.object({ type: z.string().optional().catch(undefined), text: z.string().optional().catch(undefined), children: z.array(z.unknown()).catch([]) });

/** Words of the editor's own form of a prompt: a tree whose leaves hold text. */
function wordsOf(value: unknown, depth: number): string {
	if (typeof value !== 'object' || value === null || depth > 20) return '';
	if ('root' in value) return wordsOf(value.root, depth + 1);
	const node = Node.safeParse(value).data;
	if (node === undefined) return '';
	if (node.type === 'linebreak') return '\n';
	const words = `${node.text ?? ''}${node.children.map((child) => wordsOf(child, depth + 1)).join('')}`;
	return node.type === 'paragraph' ? `${words}\n` : words;
}
