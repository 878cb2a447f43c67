// node esbuild.config.mjs [--production] [--watch]: bundles of src and the assets that lie beside them, in dist/.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = import.meta.dirname;
const require = createRequire(import.meta.url);

/** Packages with native code or data of their own: they are found in node_modules at run time. */
const external = ['onnxruntime-node', '@photostructure/sqlite', 'chromadb-js-bindings-*', '@chroma-core/*', 'node-llama-cpp'];

/** One grammar a language of src/code/languages.ts. */
export const grammars = 'typescript tsx javascript python go rust java c cpp c_sharp ruby php bash json yaml html css markdown kotlin swift scala lua'.split(
	' ',
);

/** Node programs by entry. `vscode` is external for the extension alone, so that a leak into another program fails the build. */
const programs = [
	{ entry: 'src/extension.ts', out: 'extension.cjs', external: [...external, 'vscode'] },
	{ entry: 'src/cli/main.ts', out: 'cli.cjs', external, shebang: true },
	{ entry: 'src/mcpBridge/main.ts', out: 'mcp.cjs', external },
	{ entry: 'src/daemon/main.ts', out: 'daemon.cjs', external },
	{ entry: 'src/store/chroma/chromaHost.ts', out: 'chromaHost.cjs', external },
];

/**
 * Builds everything once into `outdir` and returns the esbuild metafiles, one a bundle.
 * Throws when a bundle does not build; esbuild has then printed why.
 */
export async function build({ production = false, outdir = path.join(root, 'dist') } = {}) {
	copyAssets(outdir);
	const results = await Promise.all(bundles(production, outdir).map((options) => esbuild.build(options)));
	markExecutable(outdir);
	return results.map((result) => result.metafile);
}

async function watch(outdir) {
	copyAssets(outdir);
	for (const options of bundles(false, outdir)) {
		const context = await esbuild.context({ ...options, logLevel: 'info' });
		await context.watch();
	}
	console.log('watching; Ctrl-C stops');
}

function bundles(production, outdir) {
	const common = {
		absWorkingDir: root,
		bundle: true,
		minify: production,
		keepNames: true,
		sourcemap: production ? false : 'linked',
		legalComments: 'none', // the licences of what is bundled are collected into one file when the extension is packaged
		metafile: true,
		logLevel: 'warning',
	};
	const node = programs.map((program) => nodeBundle(common, program, outdir));
	const pages = webviewEntries();
	if (pages.length === 0) return node;
	return [...node, { ...common, entryPoints: pages, outdir: path.join(outdir, 'webview'), platform: 'browser', format: 'iife', target: 'chrome128' }];
}

function nodeBundle(common, { entry, out, external, shebang }, outdir) {
	// Packages written as ES modules ask for import.meta.url; a CommonJS bundle answers with its own place.
	const banner = "const __importMetaUrl=require('url').pathToFileURL(__filename).href;";
	return {
		...common,
		entryPoints: [entry],
		outfile: path.join(outdir, out),
		external,
		platform: 'node',
		format: 'cjs',
		target: 'node20.18',
		define: { 'import.meta.url': '__importMetaUrl' },
		banner: { js: shebang === true ? `#!/usr/bin/env node\n${banner}` : banner },
	};
}

function webviewEntries() {
	const folder = path.join(root, 'src/views/webview');
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
		.map((name) => `src/views/webview/${name}`);
}

function copyAssets(outdir) {
	const grammarFolder = path.join(path.dirname(require.resolve('@cursorless/tree-sitter-wasms/package.json')), 'out');
	const ortFolder = path.dirname(require.resolve('onnxruntime-web'));
	// Not bundled: it has to be loaded anew, from its own file, after a grammar has trapped.
	copy(require.resolve('web-tree-sitter'), path.join(outdir, 'web-tree-sitter.cjs'));
	copy(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), path.join(outdir, 'web-tree-sitter.wasm'));
	for (const grammar of grammars) copy(path.join(grammarFolder, `tree-sitter-${grammar}.wasm`), path.join(outdir, 'grammars', `tree-sitter-${grammar}.wasm`));
	for (const name of ['ort.wasm.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'])
		copy(path.join(ortFolder, name), path.join(outdir, 'ort', name));
}

/** Copies unless the same bytes lie there already, as far as size and time can tell. */
function copy(from, to) {
	const source = statSync(from);
	const target = statSync(to, { throwIfNoEntry: false });
	if (target !== undefined && target.size === source.size && target.mtimeMs >= source.mtimeMs) return;
	mkdirSync(path.dirname(to), { recursive: true });
	copyFileSync(from, to);
}

function markExecutable(outdir) {
	const cli = path.join(outdir, 'cli.cjs');
	if (existsSync(cli)) chmodSync(cli, 0o755);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const outdir = path.join(root, 'dist');
	if (process.argv.includes('--watch')) await watch(outdir);
	else await buildAndReport(outdir);
}

async function buildAndReport(outdir) {
	const start = performance.now();
	const metafiles = await build({ production: process.argv.includes('--production'), outdir }).catch((error) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	});
	for (const metafile of metafiles) {
		for (const [file, { bytes }] of Object.entries(metafile.outputs)) if (!file.endsWith('.map')) console.log(`${file} ${Math.ceil(bytes / 1024)} KiB`);
	}
	console.log(`built in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
