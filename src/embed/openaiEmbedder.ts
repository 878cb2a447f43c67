import type { Embedder } from '../core/ports';
import type { EmbeddingConfig } from '../core/settings';
import { credentialOf } from './credential';
import { createRemoteEmbedder } from './remoteEmbedder';
import { fieldOf, postForJson } from './request';

/** OpenAI's embeddings endpoint, and every server that speaks its protocol (then without a key too). */
export function createOpenaiEmbedder(config: EmbeddingConfig, pauseMs?: number): Embedder {
	const model = config.model === '' ? 'text-embedding-3-small' : config.model;
	const base = (config.baseUrl === '' ? 'https://api.openai.com' : config.baseUrl).replace(/\/+$/, '').replace(/\/v1$/, '');
	const credential = credentialOf(config, 'openai', 'OPENAI_API_KEY');

	async function request(texts: readonly string[], signal: AbortSignal | undefined): Promise<readonly unknown[]> {
		const body = JSON.stringify({ model, input: texts, encoding_format: 'float' });
		const answer = await postForJson({
			provider: 'openai',
			credential: 'OPENAI_API_KEY',
			url: `${base}/v1/embeddings`,
			headers: credential(),
			body,
			signal,
			pauseMs,
		});
		const data = fieldOf(answer, 'data');
		return Array.isArray(data) ? inOrder(data) : [];
	}

	return createRemoteEmbedder({ provider: 'openai', model, limits: { texts: 128, characters: 400_000, charactersOfText: 16_000 }, request });
}

/** Rows say which text they belong to. */
function inOrder(data: readonly unknown[]): unknown[] {
	return data
		.map((row, at) => ({ index: Number(fieldOf(row, 'index') ?? at), embedding: fieldOf(row, 'embedding') }))
		.sort((a, b) => a.index - b.index)
		.map(({ embedding }) => embedding);
}
