import { ChromaConnectionError, ChromaNotFoundError, ChromaRateLimitError, ChromaServerError } from 'chromadb';
import pRetry from 'p-retry';
import { Cancelled, UserError, messageOf } from '../../core/errors';

/** Tries a call to Chroma again after a lost connection or a busy server, with growing pauses. */
export class Retrying {
	constructor(
		/** Called before each retry: what was known of the server may be wrong now. */
		private readonly forget: () => void,
		private readonly firstDelay: number,
		/** Turns what another try does not help into an error for the user, where it knows more. */
		private readonly explained: (cause: unknown) => unknown,
	) {}

	async run<T>(call: () => Promise<T>, what: string, signal?: AbortSignal): Promise<T> {
		try {
			return await pRetry(call, {
				retries: 4,
				minTimeout: this.firstDelay,
				factor: 2,
				shouldRetry: ({ error }) => isPassing(error),
				onFailedAttempt: () => this.forget(),
				...(signal && { signal }),
			});
		} catch (cause) {
			if (signal?.aborted === true) throw new Cancelled();
			if (cause instanceof UserError || cause instanceof Cancelled) throw cause;
			if (isPassing(cause))
				throw new UserError(
					`Chroma cannot be reached (${what}: ${reasonOf(cause)}). Check that the server runs; \`chroma-client doctor\` tells more. Nothing was lost: the journal keeps what could not be sent.`,
					1,
					{ cause },
				);
			throw this.explained(cause);
		}
	}
}

/** A handle of a collection that was dropped, or of a server that was restarted elsewhere, is opened again. */
function isPassing(cause: unknown): boolean {
	return (
		cause instanceof ChromaConnectionError ||
		cause instanceof ChromaRateLimitError ||
		cause instanceof ChromaServerError ||
		cause instanceof ChromaNotFoundError ||
		/ECONNREFUSED|ECONNRESET|EPIPE|fetch failed|socket hang up|terminated|50[234]/.test(messageOf(cause))
	);
}

/** The client's own words for a lost connection speak to the author of a web page. */
function reasonOf(cause: unknown): string {
	return cause instanceof ChromaConnectionError ? 'no connection' : messageOf(cause);
}
