import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { Cancelled, messageOf, UserError } from '../core/errors';

export interface JsonRequest {
	/** Named in messages. */
	readonly provider: string;
	/** What the user checks when the provider refuses: "OPENAI_API_KEY". */
	readonly credential: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	readonly signal?: AbortSignal | undefined;
	/** First pause before another try; it doubles each time. */
	readonly pauseMs?: number | undefined;
}

/**
 * Posts and returns the parsed answer. Tries again when the service is busy or unreachable, no sooner than it asks for.
 * Throws a UserError that names the provider, or Cancelled. Never repeats a key in a message.
 */
export async function postForJson(request: JsonRequest): Promise<unknown> {
	try {
		return await pRetry(() => post(request), {
			retries,
			minTimeout: request.pauseMs ?? 1000,
			maxTimeout: 30_000,
			...(request.signal === undefined ? {} : { signal: request.signal }),
			shouldRetry: ({ error }) => !(error instanceof Refused) || error.status === 429 || error.status >= 500,
			onFailedAttempt: async ({ error, retriesLeft }) => {
				if (retriesLeft > 0 && error instanceof Refused && error.waitMs > 0) await delay(error.waitMs, undefined, { signal: request.signal });
			},
		});
	} catch (cause) {
		if (request.signal?.aborted) throw new Cancelled();
		throw failureOf(request, cause);
	}
}

const retries = 4;
const answerWithinMs = 60_000;
const longestWaitMs = 60_000;

/** An answer other than 2xx. */
class Refused extends Error {
	override readonly name = 'Refused';
	constructor(
		readonly status: number,
		readonly waitMs: number,
		detail: string,
	) {
		super(detail);
	}
}

async function post({ url, headers, body, signal }: JsonRequest): Promise<unknown> {
	const timeout = AbortSignal.timeout(answerWithinMs);
	const answer = await fetch(url, {
		method: 'POST',
		headers,
		body,
		signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
		redirect: 'error',
	});
	const text = await answer.text();
	if (!answer.ok) throw new Refused(answer.status, waitOf(answer.headers.get('retry-after')), detailOf(text));
	const parsed: unknown = JSON.parse(text);
	return parsed;
}

/** Seconds or a date. */
function waitOf(header: string | null): number {
	if (header === null) return 0;
	const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestWaitMs) : 0;
}

/** The sentence of the error in the usual shapes: `{error: {message}}`, `{error: "…"}`, `{message}`, or the text itself. */
function detailOf(text: string): string {
	let found: unknown = text;
	try {
		const parsed: unknown = JSON.parse(text);
		const error = fieldOf(parsed, 'error') ?? parsed;
		found = fieldOf(error, 'message') ?? fieldOf(parsed, 'error_description') ?? fieldOf(parsed, 'message') ?? error;
	} catch {
		// Not JSON: a proxy's page.
	}
	return (typeof found === 'string' ? found : text).replace(/\s+/g, ' ').trim().slice(0, 200);
}

/** A field of something unknown. */
export function fieldOf(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

function failureOf(request: JsonRequest, cause: unknown): UserError {
	const { provider, credential, url } = request;
	const where = new URL(url).host;
	if (!(cause instanceof Refused)) {
		return new UserError(
			`The embedding provider ${provider} at ${where} cannot be reached: ${reasonOf(cause)}. Check the network and codelearn.embedding.baseUrl.`,
			1,
			{ cause },
		);
	}
	const detail = withoutKeys(cause.message, request.headers);
	const said = `HTTP ${cause.status}${detail === '' ? '' : `, "${detail}"`}`;
	if (cause.status === 401 || cause.status === 403)
		return new UserError(`The embedding provider ${provider} refused the credentials (${said}). Check ${credential}.`);
	if (cause.status === 404)
		return new UserError(
			`The embedding provider ${provider} does not know the model or the address (${said}). Check codelearn.embedding.model and codelearn.embedding.baseUrl.`,
		);
	if (cause.status === 429)
		return new UserError(`The embedding provider ${provider} is still busy after ${retries + 1} tries (${said}). Try again later or check your quota.`);
	return new UserError(
		`The embedding provider ${provider} failed (${said}).${cause.status >= 500 ? ' Try again later.' : ' Check codelearn.embedding.model.'}`,
	);
}

/** fetch says only "fetch failed"; the cause says why. */
function reasonOf(cause: unknown): string {
	const inner = fieldOf(cause, 'cause');
	const code = fieldOf(inner, 'code');
	if (inner instanceof Error && inner.message !== '') return inner.message;
	return typeof code === 'string' ? code : messageOf(cause);
}

function withoutKeys(text: string, headers: JsonRequest['headers']): string {
	const key = headers['authorization']?.replace(/^Bearer /, '') ?? '';
	return (key === '' ? text : text.replaceAll(key, '…')).replace(/\b(sk|hf)[-_][\w*-]{6,}/g, '…');
}
