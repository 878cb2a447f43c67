// node scripts/package.mjs [--target linux-x64|…|all]: the extension as .vsix, for this platform unless told otherwise.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { build } from '../esbuild.config.mjs';
import { copyNatives, targets } from './natives.mjs';
import { runOrThrow } from './run.mjs';
import { withLock } from './testTools.mjs';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

const root = path.dirname(import.meta.dirname);
const out = path.join(root, 'out');

/** What an installed extension needs of package.json. The rest is for people who build it. */
const left = ['private', 'scripts', 'dependencies', 'devDependencies', 'overrides', 'allowScripts', 'files', 'bin'];

/** Packages the extension for one platform after another and returns the files' paths. */
export function packageExtension(names = [currentTarget()]) {
	return withLock('package', () => packageAll(names)); // two runs in one checkout share the folders below
}

async function packageAll(names) {
	const bundles = path.join(out, 'production');
	rmSync(bundles, { recursive: true, force: true });
	const metafiles = await build({ production: true, outdir: bundles });
	const files = [];
	for (const name of names) files.push(await packageFor(name, bundles, metafiles));
	return files;
}

async function packageFor(target, bundles, metafiles) {
	const stage = path.join(out, 'stage', target);
	rmSync(stage, { recursive: true, force: true });
	mkdirSync(stage, { recursive: true });
	cpSync(bundles, path.join(stage, 'dist'), { recursive: true });
	for (const name of ['resources', 'media', 'README.md', 'CHANGELOG.md', 'LICENSE', 'NOTICE', '.vscodeignore']) copyIfPresent(name, stage);
	const lacks = await copyNatives(target, path.join(stage, 'dist/node_modules'));
	for (const sentence of lacks) console.warn(`${target}: ${sentence}`);
	const shipped = ['web-tree-sitter', '@cursorless/tree-sitter-wasms', 'onnxruntime-web', ...nativePackages(target)].map((name) =>
		path.join(root, 'node_modules', name),
	);
	writeFileSync(path.join(stage, 'ThirdPartyNotices.txt'), thirdPartyNotices(root, metafiles, shipped));
	const { version } = writeManifest(stage);
	const file = path.join(out, `codelearn-${target}-${version}.vsix`);
	const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
	const flags = ['--target', target, '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '-o', file];
	await runOrThrow(process.execPath, [vsce, 'package', ...flags], { cwd: stage, capture: true });
	rmSync(stage, { recursive: true, force: true });
	return file;
}

function nativePackages(target) {
	return [targets[target].chroma, 'onnxruntime-node', 'onnxruntime-common', '@photostructure/sqlite', 'node-gyp-build'].filter((name) => name !== undefined);
}

function writeManifest(stage) {
	const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	for (const key of left) delete manifest[key];
	writeFileSync(path.join(stage, 'package.json'), JSON.stringify(manifest, null, 2));
	return manifest;
}

function copyIfPresent(name, stage) {
	if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(stage, name), { recursive: true });
	else console.warn(`note: ${name} does not exist and is not packaged`);
}

export function currentTarget() {
	const target = `${process.platform}-${process.arch}`;
	if (!(target in targets)) throw new Error(`There is no package for ${target}. Choose one of ${Object.keys(targets).join(', ')} with --target.`);
	return target;
}

function chosenTargets(text) {
	if (text === undefined) return [currentTarget()];
	if (text === 'all') return Object.keys(targets);
	const unknown = text.split(',').filter((name) => !(name in targets));
	if (unknown.length > 0) throw new Error(`Unknown target: ${unknown.join(', ')}. Known: all, ${Object.keys(targets).join(', ')}.`);
	return text.split(',');
}

async function main() {
	const { values } = parseArgs({ options: { target: { type: 'string' } } });
	const start = performance.now();
	for (const file of await packageExtension(chosenTargets(values.target))) {
		console.log(`${path.relative(process.cwd(), file)} ${(statSync(file).size / 1e6).toFixed(1)} MB`);
	}
	console.log(`packaged in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	main().catch((cause) => {
		console.error(cause.message);
		process.exitCode = 1;
	});
}
