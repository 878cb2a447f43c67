import { z } from 'zod';

export const QueryHit = z.object({
	collection: z.enum(['codebase_v1', 'derived_learnings_v1', 'chat_history_v1']),
	id: z.string(),
	/** '' for what is no code. */
	file_path: z.string(),
	/** 0 for what is no code. */
	start_line: z.number().int(),
	end_line: z.number().int(),
	symbol: z.string(),
	/** 0 to 1 on one scale over all collections. */
	score: z.number(),
	/** The reasons, shortest words: "words: parse, header; meaning 0.71; learning". */
	why: z.string(),
	document: z.string(),
});
export type QueryHit = z.infer<typeof QueryHit>;

export const QueryResult = z.object({ results: z.array(QueryHit), notes: z.array(z.string()).default([]) });
export type QueryResult = z.infer<typeof QueryResult>;
