import { z } from 'zod';
import { Instant } from './ids';
import { Lack } from './incompleteness';
import { Channel } from './turn';

const Counted = z.number().int().nonnegative();

/** How well capture of one assistant works on this machine. */
export const AssistantCapture = z.object({
	/** As in turns: claude-code, vscode-copilot, … */
	assistant: z.string(),
	label: z.string(),
	/** Its folder or transcripts exist here. */
	present: z.boolean(),
	/** brought along: this extension is the hooks' plugin; nothing is installed into the assistant's files. */
	hooks: z.enum(['installed', 'not installed', 'brought along', 'none offered']),
	/** blind: something happens there and no turns come of it; partly: something is missing; unused: nothing was captured so far. */
	state: z.enum(['ok', 'partly', 'blind', 'unused']),
	/** Turns by the channels that saw them; one that two channels saw counts in both. */
	channels: z.partialRecord(Channel, Counted),
	turns: Counted,
	/** Turns that may still be added to; they are not judged. */
	running: Counted,
	/** Of the turns that were judged, those that miss nothing their assistant offers. `share` from 0 to 1, absent without turns. */
	whole: z.object({ count: Counted, of: Counted, share: z.number().min(0).max(1).optional() }),
	/** Why turns are not whole, the most frequent first. */
	reasons: z.array(z.object({ reason: Lack, count: Counted })),
	/** What turns of this assistant cannot have, and why; not counted against them. */
	not_offered: z.array(z.object({ what: z.string(), why: z.string() })),
	last_turn_at: Instant.optional(),
	last_whole_at: Instant.optional(),
	/** Version whose format was last checked. */
	understood_version: z.string().optional(),
	/** Versions that wrote the turns, the newest turn first. */
	versions: z.array(z.object({ version: z.string(), turns: Counted, last_at: Instant })),
	/** False: built from documents, never checked against what the assistant really writes. */
	seen_live: z.boolean(),
	/** Kinds of records that are not known, with how often they stand in the transcripts that were read. */
	unknown: z.array(z.object({ kind: z.string(), count: Counted, last_at: Instant })),
	/** Calls of its hooks that arrived, and those among them that nobody could understand. */
	hook_calls: z.object({ calls: Counted, set_aside: Counted, last_at: Instant.optional() }),
	/** Transcripts that could not be read to their end, by attempts. */
	failed_readings: Counted,
	blind: z.object({ since: Instant, why: z.string() }).optional(),
});
export type AssistantCapture = z.infer<typeof AssistantCapture>;

export const CaptureStatusInput = z.object({
	/** Only this assistant. */
	assistant: z.string().optional(),
	/** The editor that asks, so that a new version of it is noticed. */
	editor: z.object({ name: z.string().max(80), version: z.string().max(80) }).optional(),
});

export const CaptureStatus = z.object({
	at: Instant,
	/** Those that are used first, by name. */
	assistants: z.array(AssistantCapture),
	/** Files of hooks that nobody could read and that wait a week to be removed. */
	set_aside: Counted,
});
export type CaptureStatus = z.infer<typeof CaptureStatus>;
