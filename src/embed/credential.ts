import { UserError } from '../core/errors';
import type { EmbeddingConfig } from '../core/settings';

/** Headers of a request with a key. A key is needed unless the endpoint is the user's own. */
export function credentialOf(config: EmbeddingConfig, provider: string, variable: string): () => Record<string, string> {
	return () => {
		if (config.apiKey === '' && config.baseUrl === '')
			throw new UserError(`The embedding provider ${provider} needs a key. Set ${variable}, or choose another codelearn.embedding.provider.`);
		return { 'content-type': 'application/json', ...(config.apiKey === '' ? {} : { authorization: `Bearer ${config.apiKey}` }) };
	};
}
