import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

const FileDiff = z.object({ file: z.string(), status: text, before: text, after: text, patch: text });

/** Of a user's message: what the turn changed; of an answer: true when it only sums the history up. */
const Summary = z
	.union([
		z.boolean().transform((isHistory) => ({ isHistory, diffs: undefined })),
		z
			.object({ diffs: z.array(z.unknown()).optional().catch(undefined) })
			.transform(({ diffs }) => ({ isHistory: false, diffs: (diffs ?? []).flatMap((diff) => FileDiff.safeParse(diff).data ?? []) })),
	])
	.optional()
	.catch(undefined);

/** A message of OpenCode. Fields of an unexpected type read as absent. */
export const OpenCodeMessage = z.object({
	role: z.string(),
	time: z.object({ created: number, completed: number }).optional().catch(undefined),
	parentID: text,
	modelID: text,
	model: z.object({ modelID: text }).optional().catch(undefined),
	path: z.object({ cwd: text, root: text }).optional().catch(undefined),
	finish: text,
	error: z.object({ name: text }).optional().catch(undefined),
	summary: Summary,
});
export type OpenCodeMessage = z.infer<typeof OpenCodeMessage>;

/** A part of a message. */
export const OpenCodePart = z.object({
	type: z.string(),
	text,
	synthetic: flag,
	ignored: flag,
	mime: text,
	url: text,
	filename: text,
	prompt: text,
	tool: text,
	callID: text,
	state: z
		.object({
			status: text,
			input: z.unknown().optional(),
			output: text,
			error: text,
			metadata: z.looseObject({ exit: number, sessionId: text }).optional().catch(undefined),
			time: z.object({ start: number, end: number }).optional().catch(undefined),
		})
		.optional()
		.catch(undefined),
});
export type OpenCodePart = z.infer<typeof OpenCodePart>;
