import type { Embedder } from '../core/ports';
import type { EmbeddingConfig } from '../core/settings';
import { createHuggingfaceEmbedder } from './huggingfaceEmbedder';
import { createLocalEmbedder, type LocalEmbedderOptions } from './localEmbedder';
import { createOpenaiEmbedder } from './openaiEmbedder';
import { createVertexEmbedder } from './vertexEmbedder';

/** The embedder that the settings name. Nothing is loaded, read or sent before the first text. */
export function createEmbedder(config: EmbeddingConfig, local: LocalEmbedderOptions): Embedder {
	switch (config.provider) {
		case 'default':
			return createLocalEmbedder(local);
		case 'openai':
			return createOpenaiEmbedder(config);
		case 'huggingface_hub':
			return createHuggingfaceEmbedder(config);
		case 'vertex_ai':
			return createVertexEmbedder(config);
	}
}
