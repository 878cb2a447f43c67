import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cancelled, UserError } from '../../src/core/errors';
import { createLocalEmbedder, localModel } from '../../src/embed/localEmbedder';

const model = localModel(join(__dirname, '..', '..'));
const texts = [
	'function parse headers split line at colon and trim',
	'reads the http header lines of a request',
	'draw a red circle on the canvas',
	'a',
	'',
	'delete the user account and all sessions of it from the database, then tell the administrator by mail',
];

describe('local embedder', () => {
	const embedder = createLocalEmbedder({ ...model, threads: 1 });
	after(() => embedder.close());

	it('gives vectors of unit length and of the length it says', async () => {
		const vectors = await embedder.embed(texts);
		assert.equal(vectors.length, texts.length);
		for (const vector of vectors) {
			assert.equal(vector.length, await embedder.dimensions());
			assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
		}
	});

	it('brings near what means the same', async () => {
		const [code, question, other] = await embedder.embed(texts);
		assert.ok(cosine(code, question) > cosine(code, other) + 0.2);
		assert.ok(cosine(code, question) > cosine(question, other) + 0.2);
	});

	it('keeps the order, and gives a text among others the vector it has alone', async () => {
		const together = await embedder.embed(texts);
		for (const [index, text] of texts.entries()) {
			const [alone] = await embedder.embed([text]);
			assert.ok(cosine(alone, together[index]) > 0.9999, text);
		}
	});

	it('gives nearly the same vectors in WebAssembly', async () => {
		const wasm = createLocalEmbedder({ ...model, runtime: 'wasm', threads: 1 });
		const [native, web] = [await embedder.embed(texts), await wasm.embed(texts)];
		// Their 8-bit kernels round differently.
		for (const [index, vector] of native.entries()) assert.ok(cosine(vector, web[index]) > 0.95);
		await wasm.close();
	});

	it('cuts what is longer than the window', async () => {
		const [long, longer] = await embedder.embed(['word '.repeat(200), 'word '.repeat(100_000)]);
		assert.ok(cosine(long, longer) > 0.999);
	});

	it('stops between texts', async () => {
		const stop = new AbortController();
		const running = embedder.embed(new Array<string>(400).fill(texts[0] ?? ''), stop.signal);
		stop.abort();
		await assert.rejects(running, Cancelled);
		await assert.rejects(embedder.embed(['a'], AbortSignal.abort()), Cancelled);
	});

	it('finishes what runs before it closes', async () => {
		const closing = createLocalEmbedder({ ...model, threads: 1 });
		await closing.embed(['a']);
		const running = closing.embed(new Array<string>(50).fill('some text'));
		await closing.close();
		await assert.rejects(running, Cancelled);
		await assert.rejects(closing.embed(['a']), Cancelled);
	});

	it('embeds nothing without loading anything', async () => {
		const missing = createLocalEmbedder({ modelDir: '/nowhere', wasmDir: '/nowhere' });
		assert.deepEqual(await missing.embed([]), []);
		assert.equal(await missing.dimensions(), 384);
		await missing.close();
	});

	it('says which model does not load and what to do', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'model-'));
		const broken = createLocalEmbedder({ ...model, wasmDir: folder, runtime: 'wasm' });
		await assert.rejects(broken.embed(['a']), (cause) => cause instanceof UserError && /MiniLM.*does not load/.test(cause.message));
		await broken.close();
		rmSync(folder, { recursive: true });
	});
});

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
	assert.ok(a !== undefined && b !== undefined);
	return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
