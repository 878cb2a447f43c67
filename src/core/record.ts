import { z } from 'zod';
import { IndexedChunk } from './chunk';
import { Learning } from './learning';
import type { Findings } from './outcome';
import type { VectorRow } from './ports';
import { PlanStatus, factsOfStatus, planStatus } from './status';
import type { TurnFacts } from './status';
import { Thought } from './thought';
import type { Turn } from './turn';
import { ModificationType } from './turn';

/** Version of the records below; readers take older ones and unknown fields. */
export const SCHEMA_VERSION = 1;

export const collectionNames = { code: 'codebase_v1', turns: 'chat_history_v1', learnings: 'derived_learnings_v1', thoughts: 'thinking_sessions_v1' } as const;
export const allCollections = Object.values(collectionNames);

/** Metadata holds scalars only, so a list is one string; the full list stays in the journal. */
const listCap = 64;

export function encodeList(items: readonly string[]): string {
	return items
		.slice(0, listCap)
		.map((item) => item.replace(/%(?=2C|25)/g, '%25').replaceAll(',', '%2C'))
		.join(',');
}

export function decodeList(text: string): string[] {
	if (text === '') return [];
	return text.split(',').map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%'));
}

const List = z.preprocess((value) => (typeof value === 'string' ? decodeList(value) : (value ?? [])), z.array(z.string()));
/** Other tools put numbers where we put words. */
const Text = z.preprocess((value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? '')), z.string());
/** A time as text. chroma-mcp-server writes seconds since 1970 in places; we write UTC, ISO 8601. */
const Time = z.preprocess((value) => (typeof value === 'number' ? timeOf(value) : (value ?? '')), z.string());
const Unit = z.coerce.number().min(0).max(1).catch(0);

/** A row of `chat_history_v1`. */
export const ChatHistoryRow = z.object({
	id: z.string(),
	session_id: Text,
	timestamp: Time,
	prompt_summary: Text,
	response_summary: Text,
	involved_entities: List,
	raw_prompt_hash: Text,
	raw_response_hash: Text,
	/** chroma-mcp-server's `promoted` and `ignored` are read as the plan's words. */
	status: z
		.string()
		.default('captured')
		.transform((status) => (PlanStatus.safeParse(status).success ? PlanStatus.parse(status) : planStatus(factsOfStatus(status)))),
	code_context: Text,
	diff_summary: Text,
	tool_sequence: Text,
	modification_type: ModificationType.catch('unknown').default('unknown'),
	confidence_score: Unit,
	related_code_chunks: List,
	derived_learning_id: Text,
	repo_id: Text,
	source: Text,
	model: Text,
	model_version: Text,
	files: List,
	commit_sha: Text,
	capture_fidelity: Text,
	context_richness: Unit,
	tags: List,
	attachments: List,
	/** Share (0 to 1) of what the turn wrote that was there at the last analysis; left out before the first one. */
	survival: z.coerce.number().min(0).max(1).optional().catch(undefined),
	/** 0 to 1; left out while it is too early to say. */
	reward: z.coerce.number().min(0).max(1).optional().catch(undefined),
});
export type ChatHistoryRow = z.output<typeof ChatHistoryRow>;

/** A row of `codebase_v1`; chroma-mcp-server's rows lack the later fields. */
export const CodebaseRow = z.object({
	...IndexedChunk.omit({ text: true, doc: true }).shape,
	id: z.string(),
	document: Text,
	file_path: Text,
	commit_sha: Text,
	chunk_id: Text,
	chunk_index: z.coerce.number().int().catch(0),
	start_line: z.coerce.number().int().catch(1),
	end_line: z.coerce.number().int().catch(1),
	last_indexed_utc: Time,
	related_chat_ids: List,
	repo_id: Text,
	checkout_id: Text,
	language: Text,
	symbol: Text,
	symbol_kind: Text,
	content_hash: Text,
	role: IndexedChunk.shape.role.catch('source').default('source'),
	chunker_version: z.coerce.number().int().catch(0),
});
export type CodebaseRow = z.output<typeof CodebaseRow>;

