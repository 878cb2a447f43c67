import { z } from 'zod';
import { Instant } from './ids';

/** One step of working memory. Its document is the thought. */
export const Thought = z.object({
	id: z.string(),
	thought: z.string().min(1),
	session_id: z.string().min(1),
	thought_number: z.number().int().positive(),
	total_thoughts: z.number().int().positive(),
	next_thought_needed: z.boolean().default(false),
	branch_id: z.string().default(''),
	branch_from_thought: z.number().int().nonnegative().default(0),
	revision: z.number().int().nonnegative().default(0),
	timestamp: Instant,
	repo_id: z.string().optional(),
});
export type Thought = z.infer<typeof Thought>;
