import { z } from 'zod';
import { api } from '../core/api';
import { fitted, servedText } from './servedText';
import { defineTool } from './tool';

/** Tokens that the documents of one answer may take together; details are asked for on purpose, so there is more room than in a search. */
const budget = 12_000;

const input = z.object({
	ids: z.array(z.string()).min(1).max(100).describe('Ids from a search'),
	collection_name: z.string().default('codebase_v1'),
});

const output = z.object({
	documents: z.array(z.object({ id: z.string(), document: z.string(), metadata: z.record(z.string(), z.unknown()) })),
	missing: api.getDocuments.output.shape.missing,
});

export const getDocuments = defineTool({
	name: 'chroma_get_documents',
	title: 'Get documents by id',
	description: 'Returns whole documents with their metadata by id, after a search named them.',
	input,
	output,
	annotations: { readOnlyHint: true, openWorldHint: false },
	async run(app, { ids, collection_name }, { signal }) {
		const found = await app.getDocuments({ collection: collection_name, ids }, signal === undefined ? {} : { signal });
		const texts = fitted(
			found.documents.map((row) => row.document),
			budget,
		);
		const documents = found.documents.map((row, index) => ({ ...row, document: texts[index] ?? '' }));
		const served = documents.map((row) => ({ origin: originOf(collection_name, row.id, row.metadata), attributes: { id: row.id }, text: row.document }));
		const missing = found.missing.length === 0 ? [] : [`Not in ${collection_name}: ${found.missing.join(', ')}`];
		return { text: [...(served.length === 0 ? [] : [servedText(served)]), ...missing].join('\n'), data: { documents, missing: found.missing } };
	},
});

function originOf(collection: string, id: string, metadata: Readonly<Record<string, string | number | boolean>>): string {
	const path = metadata['file_path'];
	if (path === undefined || path === '') return `${collection}/${id}`;
	return `${String(path)}:${String(metadata['start_line'] ?? 0)}-${String(metadata['end_line'] ?? 0)}`;
}
