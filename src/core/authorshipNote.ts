import { z } from 'zod';

/** The version of git-ai's standard for authorship logs (git notes under `refs/notes/ai`) that is read and written here. */
export const authorshipVersion = 'authorship/3.0.0';

const text = z.string().optional().catch(undefined);
const AgentId = z.looseObject({ tool: z.string().min(1), id: z.string().min(1), model: text });

/** A session of an assistant; also the older prompt records, which may hold the chat. Further fields stay as they are. */
export const NoteSession = z.looseObject({
	agent_id: AgentId,
	human_author: text,
	custom_attributes: z.record(z.string(), z.string()).nullish().catch(undefined),
	/** Written by versions before 1.3.4. */
	messages: z.array(z.unknown()).nullish().catch(undefined),
});
export type NoteSession = z.infer<typeof NoteSession>;

/** The part of a note below `---`. Entries of the maps are checked one by one, since others may write more than is known here. */
export const NoteMetadata = z.looseObject({
	schema_version: z.string(),
	base_commit_sha: z.string().default(''),
	prompts: z.record(z.string(), z.unknown()).default({}),
	humans: z.record(z.string(), z.unknown()).optional(),
	sessions: z.record(z.string(), z.unknown()).optional(),
});
export type NoteMetadata = z.infer<typeof NoteMetadata>;

export const NoteMessage = z.object({ type: z.string(), text: z.string() });
