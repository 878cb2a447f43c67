import { z } from 'zod';

/** The version of the Agent Trace specification (https://agent-trace.dev) that is written here. */
export const traceVersion = '0.1.0';

export const TraceContributor = z.object({ type: z.enum(['human', 'ai', 'mixed', 'unknown']), model_id: z.string().max(250).optional() });
export type TraceContributor = z.infer<typeof TraceContributor>;

/** Lines `start_line` to `end_line` (from 1, both within) at the recorded revision. */
export const TraceRange = z.object({
	start_line: z.number().int().min(1),
	end_line: z.number().int().min(1),
	/** `<algorithm>:<digest>` of the lines; the specification leaves the algorithm open. */
	content_hash: z.string().optional(),
	/** Overrides that of the conversation. */
	contributor: TraceContributor.optional(),
});
export type TraceRange = z.infer<typeof TraceRange>;

export const TraceConversation = z.object({
	url: z.url().optional(),
	contributor: TraceContributor.optional(),
	ranges: z.array(TraceRange),
	related: z.array(z.object({ type: z.string(), url: z.url() })).optional(),
});
export type TraceConversation = z.infer<typeof TraceConversation>;

const file = <C extends z.ZodType>(conversation: C) => z.object({ path: z.string().min(1), conversations: z.array(conversation) });

/** A trace record as it is written. */
export const AgentTrace = z.object({
	version: z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+$/),
	id: z.guid(),
	timestamp: z.iso.datetime({ offset: true }),
	/** Left out for lines that are not committed. */
	vcs: z.object({ type: z.enum(['git', 'jj', 'hg', 'svn']), revision: z.string() }).optional(),
	tool: z.object({ name: z.string().optional(), version: z.string().optional() }).optional(),
	files: z.array(file(TraceConversation)),
	metadata: z.record(z.string(), z.unknown()).optional(),
});
export type AgentTrace = z.infer<typeof AgentTrace>;

/**
 * A trace record as others write it: what this program does not need may be missing or odd, and parts are checked one by one later,
 * so that one bad range does not cost the record. Records say `1.0` too, where the specification wants three numbers.
 */
export const ForeignTrace = AgentTrace.extend({
	version: z.string().catch(''),
	id: z.string().min(1),
	timestamp: z.string().catch(''),
	vcs: z.object({ type: z.string(), revision: z.string() }).optional().catch(undefined),
	tool: z
		.object({ name: z.string().optional().catch(undefined), version: z.string().optional().catch(undefined) })
		.optional()
		.catch(undefined),
	files: z.array(z.unknown()),
	metadata: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
export type ForeignTrace = z.infer<typeof ForeignTrace>;

export const ForeignTraceFile = file(z.unknown());
export const ForeignTraceConversation = z.object({
	url: z.string().optional().catch(undefined),
	contributor: TraceContributor.optional().catch(undefined),
	ranges: z.array(z.unknown()),
	related: z
		.array(z.object({ type: z.string(), url: z.string() }))
		.optional()
		.catch(undefined),
});
export type ForeignTraceConversation = z.infer<typeof ForeignTraceConversation>;

/** What a record of this program says of its turns under `metadata.codelearn`, so that another Codelearn knows them by the same ids. */
export const TraceTurns = z.object({
	turns: z.record(
		z.string(),
		z.object({
			assistant: z.string().min(1),
			session_id: z.string().min(1),
			turn_key: z.string().min(1),
			started_at: z.iso.datetime(),
			model: z.string().optional(),
		}),
	),
});
export type TraceTurns = z.infer<typeof TraceTurns>;
