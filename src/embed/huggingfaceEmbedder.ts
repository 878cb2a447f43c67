import type { Embedder } from '../core/ports';
import type { EmbeddingConfig } from '../core/settings';
import { credentialOf } from './credential';
import { createRemoteEmbedder } from './remoteEmbedder';
import { postForJson } from './request';

/** The feature-extraction task of Hugging Face's hosted inference. */
export function createHuggingfaceEmbedder(config: EmbeddingConfig, pauseMs?: number): Embedder {
	const model = config.model === '' ? 'sentence-transformers/all-MiniLM-L6-v2' : config.model;
	const base = (config.baseUrl === '' ? 'https://router.huggingface.co/hf-inference' : config.baseUrl).replace(/\/+$/, '');
	const url = `${base}/models/${model.split('/').map(encodeURIComponent).join('/')}/pipeline/feature-extraction`;
	const credential = credentialOf(config, 'huggingface_hub', 'HF_TOKEN');

	async function request(texts: readonly string[], signal: AbortSignal | undefined): Promise<readonly unknown[]> {
		const body = JSON.stringify({ inputs: texts, truncate: true });
		const answer = await postForJson({ provider: 'huggingface_hub', credential: 'HF_TOKEN', url, headers: credential(), body, signal, pauseMs });
		return Array.isArray(answer) ? answer.map(pooled) : [];
	}

	return createRemoteEmbedder({ provider: 'huggingface_hub', model, limits: { texts: 32, characters: 100_000, charactersOfText: 16_000 }, request });
}

/** Some models answer with a vector a token, some with one more list around it: the mean stands for the text. */
function pooled(row: unknown): unknown {
	if (!Array.isArray(row) || !Array.isArray(row[0])) return row;
	if (row.length === 1) return pooled(row[0]);
	const tokens: unknown[] = row;
	const width = row[0].length;
	const sums = new Array<number>(width).fill(0);
	for (const token of tokens) if (Array.isArray(token)) sums.forEach((sum, at) => (sums[at] = sum + Number(token[at])));
	return sums.map((sum) => sum / tokens.length);
}
