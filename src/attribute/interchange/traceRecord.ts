import type { AgentTrace, ForeignTrace, TraceContributor, TraceConversation } from '../../core/agentTrace';
import { ForeignTraceConversation, ForeignTraceFile, TraceRange, TraceTurns, traceVersion } from '../../core/agentTrace';
import type { AttributedLines } from '../../core/attribution';
import type { ClaimedRange, ClaimedTurn, Hash, ReadClaims, Refusal } from './claims';
import { contentHash, ourName } from './claims';
import { countOf } from './lineRanges';
import { modelIdOf, modelOf } from './modelId';

/** The parts of a turn that a record holds. */
export interface TracedTurn {
	readonly id: string;
	readonly assistant: string;
	readonly session_id: string;
	readonly turn_key: string;
	readonly started_at: string;
	readonly model?: string | undefined;
	readonly source_version?: string | undefined;
}

/** Who wrote the lines of a file at one revision. */
export interface TracedFile {
	readonly path: string;
	readonly lines: readonly string[];
	readonly ranges: readonly AttributedLines[];
}

export interface TraceOf {
	/** Name of the commit; undefined for the working tree. */
	readonly revision: string | undefined;
	/** UTC, ISO 8601. */
	readonly timestamp: string;
	readonly version: string;
	readonly sha256: Hash;
	turn(id: string): TracedTurn | undefined;
}

const ourTool = 'codelearn';

/**
 * Records of one revision, one a tool: the assistants that wrote lines, and Codelearn itself for lines of persons and of nobody known.
 * A record's id follows from what it says, so that the same lines give the same record.
 */
export function tracesOf(files: readonly TracedFile[], of: TraceOf): AgentTrace[] {
	const tools = new Map<string, { tool: AgentTrace['tool']; files: Map<string, TraceConversation[]>; turns: Map<string, TracedTurn> }>();
	for (const file of files)
		for (const [id, ranges] of byAuthor(file.ranges)) {
			const turn = of.turn(id);
			const tool = turn === undefined ? { name: ourTool, version: of.version } : toolOf(turn);
			const key = JSON.stringify(tool);
			const record = tools.get(key) ?? { tool, files: new Map<string, TraceConversation[]>(), turns: new Map<string, TracedTurn>() };
			tools.set(key, record);
			if (turn !== undefined) record.turns.set(turn.id, turn);
			record.files.set(file.path, [...(record.files.get(file.path) ?? []), conversationOf(file, ranges, turn, of.sha256)]);
		}
	return [...tools.values()].map(({ tool, files: found, turns }) => {
		const said = {
			...(of.revision !== undefined && { vcs: { type: 'git' as const, revision: of.revision } }),
			tool,
			files: [...found].map(([path, conversations]) => ({ path, conversations })),
		};
		const about = { version: of.version, ...(turns.size > 0 && { turns: Object.fromEntries([...turns].map(([id, turn]) => [id, identityOf(turn)])) }) };
		return { version: traceVersion, id: uuidOf(of.sha256(JSON.stringify(said))), timestamp: of.timestamp, ...said, metadata: { [ourTool]: about } };
	});
}

function toolOf({ assistant, source_version }: TracedTurn): AgentTrace['tool'] {
	return { name: assistant, ...(source_version !== undefined && { version: source_version }) };
}

function identityOf({ assistant, session_id, turn_key, started_at, model }: TracedTurn) {
	return { assistant, session_id, turn_key, started_at, ...(model !== undefined && { model }) };
}

/** By turn, or by `human` and `unknown`. */
function byAuthor(ranges: readonly AttributedLines[]): Map<string, AttributedLines[]> {
	const authors = new Map<string, AttributedLines[]>();
	for (const range of ranges) {
		const key = range.turn_id ?? range.attribution;
		authors.set(key, [...(authors.get(key) ?? []), range]);
	}
	return authors;
}

function conversationOf({ lines }: TracedFile, ranges: readonly AttributedLines[], turn: TracedTurn | undefined, sha256: Hash): TraceConversation {
	const model_id = modelIdOf(turn?.model);
	const contributor = (type: TraceContributor['type']): TraceContributor => ({ type, ...(model_id !== undefined && { model_id }) });
	return {
		contributor: contributor(ranges[0]?.attribution ?? 'unknown'),
		ranges: ranges.map(({ from, to, state }) => ({
			start_line: from,
			end_line: to,
			content_hash: contentHash(lines.slice(from - 1, to), sha256),
			// Somebody wrote on within the assistant's line.
			...(turn !== undefined && state === 'extended' && { contributor: contributor('mixed') }),
		})),
		...(turn !== undefined && { related: relatedOf(turn) }),
	};
}

