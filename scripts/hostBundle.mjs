import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const root = path.dirname(import.meta.dirname);

/** Bundles test/host for the extension host, one file a test file, into out/host. Returns the path that extensionTestsPath takes. */
export async function bundleHostTests() {
	const folder = path.join(root, 'test/host');
	const outdir = path.join(root, 'out/host');
	rmSync(outdir, { recursive: true, force: true });
	await esbuild.build({
		absWorkingDir: root,
		entryPoints: readdirSync(folder)
			.filter((name) => name === 'index.ts' || name.endsWith('.test.ts'))
			.map((name) => path.join(folder, name)),
		outdir,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20.18',
		sourcemap: 'linked',
		external: ['vscode', 'mocha'],
		logLevel: 'warning',
	});
	return path.join(outdir, 'index.js');
}
