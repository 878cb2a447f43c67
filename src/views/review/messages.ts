import { z } from 'zod';
import type { ToolCall } from '../../core/turn';

/** From the panel. Nothing else is listened to. */
export const FromPanel = z.discriminatedUnion('type', [
	/** The page has loaded and can take a snapshot. */
	z.object({ type: z.literal('ready') }),
	z.object({ type: z.literal('promote') }),
	z.object({ type: z.literal('ignore') }),
	z.object({ type: z.literal('openFile'), file_path: z.string() }),
]);
export type FromPanel = z.infer<typeof FromPanel>;

/** To the panel: always all of it, never a change of what it shows. */
export type ToPanel = { readonly type: 'turn'; readonly turn: PanelTurn } | { readonly type: 'failure'; readonly message: string };

export interface PanelTurn {
	readonly prompt: string;
	readonly response: string;
	/** Name and value, as they are shown. */
	readonly facts: readonly (readonly [string, string])[];
	readonly tools: readonly { readonly name: string; readonly kind: ToolCall['kind']; readonly ok: boolean | undefined }[];
	readonly files: readonly string[];
	/** Markup made from the diff, in which all text of the diff is escaped. '' when nothing was changed. */
	readonly diffHtml: string;
	/** Said above the diff when a part of it was left out. */
	readonly diffNote: string;
	readonly review: 'new' | 'promoted' | 'ignored';
}
