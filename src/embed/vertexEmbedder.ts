import type { Embedder } from '../core/ports';
import type { EmbeddingConfig } from '../core/settings';
import { createRemoteEmbedder } from './remoteEmbedder';
import { fieldOf, postForJson } from './request';
import { openServiceAccount, type ServiceAccount } from './serviceAccount';

/** Google's text embedding models on Vertex AI. A base URL with a region in its host chooses that region. */
export function createVertexEmbedder(config: EmbeddingConfig, pauseMs?: number): Embedder {
	const model = config.model === '' ? 'text-embedding-005' : config.model;
	const base = (config.baseUrl === '' ? 'https://us-central1-aiplatform.googleapis.com' : config.baseUrl).replace(/\/+$/, '');
	const region = /^https:\/\/([a-z]+(?:-[a-z]+)+\d+)-aiplatform\./.exec(base)?.[1] ?? 'us-central1';
	let account: Promise<ServiceAccount> | undefined;

	function opened(): Promise<ServiceAccount> {
		account ??= openServiceAccount(config.credentialsFile, pauseMs).catch((cause: unknown) => {
			account = undefined;
			throw cause;
		});
		return account;
	}

	async function request(texts: readonly string[], signal: AbortSignal | undefined): Promise<readonly unknown[]> {
		const google = await opened();
		const url = `${base}/v1/projects/${encodeURIComponent(google.project)}/locations/${region}/publishers/google/models/${encodeURIComponent(model)}:predict`;
		const headers = { 'content-type': 'application/json', authorization: `Bearer ${await google.token(signal)}` };
		// One vector space serves questions and documents alike, hence the symmetric task.
		const instances = texts.map((content) => ({ content, task_type: 'SEMANTIC_SIMILARITY' }));
		const body = JSON.stringify({ instances, parameters: { autoTruncate: true } });
		const answer = await postForJson({ provider: 'vertex_ai', credential: 'GOOGLE_APPLICATION_CREDENTIALS', url, headers, body, signal, pauseMs });
		const predictions = fieldOf(answer, 'predictions');
		return Array.isArray(predictions) ? predictions.map((prediction) => fieldOf(fieldOf(prediction, 'embeddings'), 'values')) : [];
	}

	// The Gemini models take one text a request; the others 20,000 tokens in all.
	const texts = model.startsWith('gemini') ? 1 : 50;
	return createRemoteEmbedder({ provider: 'vertex_ai', model, limits: { texts, characters: 40_000, charactersOfText: 8000 }, request });
}
