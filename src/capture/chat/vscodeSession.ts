import type { SeenImage } from '../../core/attachment';
import type { TurnObservationInput } from '../../core/turn';
import { vscodeEdits } from './vscodeEdits';
import { imageOfUrl, seenImage } from '../seenImage';
import { ChatRequest, ChatSession, ImageVariable, knownKinds, pathOf, ResponsePart, TextEdit, Uri, type EditingState } from './vscodeSchema';
import { withSubAgents } from './vscodeSubAgents';
import { vscodeCalls } from './vscodeTools';
import { undoneWork, type UndoneWork } from './vscodeUndone';

/** Word for this assistant in turns. */
export const vscodeName = 'vscode-copilot';

/** What surrounds a session's file. */
export interface SessionPlace {
	readonly sessionId: string;
	readonly cwd: string | undefined;
	readonly editing: EditingState | undefined;
}

export interface SessionTurns {
	readonly turns: TurnObservationInput[];
	/** Kinds of what could not be read. */
	readonly unknown: string[];
}

/**
 * The turns of one chat session's state: one a request, keyed by the request's id, and one a sub-agent.
 */
export function vscodeTurns(state: unknown, place: SessionPlace): SessionTurns {
	const session = ChatSession.safeParse(state).data;
	if (session === undefined) return { turns: [], unknown: ['session'] };
	const requests: ChatRequest[] = [];
	const unknown: string[] = [];
	for (const raw of session.requests) {
		const request = ChatRequest.safeParse(raw).data;
		if (request === undefined) unknown.push('request');
		else requests.push(request);
	}
	const undone = undoneWork(requests, place.editing);
	const found: RequestTurn[] = [];
	for (const request of requests) {
		const parts = partsOf(request, unknown);
		addTurn(found, request, { turn: turnOf(request, parts, { ...place, session, undone, isLast: request === requests.at(-1) }), parts });
	}
	return { turns: found.flatMap(({ turn, parts }) => withSubAgents(turn, parts)), unknown };
}

/** A request's turn, with the work of its sub-agents still in it, and the parts that tell whose is whose. */
interface RequestTurn {
	readonly turn: TurnObservationInput;
	readonly parts: readonly ResponsePart[];
}

/** Adds to `unknown` what is not understood. */
function partsOf(request: ChatRequest, unknown: string[]): ResponsePart[] {
	const known: ResponsePart[] = [];
	for (const raw of request.response ?? []) {
		const part = ResponsePart.safeParse(raw).data;
		if (part === undefined) unknown.push('response part');
		else known.push(part);
		if (part?.kind !== undefined && !knownKinds.has(part.kind)) unknown.push(`part:${part.kind.slice(0, 40)}`);
	}
	return known;
}

/** A request that the editor made by itself continues the turn before; an empty failed one that was tried again is none. */
function addTurn(found: RequestTurn[], request: ChatRequest, { turn, parts }: RequestTurn): void {
	const previous = found.at(-1);
	if (previous !== undefined && request.isSystemInitiated === true) {
		found[found.length - 1] = { turn: continued(previous.turn, turn), parts: [...previous.parts, ...parts] };
		return;
	}
	if (previous !== undefined && isRetry(previous.turn, turn)) found.pop();
	found.push({ turn, parts });
}

function continued(turn: TurnObservationInput, more: TurnObservationInput): TurnObservationInput {
	return {
		...turn,
		...(more.ended_at === undefined ? {} : { ended_at: more.ended_at }),
		...(more.state === undefined ? {} : { state: more.state }),
		response: [turn.response, more.response].filter((text) => text !== undefined && text !== '').join('\n\n'),
		tools: [...(turn.tools ?? []), ...(more.tools ?? [])],
		edits: [...(turn.edits ?? []), ...(more.edits ?? [])],
	};
}

/** After an error of the model the editor asks again by itself, and writes the prompt twice. */
function isRetry(failed: TurnObservationInput, next: TurnObservationInput): boolean {
	const empty = (failed.response ?? '') === '' && (failed.tools ?? []).length === 0;
	return failed.state === 'failed' && empty && failed.prompt === next.prompt;
}

interface Context extends SessionPlace {
	readonly session: ReturnType<typeof ChatSession.parse>;
	readonly undone: UndoneWork;
	readonly isLast: boolean;
}

function turnOf(request: ChatRequest, parts: readonly ResponsePart[], context: Context): TurnObservationInput {
	const { session, sessionId, cwd } = context;
	const started = timeOf(request.timestamp ?? session.creationDate);
	const state = stateOf(request);
	const model = request.result?.metadata?.resolvedModel ?? request.modelId?.split('/').at(-1);
	const folder = cwd ?? folderOf(request, parts);
	return {
		assistant: vscodeName,
		session_id: session.sessionId ?? sessionId,
		turn_key: request.requestId,
		channel: 'transcript',
		started_at: new Date(started).toISOString(),
		...endOf(request, started),
		state,
		...(folder === undefined ? {} : { cwd: folder }),
		prompt: typeof request.message === 'string' ? request.message : (request.message?.text ?? ''),
		images: imagesOf(request),
		response: responseText(request, parts),
		...(model === undefined ? {} : { model }),
		...(isAnswering(request) && context.isLast ? {} : workOf(request, parts, started, context)),
		...(request.agent?.extensionVersion === undefined ? {} : { source_version: request.agent.extensionVersion }),
		...(session.repoData?.localHeadCommit === undefined ? {} : { commit_sha: session.repoData.localHeadCommit }),
		...(session.repoData?.localBranch === undefined ? {} : { branch: session.repoData.localBranch }),
	};
}

