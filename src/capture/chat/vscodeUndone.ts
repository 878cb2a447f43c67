import { createHash } from 'node:crypto';
import { FileEvent, pathOf, type ChatRequest, type EditingState } from './vscodeSchema';

/** Tells which work of a session the user took back. */
export interface UndoneWork {
	/** All that a request did to a file. */
	file(path: string, requestId: string): boolean;
	/** One operation of a request on a file. */
	operation(path: string, requestId: string, epoch: number): boolean;
}

/** From what later requests say of the user's choices, and how the editing session stands. */
export function undoneWork(requests: readonly ChatRequest[], state: EditingState | undefined): UndoneWork {
	const told = toldUndone(requests);
	const rejected = state === undefined ? new Map<string, number>() : rejectedFrom(state);
	const current = state?.timeline.currentEpoch ?? Infinity;
	const file = (path: string, requestId: string): boolean => told.get(path)?.has(requestId) === true;
	return { file, operation: (path, requestId, epoch) => epoch >= Math.min(current, rejected.get(path) ?? Infinity) || file(path, requestId) };
}

/** The ids of requests whose edits of a file a later request reports as undone: all since the user last decided about the file. */
function toldUndone(requests: readonly ChatRequest[]): Map<string, Set<string>> {
	const told = new Map<string, Set<string>>();
	const decided = new Map<string, number>();
	for (const [index, request] of requests.entries()) {
		for (const raw of request.editedFileEvents ?? []) {
			const event = FileEvent.safeParse(raw).data;
			if (event === undefined || (event.eventKind !== 1 && event.eventKind !== 2)) continue;
			const path = pathOf(event.uri);
			const since = requests.slice(decided.get(path) ?? 0, index).map((one) => one.requestId);
			if (event.eventKind === 2) told.set(path, new Set([...(told.get(path) ?? []), ...since]));
			decided.set(path, index);
		}
	}
	return told;
}

/**
 * From which operation on a file's edits were rejected. A file goes back to the text it had when it was last accepted, so earlier edits
 * stand. A created file that was rejected is gone, and its entry with it.
 */
function rejectedFrom({ initialFileContents, recentSnapshot, timeline }: EditingState): Map<string, number> {
	const from = new Map<string, number>();
	if (recentSnapshot === undefined) return from;
	const baselines = timeline.fileBaselines.map(([, baseline]) => baseline).sort((a, b) => a.epoch - b.epoch);
	for (const { resource, state, originalHash } of recentSnapshot.entries) {
		if (state !== 2) continue;
		const path = pathOf(resource);
		const first = baselines.find(({ uri, content }) => pathOf(uri) === path && sha1(content).slice(0, 7) === originalHash);
		if (first !== undefined) from.set(path, first.epoch);
	}
	const standing = new Set(recentSnapshot.entries.map(({ resource }) => pathOf(resource)));
	const undecided = new Set(initialFileContents.map(([resource]) => pathOf(resource)));
	for (const { type, uri, epoch } of timeline.operations) {
		const path = type === 'create' && uri !== undefined ? pathOf(uri) : '';
		if (undecided.has(path) && !standing.has(path)) from.set(path, epoch);
	}
	return from;
}

/** The editor names texts by the beginning of this hash. */
function sha1(text: string): string {
	return createHash('sha1').update(text).digest('hex');
}
