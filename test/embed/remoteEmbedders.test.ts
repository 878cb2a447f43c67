import assert from 'node:assert/strict';
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cancelled, UserError } from '../../src/core/errors';
import { EmbeddingConfig } from '../../src/core/settings';
import { createHuggingfaceEmbedder } from '../../src/embed/huggingfaceEmbedder';
import { createOpenaiEmbedder } from '../../src/embed/openaiEmbedder';
import { createVertexEmbedder } from '../../src/embed/vertexEmbedder';
import { fakeService, type Answer, type FakeService, type SeenRequest } from './fakeService';

const pauseMs = 1;

describe('remote embedders', () => {
	let service: FakeService;
	afterEach(() => service.close());

	async function serve(answer: (request: SeenRequest, count: number) => Answer): Promise<EmbeddingConfig> {
		service = await fakeService(answer);
		return EmbeddingConfig.parse({ baseUrl: service.url, apiKey: 'sk-secret-key' });
	}

	describe('openai', () => {
		it('sends key, model and texts, and puts the answer in order', async () => {
			const embedder = createOpenaiEmbedder(await serve((request) => openaiAnswer(request, true)), pauseMs);
			assert.deepEqual((await embedder.embed(['bb', 'a', ''])).map(rounded), [
				[0.89, 0.45],
				[0.71, 0.71],
				[0.71, 0.71],
			]);
			const [request] = service.seen;
			assert.ok(request);
			assert.equal(request.path, '/v1/embeddings');
			assert.equal(request.headers.authorization, 'Bearer sk-secret-key');
			assert.deepEqual(JSON.parse(request.body), { model: 'text-embedding-3-small', input: ['bb', 'a', '.'], encoding_format: 'float' });
			assert.equal(await embedder.dimensions(), 2);
		});

		it('sends many texts in several requests', async () => {
			const embedder = createOpenaiEmbedder(await serve((request) => openaiAnswer(request)), pauseMs);
			const texts = Array.from({ length: 300 }, (_, index) => 'x'.repeat((index % 5) + 1));
			const vectors = await embedder.embed(texts);
			assert.equal(service.seen.length, 3);
			assert.deepEqual(vectors.slice(0, 5).map(rounded), [
				[0.71, 0.71],
				[0.89, 0.45],
				[0.95, 0.32],
				[0.97, 0.24],
				[0.98, 0.2],
			]);
			assert.deepEqual(vectors[299], vectors[4]);
		});

		it('takes a base URL that ends in /v1', async () => {
			const config = await serve((request) => openaiAnswer(request));
			await createOpenaiEmbedder({ ...config, baseUrl: `${config.baseUrl}/v1/`, model: 'other', apiKey: '' }, pauseMs).embed(['a']);
			assert.equal(service.seen[0]?.path, '/v1/embeddings');
			assert.equal(service.seen[0].headers.authorization, undefined);
			assert.match(service.seen[0].body, /"model":"other"/);
		});

		it('tries again when the service is busy', async () => {
			const busy: Answer = { status: 429, headers: { 'retry-after': '0' }, body: { error: { message: 'slow down' } } };
			const embedder = createOpenaiEmbedder(
				await serve((request, count) => (count === 1 ? busy : count === 2 ? { status: 503, body: 'down' } : openaiAnswer(request))),
				pauseMs,
			);
			assert.equal((await embedder.embed(['a'])).length, 1);
			assert.equal(service.seen.length, 3);
		});

		it('waits at least as long as the service asks for', async () => {
			const embedder = createOpenaiEmbedder(
				await serve((request, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '0.2' }, body: {} } : openaiAnswer(request))),
				pauseMs,
			);
			const start = Date.now();
			await embedder.embed(['a']);
			assert.ok(Date.now() - start >= 195);
		});

		it('gives up on a service that stays busy', async () => {
			const embedder = createOpenaiEmbedder(await serve(() => ({ status: 429, body: { error: { message: 'quota' } } })), pauseMs);
			await assert.rejects(embedder.embed(['a']), userError(/openai is still busy after 5 tries.*quota/));
			assert.equal(service.seen.length, 5);
		});

		it('does not try a refused key again, and does not repeat it', async () => {
			const embedder = createOpenaiEmbedder(
				await serve(() => ({ status: 401, body: { error: { message: 'Incorrect API key provided: sk-secret-key.' } } })),
				pauseMs,
			);
			await assert.rejects(embedder.embed(['a']), (cause) => {
				assert.ok(cause instanceof UserError);
				assert.match(cause.message, /openai refused the credentials.*Check OPENAI_API_KEY/);
				assert.doesNotMatch(cause.message, /secret/);
				return true;
			});
			assert.equal(service.seen.length, 1);
		});

		it('refuses an answer with too few vectors, or with none', async () => {
			const few = createOpenaiEmbedder(await serve(() => ({ body: { data: [{ index: 0, embedding: [1] }] } })), pauseMs);
			await assert.rejects(few.embed(['a', 'b']), userError(/2 texts with 1 vectors/));
			await service.close();
			const odd = createOpenaiEmbedder(await serve(() => ({ body: { data: [{ index: 0, embedding: ['x'] }] } })), pauseMs);
			await assert.rejects(odd.embed(['a']), userError(/no vector/));
			await service.close();
			const page = createOpenaiEmbedder(await serve(() => ({ body: '<html>' })), pauseMs);
			await assert.rejects(page.embed(['a']), userError(/openai/));
		});

		it('says that a service cannot be reached', async () => {
			const config = await serve(() => ({ body: {} }));
			await service.close();
			await assert.rejects(createOpenaiEmbedder(config, pauseMs).embed(['a']), userError(/openai at 127\.0\.0\.1:\d+ cannot be reached.*ECONNREFUSED/));
		});

		it('needs a key for its own endpoint', async () => {
			await serve(() => ({ body: {} }));
			await assert.rejects(createOpenaiEmbedder(EmbeddingConfig.parse({})).embed(['a']), userError(/OPENAI_API_KEY/));
		});

		it('stops when told to, while it waits too', async () => {
			const stop = new AbortController();
			const embedder = createOpenaiEmbedder(
				await serve(() => {
					setTimeout(() => stop.abort(), 20);
					return { status: 429, headers: { 'retry-after': '30' }, body: {} };
				}),
				pauseMs,
			);
			await assert.rejects(embedder.embed(['a'], stop.signal), Cancelled);
		});
	});

	describe('huggingface_hub', () => {
		it('sends token and texts to the model', async () => {
			const embedder = createHuggingfaceEmbedder(
				await serve(() => ({
					body: [
						[3, 4],
						[0, 2],
					],
				})),
				pauseMs,
			);
			assert.deepEqual((await embedder.embed(['a', 'b'])).map(rounded), [
				[0.6, 0.8],
				[0, 1],
			]);
			assert.equal(service.seen[0]?.path, '/models/sentence-transformers/all-MiniLM-L6-v2/pipeline/feature-extraction');
			assert.equal(service.seen[0].headers.authorization, 'Bearer sk-secret-key');
			assert.deepEqual(JSON.parse(service.seen[0].body), { inputs: ['a', 'b'], truncate: true });
		});

		it('takes the mean of vectors of tokens', async () => {
			const embedder = createHuggingfaceEmbedder(
				await serve(() => ({
					body: [
						[
							[1, 0],
							[0, 1],
						],
						[
							[
								[0, 5],
								[0, 7],
							],
						],
					],
				})),
				pauseMs,
			);
			assert.deepEqual((await embedder.embed(['a', 'b'])).map(rounded), [
				[0.71, 0.71],
				[0, 1],
			]);
		});

		it('waits for a model that is being loaded', async () => {
			const loading: Answer = { status: 503, body: { error: 'Model is currently loading', estimated_time: 20 } };
			const embedder = createHuggingfaceEmbedder(await serve((_, count) => (count === 1 ? loading : { body: [[1, 0]] })), pauseMs);
			assert.equal((await embedder.embed(['a'])).length, 1);
		});

		it('names the setting when the model is unknown', async () => {
			const embedder = createHuggingfaceEmbedder(await serve(() => ({ status: 404, body: { error: 'Model not found' } })), pauseMs);
			await assert.rejects(embedder.embed(['a']), userError(/huggingface_hub.*Model not found.*codelearn\.embedding\.model/));
		});
	});

	describe('vertex_ai', () => {
		const { privateKey, publicKey } = generateKeyPairSync('rsa', {
			modulusLength: 2048,
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
			publicKeyEncoding: { type: 'spki', format: 'pem' },
		});
		let folder = '';
		beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vertex-'))));
		afterEach(() => rmSync(folder, { recursive: true }));

		async function vertex(answer: (request: SeenRequest, count: number) => Answer, model = ''): Promise<EmbeddingConfig> {
			const config = await serve((request, count) =>
				request.path === '/token' ? { body: { access_token: 'granted', expires_in: 3600 } } : answer(request, count),
			);
			const file = join(folder, 'key.json');
			const key = {
				type: 'service_account',
				project_id: 'shop',
				client_email: 'a@shop.iam',
				private_key: privateKey,
				private_key_id: 'k1',
				token_uri: `${config.baseUrl}/token`,
			};
			writeFileSync(file, JSON.stringify(key));
			return { ...config, credentialsFile: file, apiKey: '', model };
		}

		it('signs for a token, keeps it, and asks the model of the project', async () => {
			const embedder = createVertexEmbedder(await vertex(vertexAnswer), pauseMs);
			assert.deepEqual((await embedder.embed(['a', 'bb'])).map(rounded), [
				[0.71, 0.71],
				[0.89, 0.45],
			]);
			await embedder.embed(['c']);
			const [token, first, second] = service.seen;
			assert.equal(service.seen.length, 3);
			const form = new URLSearchParams(token?.body);
			assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
			const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
			assert.ok(createVerify('RSA-SHA256').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url'));
			assert.deepEqual(decoded(header), { alg: 'RS256', typ: 'JWT', kid: 'k1' });
			const said = decoded(claims) as Record<string, unknown>;
			assert.equal(said['iss'], 'a@shop.iam');
			assert.equal(said['aud'], `${service.url}/token`);
			assert.equal(said['scope'], 'https://www.googleapis.com/auth/cloud-platform');
			assert.equal(Number(said['exp']) - Number(said['iat']), 3600);
			assert.equal(first?.path, '/v1/projects/shop/locations/us-central1/publishers/google/models/text-embedding-005:predict');
			assert.equal(first.headers.authorization, 'Bearer granted');
			assert.deepEqual(JSON.parse(first.body), {
				instances: [
					{ content: 'a', task_type: 'SEMANTIC_SIMILARITY' },
					{ content: 'bb', task_type: 'SEMANTIC_SIMILARITY' },
				],
				parameters: { autoTruncate: true },
			});
			assert.equal(second?.headers.authorization, 'Bearer granted');
		});

		it('sends the Gemini models one text at a time', async () => {
			const embedder = createVertexEmbedder(await vertex(vertexAnswer, 'gemini-embedding-001'), pauseMs);
			assert.equal((await embedder.embed(['a', 'b', 'c'])).length, 3);
			assert.equal(service.seen.length, 4);
		});

		it('names the credentials when they are refused', async () => {
			const embedder = createVertexEmbedder(await vertex(() => ({ status: 403, body: { error: { code: 403, message: 'Permission denied' } } })), pauseMs);
			await assert.rejects(embedder.embed(['a']), userError(/vertex_ai refused.*Permission denied.*GOOGLE_APPLICATION_CREDENTIALS/));
		});

		it('says what is wrong with the key file', async () => {
			const config = await vertex(vertexAnswer);
			const wrong = async (text: string | undefined, message: RegExp) => {
				if (text !== undefined) writeFileSync(config.credentialsFile, text);
				await assert.rejects(createVertexEmbedder(text === undefined ? { ...config, credentialsFile: '' } : config, pauseMs).embed(['a']), userError(message));
			};
			await wrong(undefined, /GOOGLE_APPLICATION_CREDENTIALS/);
			await wrong('not json', /cannot be read as JSON/);
			await wrong('{"project_id":"a"}', /has no client_email/);
			await wrong('{"project_id":"a","client_email":"b","private_key":"c"}', /cannot be used to sign/);
		});
	});
});

/** Each text's vector is [its length, 1]. */
function openaiAnswer(request: SeenRequest, backwards = false): Answer {
	const { input } = JSON.parse(request.body) as { input: string[] };
	const data = input.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 1] }));
	return { body: { object: 'list', data: backwards ? data.reverse() : data, model: 'm', usage: {} } };
}

function vertexAnswer(request: SeenRequest): Answer {
	const { instances } = JSON.parse(request.body) as { instances: { content: string }[] };
	return { body: { predictions: instances.map(({ content }) => ({ embeddings: { values: [content.length, 1], statistics: { truncated: false } } })) } };
}

function rounded(vector: Float32Array): number[] {
	return Array.from(vector, (value) => Math.round(value * 100) / 100);
}

function decoded(part: string): unknown {
	return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

function userError(message: RegExp): (cause: unknown) => boolean {
	return (cause) => {
		assert.ok(cause instanceof UserError, String(cause));
		assert.match(cause.message, message);
		return true;
	};
}
