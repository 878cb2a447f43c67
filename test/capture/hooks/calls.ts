import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hookEvents } from '../../../src/capture/hooks/hookEvents';
import type { HookEvent, Moment } from '../../../src/capture/hooks/hookEvent';
import { SpoolEntry } from '../../../src/capture/hooks/hookEvent';
import { TurnObservation } from '../../../src/core/turn';

const fixtures = join(__dirname, '../../fixtures');

/** Payloads of a recorded run, in the order in which the assistant sent them. */
export function recordedCalls(run: string): Record<string, unknown>[] {
	return readFileSync(join(fixtures, run, 'hooks.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A file of the spool as the script writes it. */
export function entryOf(assistant: string, payload: unknown, at: string | Date = new Date(), event = ''): SpoolEntry {
	return SpoolEntry.parse({ assistant, event, at: `${new Date(at).getTime()}000000`, cwd: '/home/dev/demo', payload: [payload] });
}

/** What a payload tells of turns and transcripts. */
export function eventsOf(assistant: string, payload: unknown, at?: string | Date, event?: string): HookEvent[] {
	return hookEvents(entryOf(assistant, payload, at, event)).filter(({ type }) => type !== 'moment');
}

/** What it tells of the working tree. */
export function momentsOf(assistant: string, payload: unknown, event?: string): Moment[] {
	return hookEvents(entryOf(assistant, payload, undefined, event)).filter((one) => one.type === 'moment');
}

/** The observations among events. */
export function turnsAmong(events: readonly HookEvent[]): { turn: TurnObservation; opens: boolean }[] {
	return events.flatMap((event) => (event.type === 'turn' ? [{ turn: TurnObservation.parse(event.turn), opens: event.opens }] : []));
}