/** A row of `derived_learnings_v1`; chroma-mcp-server names the code reference `code_ref` in places. */
export const LearningRow = z.preprocess(
	(value) =>
		typeof value === 'object' && value !== null && 'code_ref' in value && !('example_code_reference' in value)
			? { ...value, example_code_reference: value.code_ref }
			: value,
	z.object({
		...Learning.shape,
		learning_id: z.string(),
		description: Text,
		source_chat_id: Text,
		repo_id: Text,
		tags: List,
		cites: List,
		confidence: Unit,
		created_at: Time,
		updated_at: Time,
		state: Learning.shape.state.catch('active'),
		modification_type: ModificationType.catch('unknown').default('unknown'),
		times_served: z.coerce.number().int().catch(0),
		times_kept: z.coerce.number().int().catch(0),
	}),
);
export type LearningRow = z.output<typeof LearningRow>;

/** A row of `thinking_sessions_v1` (chroma-mcp-server: `sequential_thoughts_v1`). */
export const ThoughtRow = z.object({
	...Thought.shape,
	thought: Text,
	timestamp: Time,
	branch_id: Text,
	repo_id: Text,
	thought_number: z.coerce.number().int().catch(1),
	total_thoughts: z.coerce.number().int().catch(1),
	next_thought_needed: z.preprocess((value) => value === true || value === 'true', z.boolean()),
	branch_from_thought: z.coerce.number().int().catch(0),
});
export type ThoughtRow = z.output<typeof ThoughtRow>;

type PlainRow = Omit<VectorRow, 'embedding'>;

export const encodeChatHistory = (row: ChatHistoryRow): PlainRow =>
	flat(row, row.id, `Prompt: ${row.prompt_summary}\nResponse: ${row.response_summary}`, ['id']);
export const decodeChatHistory = (row: PlainRow): ChatHistoryRow => ChatHistoryRow.parse({ ...row.metadata, id: row.id });

export const encodeCodebase = (row: CodebaseRow): PlainRow => flat(row, row.id, row.document, ['id', 'document']);
export const decodeCodebase = (row: PlainRow): CodebaseRow => CodebaseRow.parse({ ...row.metadata, id: row.id, document: row.document });

export const encodeLearning = (row: LearningRow): PlainRow => flat(row, row.learning_id, row.description, ['description']);
export const decodeLearning = (row: PlainRow): LearningRow => LearningRow.parse({ ...row.metadata, learning_id: row.id, description: row.document });

export const encodeThought = (row: ThoughtRow): PlainRow => flat(row, row.id, row.thought, ['id', 'thought']);
export const decodeThought = (row: PlainRow): ThoughtRow => ThoughtRow.parse({ ...row.metadata, id: row.id, thought: row.document });

/** The row that stands for a turn, from the turn and what is known about it. */
export function chatHistoryRow(
	turn: Turn,
	facts: TurnFacts,
	relatedChunks: readonly string[],
	findings?: Pick<Findings, 'survival' | 'reward'>,
): ChatHistoryRow {
	return ChatHistoryRow.parse({
		...turn,
		timestamp: turn.started_at,
		status: planStatus(facts),
		related_code_chunks: relatedChunks,
		derived_learning_id: facts.learning_id ?? '',
		survival: findings?.survival,
		reward: findings?.reward,
		source: turn.assistant,
		attachments: turn.attachments.map(({ sha256, name }) => `${sha256} ${name}`),
		files: [...new Set(turn.edits.map((edit) => edit.file_path))],
	});
}

function timeOf(seconds: number): string {
	const time = new Date(seconds * 1000);
	return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}

function flat(row: object, id: string, document: string, left: readonly string[]): PlainRow {
	const metadata: PlainRow['metadata'] = { schema_version: SCHEMA_VERSION };
	for (const [key, value] of Object.entries(row)) {
		if (left.includes(key)) continue;
		const scalar: unknown = Array.isArray(value) ? encodeList(value.map(String)) : value;
		// Empty text is written too: Chroma keeps a field that a later write leaves out.
		if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean') metadata[key] = scalar;
	}
	return { id, document, metadata };
}
