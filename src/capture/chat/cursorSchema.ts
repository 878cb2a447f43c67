import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

const Uri = z.object({ fsPath: text, path: text, external: text }).optional().catch(undefined);
/** The folder a conversation belongs to. */
export const WorkspaceIdentifier = z.object({ uri: Uri }).optional().catch(undefined);

/** A conversation of Cursor (`composerData:<id>`). Fields of an unexpected type read as absent. */
export const Composer = z.object({
	createdAt: z.unknown().optional(),
	status: text,
	modelConfig: z.object({ modelName: text }).optional().catch(undefined),
	workspaceIdentifier: WorkspaceIdentifier,
	fullConversationHeadersOnly: list,
	/** Old versions keep the messages themselves here. */
	conversation: list,
});
export type Composer = z.infer<typeof Composer>;

export const BubbleHeader = z.object({ bubbleId: z.string() });

/** A message of a conversation: type 1 is the user's, 2 the assistant's. */
export const Bubble = z.object({
	bubbleId: text,
	type: z.number(),
	text,
	richText: text,
	createdAt: z.unknown().optional(),
	requestId: text,
	isThought: flag,
	images: list,
	timingInfo: z.object({ clientStartTime: number, clientEndTime: number }).optional().catch(undefined),
	modelInfo: z.object({ modelName: text }).optional().catch(undefined),
	toolFormerData: z
		.object({
			name: text,
			toolCallId: text,
			status: text,
			rawArgs: z.unknown(),
			params: z.unknown(),
			result: z.unknown(),
			userDecision: text,
			error: z.unknown(),
		})
		.partial()
		.optional()
		.catch(undefined),
});
export type Bubble = z.infer<typeof Bubble>;
