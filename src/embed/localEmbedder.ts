import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Cancelled } from '../core/errors';
import type { Embedder } from '../core/ports';
import { openOnnxSession, type OnnxSession } from './onnxSession';
import { createWordPiece, type WordPiece } from './wordPiece';

export interface LocalEmbedderOptions {
	/** Holds all-MiniLM-L6-v2.int8.onnx and vocab.txt. */
	readonly modelDir: string;
	/** Files of onnxruntime-web, for machines where the native module does not load. */
	readonly wasmDir: string;
	/** Threads of one computation; one core is left to the editor unless said. */
	readonly threads?: number;
	/** Only this runtime, with no fallback. */
	readonly runtime?: OnnxSession['runtime'];
}

/** Model and runtime files of an installation: beside the bundles where they were built, in node_modules otherwise. `root` holds package.json. */
export function localModel(root: string): LocalEmbedderOptions {
	const built = join(root, 'dist', 'ort');
	const wasmDir = existsSync(join(built, 'ort.wasm.min.js')) ? built : join(root, 'node_modules', 'onnxruntime-web', 'dist');
	return { modelDir: join(root, 'resources', 'model'), wasmDir };
}

/**
 * all-MiniLM-L6-v2 on this machine. Nothing is loaded before the first call.
 * Texts go through the model one by one: in a batch its 8-bit arithmetic would make the vector of a text depend on its neighbours,
 * and on a processor a batch is no faster.
 */
export function createLocalEmbedder(options: LocalEmbedderOptions): Embedder {
	let loading: Promise<Loaded> | undefined;
	let closed = false;
	let last: Promise<unknown> = Promise.resolve();

	function loaded(): Promise<Loaded> {
		if (closed) throw new Cancelled();
		loading ??= load(options).catch((cause: unknown) => {
			loading = undefined;
			throw cause;
		});
		return loading;
	}

	/** One text at a time, whoever asks: a question waits for one text of a running index, and closing waits for the last. */
	function inTurn(run: () => Promise<Float32Array>): Promise<Float32Array> {
		const mine = last.then(run);
		last = mine.catch(() => undefined);
		return mine;
	}

	async function embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
		if (texts.length === 0) return [];
		const { words, session } = await loaded();
		const vectors: Float32Array[] = [];
		for (const text of texts) {
			if (signal?.aborted || closed) throw new Cancelled();
			vectors.push(await inTurn(() => session.run(words.encode(text, windowTokens))));
			// The WebAssembly runtime computes on this thread: let the rest of the process have its turn.
			await setImmediate();
		}
		return vectors;
	}

	return {
		model: 'all-MiniLM-L6-v2',
		dimensions: () => Promise.resolve(384),
		embed,
		async close() {
			closed = true;
			const open = await loading?.catch(() => undefined);
			await last;
			await open?.session.close();
		},
	};
}

interface Loaded {
	readonly words: WordPiece;
	readonly session: OnnxSession;
}

/** Beyond it vectors cost more and find nothing better. */
const windowTokens = 128;

async function load(options: LocalEmbedderOptions): Promise<Loaded> {
	const vocabulary = await readFile(join(options.modelDir, 'vocab.txt'), 'utf8');
	const session = await openOnnxSession({
		model: join(options.modelDir, 'all-MiniLM-L6-v2.int8.onnx'),
		wasmDir: options.wasmDir,
		threads: options.threads ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
		runtime: options.runtime,
	});
	return { words: createWordPiece(vocabulary), session };
}
