import { createHash } from 'node:crypto';
import { Cancelled } from '../../src/core/errors';
import { lexicalTokens } from '../../src/core/identifiers';
import type { Embedder } from '../../src/core/ports';

const dimensions = 256;

/** Hashed bag of words of unit length: texts with words in common are near. Counts what it was asked for. */
export class WordEmbedder implements Embedder {
	readonly model = 'words-256';
	readonly texts: string[] = [];
	/** Called before each text. */
	onText: (() => void) | undefined;

	dimensions(): Promise<number> {
		return Promise.resolve(dimensions);
	}

	embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
		const vectors: Float32Array[] = [];
		for (const text of texts) {
			this.onText?.();
			if (signal?.aborted === true) return Promise.reject(new Cancelled());
			this.texts.push(text);
			vectors.push(vectorOf(text));
		}
		return Promise.resolve(vectors);
	}

	close(): Promise<void> {
		return Promise.resolve();
	}
}

function vectorOf(text: string): Float32Array {
	const vector = new Float32Array(dimensions);
	for (const word of lexicalTokens(text).split(' ')) {
		const place = createHash('md5').update(word).digest().readUInt16LE(0) % dimensions;
		vector[place] = (vector[place] ?? 0) + 1;
	}
	const length = Math.hypot(...vector) || 1;
	return vector.map((value) => value / length);
}
