import { z } from 'zod';
import { Instant } from './ids';
import { ModificationType } from './turn';

/** An insight that a person approved (or a candidate that waits for it). Its document is the description. */
export const Learning = z.object({
	/** UUID; also the row's id. */
	learning_id: z.uuid(),
	description: z.string().min(1),
	/** The rule or code shape to follow. */
	pattern: z.string().default(''),
	/** chunk_id of an example in `codebase_v1`. */
	example_code_reference: z.string().default(''),
	tags: z.array(z.string()).default([]),
	category: z.string().default(''),
	confidence: z.number().min(0).max(1).default(0.5),
	source_chat_id: z.string().optional(),
	repo_id: z.string().optional(),
	state: z.enum(['candidate', 'active', 'stale', 'superseded', 'retired']).default('active'),
	code_context: z.string().default(''),
	diff_summary: z.string().default(''),
	modification_type: ModificationType.default('unknown'),
	tool_sequence: z.string().default(''),
	/** Content hashes of the chunks it cites; when they change, the learning is stale. */
	cites: z.array(z.string()).default([]),
	created_at: Instant,
	updated_at: Instant,
});
export type Learning = z.infer<typeof Learning>;
