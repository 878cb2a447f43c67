import type { TurnEdit, TurnObservation } from './turn';
import { Channel } from './turn';
import { z } from 'zod';

/** What a turn that was captured can be without. */
export const Lack = z.enum([
	'no prompt',
	'no answer',
	'no model',
	'no folder',
	'tool calls without a result',
	'edits with an unknown side',
	'not ended',
	'no time of its end',
]);
export type Lack = z.infer<typeof Lack>;

/** What is looked at. An observation fits, and so does a turn as it stands in the journal. */
export interface JudgedTurn {
	readonly prompt: string;
	readonly response?: string | undefined;
	readonly state?: TurnObservation['state'] | undefined;
	readonly model?: string | undefined;
	readonly cwd?: string | undefined;
	readonly ended_at?: string | undefined;
	readonly tools?: readonly { readonly ok?: boolean | undefined }[] | undefined;
	readonly edits?: readonly { readonly fidelity: TurnEdit['fidelity'] }[] | undefined;
	readonly channels: readonly Channel[];
}

/** Channels through which somebody tells of a turn by hand; nothing was captured there, so only what was told can be missing. */
const byHand: readonly Channel[] = ['manual', 'mcp', 'import'];

export function isByHand({ channels }: Pick<JudgedTurn, 'channels'>): boolean {
	return channels.every((channel) => byHand.includes(channel));
}

/** Only what another tool recorded of it is known: whose it is and which lines it wrote. It was not captured, so nobody can say how well. */
export function isImported({ channels }: Pick<JudgedTurn, 'channels'>): boolean {
	return channels.every((channel) => channel === 'import');
}

/**
 * What is missing of a turn; empty when it is whole. The one definition of "whole".
 * A turn that was cancelled or failed has no answer, and its last calls no results, because there are none.
 */
export function incompleteness(turn: JudgedTurn): Lack[] {
	const rules = isByHand(turn) ? rulesByHand : [...rulesByHand, ...rulesOfCapture];
	return rules.filter(([, lacks]) => lacks(turn)).map(([lack]) => lack);
}

type Rule = readonly [lack: Lack, lacks: (turn: JudgedTurn) => boolean];

const wentWell = ({ state = 'complete' }: JudgedTurn) => state === 'complete';
const isEmpty = (text: string | undefined) => text === undefined || text.trim() === '';

const rulesByHand: readonly Rule[] = [
	['no prompt', ({ prompt }) => isEmpty(prompt)],
	['no answer', (turn) => wentWell(turn) && isEmpty(turn.response)],
];

const rulesOfCapture: readonly Rule[] = [
	['no model', (turn) => wentWell(turn) && isEmpty(turn.model)],
	['no folder', ({ cwd }) => isEmpty(cwd)],
	['tool calls without a result', (turn) => wentWell(turn) && (turn.tools ?? []).some(({ ok }) => ok === undefined)],
	['edits with an unknown side', ({ edits = [] }) => edits.some(({ fidelity }) => fidelity === 'partial')],
	['not ended', ({ state }) => state === 'open'],
	['no time of its end', (turn) => wentWell(turn) && turn.ended_at === undefined],
];
