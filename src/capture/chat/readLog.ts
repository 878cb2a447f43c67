import type { TurnObservationInput } from '../../core/turn';
import type { CaptureEvent, ReadMark, ReadOptions } from '../captureSource';
import type { Kept } from './frontier';
import { readLineGroups } from './readLines';

/** Puts the lines of one log together into turns and lets go of those that are finished. */
export interface LogSession {
	/** Takes the line that begins at `start`. Returns the kinds of what it did not understand. */
	accept(text: string, start: number): readonly string[];
	/** Turns that were finished since the last call, in order: nothing is expected to follow for them. */
	finished(): readonly TurnObservationInput[] | Promise<readonly TurnObservationInput[]>;
	/** The turns that are left when the log ends. */
	rest(): readonly TurnObservationInput[] | Promise<readonly TurnObservationInput[]>;
	/** Where a later reading may begin: the turns before it are finished. */
	mark(): ReadMark | undefined;
	/**
	 * Keys of finished turns that a line belonged to nevertheless; '' stands for one before the mark this reading began at.
	 * Such a line is left out, so that it is not taken for another turn's.
	 */
	readonly late: ReadonlySet<string>;
}

/** The log of a session that needs nothing but its own lines. */
export function logOf(session: Omit<LogSession, 'accept'>, accept: LogSession['accept']): LogSession {
	return { accept, finished: () => session.finished(), rest: () => session.rest(), mark: () => session.mark(), late: session.late };
}

interface LogReading {
	readonly source: string;
	/**
	 * A session that begins with what a mark carries, or anew; undefined when what it carries is not understood.
	 * From the first turn in `keep` on none is finished before the log ends.
	 */
	readonly open: (carry: unknown, keep: Kept) => LogSession | undefined;
}

/** A mark is told each time the reading has come so far. */
const markEvery = 1024 * 1024;
const nothing: ReadonlySet<string> = new Set();

/**
 * Reads a log that only grows. Finished turns are handed out while it is read, so that memory does not grow with the file.
 * When a line belongs to a turn before the mark, the log is read from its start; when it belongs to one that was handed out
 * in this reading, the log is read once more with that turn kept to the end.
 */
export async function* readLog(path: string, { signal, from }: ReadOptions, { source, open }: LogReading): AsyncGenerator<CaptureEvent> {
	const resumed = from === undefined ? undefined : open(from.carry, nothing);
	if (resumed !== undefined && from !== undefined) {
		yield* pass(resumed, { path, source, signal, start: from.offset });
		if (resumed.late.size === 0) return;
	}
	const first = open(undefined, nothing);
	if (first === undefined) return;
	yield* pass(first, { path, source, signal, start: 0 });
	const second = first.late.size === 0 ? undefined : open(undefined, first.late);
	if (second === undefined) return;
	// Every line was counted in the first pass, and its marks stand before turns that are told last.
	for await (const event of pass(second, { path, source, signal, start: 0 })) if (event.type === 'turn') yield event;
	const mark = first.mark();
	if (mark !== undefined) yield { type: 'mark', mark };
}

interface Pass {
	readonly path: string;
	readonly source: string;
	readonly signal: AbortSignal | undefined;
	readonly start: number;
}

/** Reads once. Gives no mark behind a line that came late, and ends there when it began at a mark. */
async function* pass(session: LogSession, { path, source, signal, start }: Pass): AsyncGenerator<CaptureEvent> {
	let told = start;
	for await (const group of readLineGroups(path, signal, start)) {
		for (const line of group) {
			const unknown = 'text' in line ? session.accept(line.text, line.start) : ['line too long'];
			for (const what of unknown) yield { type: 'unknown', source, what };
			if (start > 0 && session.late.size > 0) return;
		}
		for (const turn of await session.finished()) yield { type: 'turn', turn };
		const mark = session.mark();
		if (session.late.size > 0 || mark === undefined || mark.offset < told + markEvery) continue;
		told = mark.offset;
		yield { type: 'mark', mark };
	}
	for (const turn of await session.finished()) yield { type: 'turn', turn };
	for (const turn of await session.rest()) yield { type: 'turn', turn };
	const mark = session.mark();
	if (session.late.size === 0 && mark !== undefined && mark.offset > told) yield { type: 'mark', mark };
}
