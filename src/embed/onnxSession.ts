import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf, UserError } from '../core/errors';

/** A loaded sentence model: token ids of a text to its vector. */
export interface OnnxSession {
	/** native, or wasm where the native module does not load. */
	readonly runtime: 'native' | 'wasm';
	run(ids: readonly number[]): Promise<Float32Array>;
	close(): Promise<void>;
}

export interface OnnxOptions {
	readonly model: string;
	/** Holds ort.wasm.min.js, ort-wasm-simd-threaded.mjs and ort-wasm-simd-threaded.wasm of onnxruntime-web. */
	readonly wasmDir: string;
	readonly threads: number;
	/** Takes this runtime only. */
	readonly runtime?: OnnxSession['runtime'] | undefined;
}

/** Neither runtime is bundled: both find their binaries beside their own script. */
export async function openOnnxSession(options: OnnxOptions): Promise<OnnxSession> {
	const failures: string[] = [];
	for (const runtime of options.runtime === undefined ? (['native', 'wasm'] as const) : [options.runtime]) {
		try {
			return await (runtime === 'native' ? openNative(options) : openWasm(options));
		} catch (cause) {
			failures.push(`${runtime}: ${messageOf(cause)}`);
		}
	}
	throw new UserError(
		`The bundled embedding model ${options.model} does not load (${failures.join('; ')}). Install Codelearn again, or set codelearn.embedding.provider to a service.`,
	);
}

type Ort = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor' | 'env'>;
type Session = Awaited<ReturnType<Ort['InferenceSession']['create']>>;

const hereRequire = createRequire(join(__dirname, 'onnxSession.cjs'));

async function openNative({ model, threads }: OnnxOptions): Promise<OnnxSession> {
	const ort = ortOf(hereRequire('onnxruntime-node'));
	const session = await ort.InferenceSession.create(model, {
		intraOpNumThreads: threads,
		interOpNumThreads: 1,
		executionMode: 'sequential',
		graphOptimizationLevel: 'all',
		logSeverityLevel: 3,
	});
	return sessionOf(ort, session, 'native');
}

async function openWasm({ model, wasmDir, threads }: OnnxOptions): Promise<OnnxSession> {
	const ort = ortOf(hereRequire(join(wasmDir, 'ort.wasm.min.js')));
	ort.env.wasm.numThreads = threads;
	ort.env.wasm.wasmPaths = pathToFileURL(join(wasmDir, '/')).href;
	const session = await ort.InferenceSession.create(readFileSync(model), { executionProviders: ['wasm'], logSeverityLevel: 3 });
	return sessionOf(ort, session, 'wasm');
}

function ortOf(module: unknown): Ort {
	if (isOrt(module)) return module;
	throw new Error('this is not onnxruntime');
}

function isOrt(module: unknown): module is Ort {
	return typeof module === 'object' && module !== null && 'InferenceSession' in module && 'Tensor' in module;
}

function sessionOf(ort: Ort, session: Session, runtime: OnnxSession['runtime']): OnnxSession {
	return {
		runtime,
		async run(ids) {
			const data = (await session.run(inputsOf(ort, ids)))['sentence_embedding']?.data;
			if (!(data instanceof Float32Array)) throw new Error('The model gave no sentence_embedding.');
			return data;
		},
		close: () => session.release(),
	};
}

function inputsOf({ Tensor }: Ort, ids: readonly number[]): Parameters<Session['run']>[0] {
	const shape = [1, ids.length];
	return {
		input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), shape),
		attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), shape),
	};
}
