import type { App } from '../../core/api';
import { messageOf } from '../../core/errors';
import type { Log } from '../../core/ports';

export interface ChangesWatch {
	/** To be called when a view becomes visible or hidden. */
	wake(): void;
	dispose(): void;
}

const waitMs = 25_000;
const restAfterFailureMs = 5000;

/**
 * Calls `onChange` whenever something was written, as long as `isWanted`. Asks nothing while no view is visible, so that a window
 * whose views are closed starts no server.
 */
export function watchChanges(app: () => App, isWanted: () => boolean, onChange: () => void, log: Log): ChangesWatch {
	let abort: AbortController | undefined;
	let version: number | undefined;
	const round = async (signal: AbortSignal): Promise<void> => {
		const changed = await app().changes({ since: version ?? 0, wait_ms: version === undefined ? 0 : waitMs }, { signal });
		if (signal.aborted) return;
		if (version !== undefined && version !== changed.version) onChange();
		version = changed.version;
	};
	const recover = async (cause: unknown, signal: AbortSignal): Promise<void> => {
		if (signal.aborted) return;
		log.debug(`waiting for changes failed: ${messageOf(cause)}`);
		// A server that was replaced counts its changes anew.
		version = undefined;
		await rest(restAfterFailureMs, signal);
		if (isWanted()) onChange();
	};
	const run = async (signal: AbortSignal): Promise<void> => {
		while (!signal.aborted) await round(signal).catch((cause: unknown) => recover(cause, signal));
	};
	const stop = (): void => {
		abort?.abort();
		abort = undefined;
		version = undefined;
	};
	return {
		wake: () => {
			if (!isWanted()) stop();
			else if (abort === undefined) {
				abort = new AbortController();
				void run(abort.signal);
			}
		},
		dispose: stop,
	};
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener('abort', () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
