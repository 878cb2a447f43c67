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

/** What somebody said of the images of chats; what is absent was not said. */
export const AttachmentWish = z.object({
	keep: z.boolean().optional().catch(undefined),
	/** Largest image that is kept. */
	max_bytes: z.number().nonnegative().optional().catch(undefined),
});
export type AttachmentWish = z.infer<typeof AttachmentWish>;

/** Whether images of a folder's chats are kept, and how large one may be. */
export interface AttachmentRule {
	readonly keep: boolean;
	readonly max_bytes: number;
	/** Who said whether: 'default' when nobody did. */
	readonly from: 'editor' | 'environment' | '.env' | 'command' | 'machine' | 'default';
	/** The folder for which that was said; '' where it holds for all. */
	readonly folder: string;
}