const turnUrn = 'urn:codelearn:turn:';

/** Sessions lie on the machine of who had them: there is no address to give, only names. */
function relatedOf({ id, assistant, session_id }: TracedTurn) {
	return [
		{ type: 'session', url: `urn:codelearn:session:${encodeURIComponent(assistant)}:${encodeURIComponent(session_id)}` },
		{ type: 'turn', url: `${turnUrn}${id}` },
	];
}

/** A UUID of the kind that holds what its maker likes (version 8). */
function uuidOf(hex: string): string {
	const [a, b, c, d, e] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20), hex.slice(20, 32)];
	return `${a}-${b}-8${c}-a${d}-${e}`;
}

/** The turns that a record tells of: those of Codelearn by their own names, else one a conversation and model. */
export function claimsOfTrace(record: ForeignTrace, at: string): ReadClaims {
	const turns = new Map<string, ClaimedTurn & { files: { path: string; ranges: ClaimedRange[] }[] }>();
	const places = new Map<string, ClaimedRange[]>();
	const refused: Refusal[] = [];
	let otherLines = 0;
	const known = TraceTurns.safeParse(record.metadata?.[ourTool]).data?.turns ?? {};
	for (const { path, conversation, range } of rangesOf(record, refused)) {
		const contributor = range.contributor ?? conversation.contributor;
		const claimed = { from: range.start_line, to: range.end_line, ...(range.content_hash !== undefined && { hash: range.content_hash }) };
		if (contributor?.type !== 'ai' && contributor?.type !== 'mixed') {
			otherLines += countOf([claimed]);
			continue;
		}
		const named = ownTurn(conversation, known) ?? foreignTurn(record, conversation, contributor);
		const turn = turns.get(named.turn_key) ?? { at, ...named, origin: `trace record ${record.id}`, files: [] };
		turns.set(named.turn_key, turn);
		const place = JSON.stringify([named.turn_key, path]);
		const ranges = places.get(place) ?? [];
		if (ranges.length === 0) turn.files.push({ path, ranges });
		ranges.push(claimed);
		places.set(place, ranges);
	}
	return { turns: [...turns.values()], otherLines, refused };
}

interface ReadRange {
	readonly path: string;
	readonly conversation: ForeignTraceConversation;
	readonly range: TraceRange;
}

function* rangesOf(record: ForeignTrace, refused: Refusal[]): Generator<ReadRange> {
	const refuse = (what: string) => refused.push({ reason: 'not as the specification has it', what: `${what} of record ${record.id}` });
	for (const rawFile of record.files) {
		const file = ForeignTraceFile.safeParse(rawFile).data;
		if (file === undefined) refuse('a file');
		for (const rawConversation of file?.conversations ?? []) {
			const conversation = ForeignTraceConversation.safeParse(rawConversation).data;
			if (conversation === undefined) refuse(`a conversation of ${file?.path ?? ''}`);
			for (const rawRange of conversation?.ranges ?? []) {
				const range = TraceRange.safeParse(rawRange).data;
				if (file === undefined || conversation === undefined || range === undefined || range.end_line < range.start_line)
					refuse(`a range of ${file?.path ?? ''}`);
				else yield { path: file.path, conversation, range };
			}
		}
	}
}

type Named = Pick<ClaimedTurn, 'assistant' | 'session_id' | 'turn_key' | 'own'> & { at?: string; model?: string; version?: string };

function ownTurn({ related }: ForeignTraceConversation, known: TraceTurns['turns']): Named | undefined {
	const id = related?.find(({ url }) => url.startsWith(turnUrn))?.url.slice(turnUrn.length);
	const turn = id !== undefined && Object.hasOwn(known, id) ? known[id] : undefined;
	if (turn === undefined) return undefined;
	const { assistant, session_id, turn_key, started_at, model } = turn;
	return { assistant, session_id, turn_key, own: true, at: started_at, ...(model !== undefined && { model }) };
}

function foreignTurn({ id, tool }: ForeignTrace, { url }: ForeignTraceConversation, { model_id }: TraceContributor): Named {
	const model = modelOf(model_id);
	return {
		assistant: ourName(tool?.name ?? ''),
		session_id: url ?? id,
		turn_key: ['agent-trace', id, url ?? '', model_id ?? ''].join(':'),
		own: false,
		...(model !== undefined && { model }),
		...(tool?.version !== undefined && { version: tool.version }),
	};
}
