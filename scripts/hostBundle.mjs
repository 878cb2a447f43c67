import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const root = path.dirname(import.meta.dirname);

/**
 * Bundles a folder of tests for the extension host, one file a test file, with the runner of test/host. Returns the path that
 * extensionTestsPath takes.
 */
export async function bundleHostTests(folder = path.join(root, 'test/host'), outdir = path.join(root, 'out/host')) {
	rmSync(outdir, { recursive: true, force: true });
	await esbuild.build({
		absWorkingDir: root,
		entryPoints: [
			{ in: path.join(root, 'test/host/index.ts'), out: 'index' },
			...readdirSync(folder)
				.filter((name) => name.endsWith('.test.ts'))
				.map((name) => ({ in: path.join(folder, name), out: path.parse(name).name })),
		],
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
