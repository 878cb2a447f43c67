import { z } from 'zod';

/** An image of a chat that was kept beside the journal, named by its content. */
export const Attachment = z.object({
	name: z.string(),
	media_type: z.string(),
	bytes: z.number().int().nonnegative(),
	sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Attachment = z.infer<typeof Attachment>;

/** An image as a source hands it in. It is never journalled: it is kept as an `Attachment`, or left out and counted. */
export const SeenImage = z.object({
	/** '' where the source names none. */
	name: z.string(),
	media_type: z.string(),
	/** Base64; '' when the image was too large to be handed on. */
	data: z.string(),
});
export type SeenImage = z.infer<typeof SeenImage>;

/** Whether images of a folder's chats are kept, and how large one may be. */
export const AttachmentRule = z.object({ keep: z.boolean(), max_bytes: z.number().nonnegative() });
export type AttachmentRule = z.infer<typeof AttachmentRule>;