function workOf(
	request: ChatRequest,
	parts: readonly ResponsePart[],
	started: number,
	{ editing, undone }: Context,
): Pick<TurnObservationInput, 'tools' | 'edits'> {
	const calls = vscodeCalls(request, parts, started);
	const asked = calls.map(({ tool, args, refused }) => ({ id: tool.id, name: tool.name, args, failed: tool.ok === false, refused }));
	const record = { requestId: request.requestId, state: editing, changed: changedFiles(parts), undone };
	return { tools: calls.map((call) => call.tool), edits: vscodeEdits(asked, record) };
}

function imagesOf(request: ChatRequest): SeenImage[] {
	return (request.variableData?.variables ?? []).flatMap((raw) => {
		const image = ImageVariable.safeParse(raw).data;
		return image === undefined ? [] : (imageOfUrl(image.value, image.name) ?? seenImage(image.mimeType, image.value, image.name) ?? []);
	});
}

/** A time that a date can hold; anything else is the beginning of time. */
function timeOf(milliseconds: number | undefined): number {
	return milliseconds !== undefined && milliseconds >= 0 && milliseconds < 8e15 ? Math.floor(milliseconds) : 0;
}

function endOf(request: ChatRequest, started: number): { ended_at?: string } {
	const elapsed = request.result?.timings?.totalElapsed;
	const end = request.modelState?.completedAt ?? (elapsed === undefined ? undefined : started + elapsed);
	return end === undefined ? {} : { ended_at: new Date(timeOf(end)).toISOString() };
}

function stateOf(request: ChatRequest): 'open' | 'complete' | 'cancelled' | 'failed' {
	const value = request.modelState?.value;
	if (value === 2 || request.isCanceled === true) return 'cancelled';
	if (value === 3 || request.result?.errorDetails?.message !== undefined) return 'failed';
	if (value === 1) return 'complete';
	return value === undefined && request.result !== undefined ? 'complete' : 'open';
}

/** While the answer goes on, neither the order of its calls nor their arguments are written: what is told then could not be taken back. */
function isAnswering({ modelState, result }: ChatRequest): boolean {
	return result === undefined && (modelState?.value === 0 || modelState?.value === 4);
}

function folderOf(request: ChatRequest, parts: readonly ResponsePart[]): string | undefined {
	const uri = request.result?.metadata?.cacheKey ?? parts.find((part) => part.baseUri !== undefined)?.baseUri;
	const path = uri === undefined ? '' : pathOf(uri);
	if (!/^(?:\/|[A-Za-z]:[\\/])/.test(path)) return undefined;
	return path.length > 1 ? path.replace(/[\\/]+$/, '') : path;
}

/** Markdown in order, references by their names. Fences that only wrap an edit are layout. */
function responseText(request: ChatRequest, parts: readonly ResponsePart[]): string {
	const text = parts.map(partText).join('').trim();
	if (text !== '') return text;
	return (request.result?.metadata?.toolCallRounds ?? [])
		.map((round) => round.response ?? '')
		.filter((said) => said.trim() !== '')
		.join('\n\n')
		.trim();
}

function partText(part: ResponsePart): string {
	if (part.kind === 'inlineReference') return part.name ?? referenceName(part.inlineReference);
	if (part.kind !== undefined && part.kind !== 'markdownContent' && part.kind !== 'markdownVuln') return '';
	const value = typeof part.value === 'string' ? part.value : contentOf(part.value);
	return isFence(value) ? '' : value;
}

/** Fences that wrap edits of one call may stand in one part. */
function isFence(value: string): boolean {
	const lines = value.split('\n').filter((line) => line.trim() !== '');
	return lines.length > 0 && lines.every((line) => /^`{3,}$/.test(line.trim()));
}

function contentOf(value: unknown): string {
	return typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'string' ? value.value : '';
}

/** A file's last name, or that of the file in which a symbol stands. */
function referenceName(reference: unknown): string {
	const nested: unknown = typeof reference === 'object' && reference !== null && 'uri' in reference ? reference.uri : reference;
	const uri = Uri.safeParse(nested).data;
	return uri === undefined ? '' : (pathOf(uri).split(/[\\/]/).at(-1) ?? '');
}

function changedFiles(parts: readonly ResponsePart[]): Map<string, TextEdit[]> {
	const files = new Map<string, TextEdit[]>();
	for (const part of parts) {
		if (part.kind !== 'textEditGroup' || part.uri === undefined) continue;
		const edits = (part.edits ?? []).flat().flatMap((edit) => TextEdit.safeParse(edit).data ?? []);
		files.set(pathOf(part.uri), [...(files.get(pathOf(part.uri)) ?? []), ...edits]);
	}
	return files;
}
