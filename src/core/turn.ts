import { z } from 'zod';
import { Attachment, SeenImage } from './attachment';
import { TurnCheck } from './check';
import { Instant } from './ids';

/** What a tool call did, in the words all assistants share. */
export const ToolKind = z.enum(['read', 'search', 'edit', 'create', 'delete', 'run', 'agent', 'web', 'mcp', 'other']);
export type ToolKind = z.infer<typeof ToolKind>;

/** One word for what the tools of all assistants do. Kinds without a word keep the tool's own name. */
const toolWords: Readonly<Partial<Record<ToolKind, string>>> = {
	read: 'read_file',
	search: 'search',
	edit: 'edit_file',
	create: 'create_file',
	delete: 'delete_file',
	run: 'run_terminal_cmd',
	agent: 'run_subagent',
	web: 'web_search',
};

/** The tools of a turn in order, in words that are the same for all assistants: `read_file→edit_file→run_terminal_cmd`. */
export function toolSequence(tools: readonly { readonly name: string; readonly kind: ToolKind }[]): string {
	return tools.map((tool) => toolWords[tool.kind] ?? tool.name).join('→');
}

/** One tool call of a turn, in the order in which the assistant made it. */
export const ToolCall = z.object({
	/** The assistant's own id of the call; results, hooks and edits are joined on it. Empty when the source has none. */
	id: z.string().default(''),
	/** The tool's name as the assistant wrote it. */
	name: z.string(),
	kind: ToolKind.default('other'),
	/** The arguments as given, redacted. */
	args: z.unknown().optional(),
	/** undefined while no result was seen. */
	ok: z.boolean().optional(),
	/** The result's text, cut to a few kilobytes; undefined when the source keeps none. */
	output: z.string().optional(),
	/** When it was called. Orders the calls of a turn that several channels saw. */
	at: Instant.optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

/**
 * How far an edit's texts can be trusted, best first:
 * `recorded` both sides stand in the assistant's own record; `arguments` taken from the tool call's arguments;
 * `snapshot` our own reading before and after the call; `document` the editor's document cache; `partial` one side is missing.
 */
export const Fidelity = z.enum(['recorded', 'arguments', 'snapshot', 'document', 'partial']);
export type Fidelity = z.infer<typeof Fidelity>;

/** One change of one file within a turn. `before` and `after` are both whole files, or both snippets. */
export const TurnEdit = z.object({
	/** Absolute while captured; relative to the repository, with `/`, once its repository is known. */
	file_path: z.string(),
	kind: z.enum(['create', 'edit', 'delete', 'rename']).default('edit'),
	/** null: the file did not exist, or the text is not known (see `fidelity`). */
	before: z.string().nullable(),
	/** null: the file was deleted, or the text is not known. */
	after: z.string().nullable(),
	/** True when the texts are whole files, false when they are snippets out of one. */
	whole: z.boolean(),
	fidelity: Fidelity,
	tool_id: z.string().optional(),
	renamed_from: z.string().optional(),
	repo_id: z.string().optional(),
	checkout_id: z.string().optional(),
	/** rejected: the user refused it; undone: it was applied and taken back. */
	state: z.enum(['applied', 'rejected', 'undone']).default('applied'),
});
export type TurnEdit = z.infer<typeof TurnEdit>;

/** Where an observation of a turn came from. `import`: from what another tool recorded of who wrote which lines. */
export const Channel = z.enum(['hook', 'transcript', 'editor', 'manual', 'mcp', 'import']);
export type Channel = z.infer<typeof Channel>;

/**
 * One prompt of a person and all that the assistant did until the next one. Also the form in which a
 * source reports what it has seen so far: unknown parts are left out, and observations of the same
 * turn (assistant, session_id, turn_key) are merged into one.
 */
export const TurnObservation = z.object({
	/** claude-code, vscode-copilot, cursor, codex, …: who answered, not how it was seen. */
	assistant: z.string().min(1),
	session_id: z.string().min(1),
	/** What names the turn within its session, as defined for each assistant (a prompt's uuid, say). */
	turn_key: z.string().min(1),
	parent_turn_id: z.string().optional(),
	channel: Channel,
	started_at: Instant,
	ended_at: Instant.optional(),
	/** open while the assistant may still add to it. */
	state: z.enum(['open', 'complete', 'cancelled', 'failed']).default('complete'),
	/** Absolute folder in which the assistant worked. */
	cwd: z.string().optional(),
	prompt: z.string(),
	response: z.string().default(''),
	model: z.string().optional(),
	/** Fine-tuned adapter that the model runs with, where the source knows one. */
	adapter: z.string().optional(),
	/** The active model with its adapter, see `modelVersion`; made of the two fields above whenever the model is known. */
	model_version: z.string().optional(),
	tools: z.array(ToolCall).default([]),
	edits: z.array(TurnEdit).default([]),
	/** Images of the prompt as a source hands them in; see `SeenImage`. */
	images: z.array(SeenImage).default([]),
	attachments: z.array(Attachment).default([]),
	/** How many images were not kept: too large, or not wanted. */
	attachments_left_out: z.number().int().nonnegative().default(0),
	/** Version of the assistant that wrote the record. */
	source_version: z.string().optional(),
	/** Git state that the source recorded. */
	commit_sha: z.string().optional(),
	branch: z.string().optional(),
});
export type TurnObservation = z.infer<typeof TurnObservation>;
/** What a source may hand in: fields with a default may be left out. */
export type TurnObservationInput = z.input<typeof TurnObservation>;

/** One reason of a score and how much it counts; the weights of a score, with its base, add up to it. */
export const ScorePart = z.object({ what: z.string(), weight: z.number() });
export type ScorePart = z.infer<typeof ScorePart>;

export const ModificationType = z.enum(['refactor', 'bugfix', 'feature', 'documentation', 'unknown']);
export type ModificationType = z.infer<typeof ModificationType>;

/** What enrichment adds to an observed turn. Deterministic, so it can be computed again. */
export const TurnEnrichment = z.object({
	prompt_summary: z.string(),
	response_summary: z.string(),
	/** Files and symbols that the turn names or changed. */
	involved_entities: z.array(z.string()),
	/** Unified diff of all applied edits. */
	diff: z.string(),
	/** One line a file: what was added, removed, which symbols. */
	diff_summary: z.string(),
	/** Before and after of the changed places, shortened for reading. */
	code_context: z.string(),
	/** `read_file→edit_file→run_terminal_cmd`, see `toolSequence`; the assistant's own names stand in `tools`. */
	tool_sequence: z.string(),
	modification_type: ModificationType,
	/** Tests, builds, linters and diagnostics while it ran, in the order of their times. */
	checks: z.array(TurnCheck).default([]),
	/** 0 to 1: how likely the turn holds something worth keeping. */
	confidence_score: z.number().min(0).max(1),
	/** 0 to 1: how much of what a turn can have was captured. */
	context_richness: z.number().min(0).max(1),
	/** Why the scores are what they are, by the formula of `enrich_version`. */
	confidence_parts: z.array(ScorePart).default([]),
	richness_parts: z.array(ScorePart).default([]),
	raw_prompt_hash: z.string(),
	raw_response_hash: z.string(),
	capture_fidelity: z.union([Fidelity, z.literal('none')]),
	enrich_version: z.number().int(),
});
export type TurnEnrichment = z.infer<typeof TurnEnrichment>;

/** A turn as it stands in the journal: assembled, redacted, enriched. */
export const Turn = TurnObservation.omit({ channel: true, images: true }).extend({
	id: z.string(),
	channels: z.array(Channel),
	/** Repository of the working folder; undefined outside any. Edits carry their own. */
	repo_id: z.string().optional(),
	/** How many secrets were taken out. */
	redactions: z.number().int().nonnegative().default(0),
	...TurnEnrichment.shape,
});
export type Turn = z.infer<typeof Turn>;
