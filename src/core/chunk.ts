import { z } from 'zod';
import { Instant } from './ids';

export const Role = z.enum(['source', 'test', 'example', 'generated']);
export type Role = z.infer<typeof Role>;

/** A piece of a file as the chunker cuts it: a function, a method, a class head, a logical section, or lines. */
export const CodeChunk = z.object({
	/** Qualified name (`Class.method`), or '' for a section without one. */
	symbol: z.string(),
	/** function, method, class, interface, section, lines, … */
	symbol_kind: z.string(),
	/** 1-based, inclusive. */
	start_line: z.number().int().positive(),
	end_line: z.number().int().positive(),
	/** The lines themselves, without any header. */
	text: z.string(),
	/** Doc comment or docstring that belongs to it; may lie inside `text` too. Used as a search field. */
	doc: z.string().default(''),
});
export type CodeChunk = z.infer<typeof CodeChunk>;

/** A chunk as it is indexed. */
export const IndexedChunk = CodeChunk.extend({
	chunk_id: z.string(),
	chunk_index: z.number().int().nonnegative(),
	repo_id: z.string(),
	checkout_id: z.string(),
	/** Repo-relative, with `/`. */
	file_path: z.string(),
	language: z.string(),
	role: Role,
	commit_sha: z.string(),
	content_hash: z.string(),
	last_indexed_utc: Instant,
	related_chat_ids: z.array(z.string()).default([]),
	chunker_version: z.number().int(),
});
export type IndexedChunk = z.infer<typeof IndexedChunk>;
