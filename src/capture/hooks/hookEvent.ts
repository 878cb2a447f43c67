import { z } from 'zod';
import type { TurnObservationInput } from '../../core/turn';

/** One file of the spool: what a hook was told, and by whom. */
export const SpoolEntry = z.object({
	/** Whose hooks the script was installed into; the payload may show that another assistant runs them too. */
	assistant: z.string(),
	/** The event's name as it was installed, for assistants whose payloads do not name it. */
	event: z.string().default(''),
	/** Nanoseconds since 1970, in decimal. */
	at: z.string().regex(/^\d{19}$/),
	cwd: z.string().default(''),
	/** The payload, or nothing when the assistant sent none. */
	payload: z.array(z.unknown()),
});
export type SpoolEntry = z.infer<typeof SpoolEntry>;

/** What a hook's payload comes to. */
export type HookEvent =
	/** Part of a turn. One that `opens` carries the prompt; any other only adds to a turn that is known. */
	| { readonly type: 'turn'; readonly opens: boolean; readonly turn: TurnObservationInput }
	/** The session's transcript holds something new; where it lies is not always told. */
	| { readonly type: 'look'; readonly assistant: string; readonly session_id: string; readonly transcript_path?: string }
	| Moment;

/** Something that the working tree may have been changed by, or at whose beginning it stands as it was. */
export interface Moment {
	readonly type: 'moment';
	readonly assistant: string;
	readonly session_id: string;
	/** Folder in which the assistant works. */
	readonly folder: string;
	readonly at: string;
	/** The tool call that has just ended; undefined when a turn begins. */
	readonly call?: { readonly id: string; readonly shell: boolean; readonly command: string };
	/** The turn's key, for assistants whose hooks name it as their transcripts do. */
	readonly turn_key?: string;
}

/** A hook's payload with what the script knew. */
export interface HookCall {
	/** '' where neither the payload nor the installation names it. */
	readonly event: string;
	readonly at: string;
	/** Folder in which the hook ran; '' when it is not known. */
	readonly cwd: string;
	readonly payload: unknown;
}

export interface HookParser {
	(call: HookCall): HookEvent[];
}
