import { Cancelled, UserError } from '../core/errors';
import type { Embedder } from '../core/ports';

export interface RemoteOptions {
	readonly provider: string;
	readonly model: string;
	/** What one request may hold, and one text. */
	readonly limits: { readonly texts: number; readonly characters: number; readonly charactersOfText: number };
	/** One request. Gives what the provider answered, in order; shape and number are checked here. */
	readonly request: (texts: readonly string[], signal: AbortSignal | undefined) => Promise<readonly unknown[]>;
}

/** What all providers have in common: batches, one vector a text, unit length. */
export function createRemoteEmbedder({ provider, model, limits, request }: RemoteOptions): Embedder {
	let width: Promise<number> | undefined;

	async function embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
		const vectors: Float32Array[] = [];
		for (const batch of batchesOf(
			texts.map((text) => sendable(text, limits.charactersOfText)),
			limits,
		)) {
			if (signal?.aborted) throw new Cancelled();
			const rows = await request(batch, signal);
			if (rows.length !== batch.length)
				throw new UserError(`The embedding provider ${provider} answered ${batch.length} texts with ${rows.length} vectors. Check codelearn.embedding.model.`);
			vectors.push(...rows.map((row) => unitVector(row, provider)));
		}
		const [first] = vectors;
		if (first !== undefined && vectors.some((vector) => vector.length !== first.length))
			throw new UserError(`The embedding provider ${provider} answered with vectors of different lengths.`);
		return vectors;
	}

	return {
		model,
		dimensions: () => {
			width ??= embed(['dimensions'])
				.then(([vector]) => vector?.length ?? 0)
				.catch((cause: unknown) => {
					width = undefined;
					throw cause;
				});
			return width;
		},
		embed,
		close: () => Promise.resolve(),
	};
}

/** Providers refuse empty texts and halves of characters. */
function sendable(text: string, characters: number): string {
	const cut = text.slice(0, characters).replace(/\p{Cs}/gu, '');
	return cut.trim() === '' ? '.' : cut;
}

function batchesOf(texts: readonly string[], limits: RemoteOptions['limits']): string[][] {
	const batches: string[][] = [];
	let open: string[] = [];
	let characters = 0;
	for (const text of texts) {
		if (open.length > 0 && (open.length >= limits.texts || characters + text.length > limits.characters)) {
			batches.push(open);
			open = [];
			characters = 0;
		}
		open.push(text);
		characters += text.length;
	}
	if (open.length > 0) batches.push(open);
	return batches;
}

function unitVector(row: unknown, provider: string): Float32Array {
	if (!Array.isArray(row) || row.length === 0 || !row.every((value) => typeof value === 'number' && Number.isFinite(value))) {
		throw new UserError(
			`The embedding provider ${provider} answered with something that is no vector. Check that codelearn.embedding.model is an embedding model.`,
		);
	}
	const vector = Float32Array.from(row, Number);
	const length = Math.hypot(...vector);
	return length === 0 ? vector : vector.map((value) => value / length);
}
