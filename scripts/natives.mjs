import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, withLock } from './testTools.mjs';

const root = path.dirname(import.meta.dirname);
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;

/** What each platform needs of the packages with native code; undefined where its maker publishes none. */
export const targets = {
	'linux-x64': { chroma: 'chromadb-js-bindings-linux-x64-gnu', ort: 'linux/x64' },
	'linux-arm64': { chroma: 'chromadb-js-bindings-linux-arm64-gnu', ort: 'linux/arm64' },
	'darwin-x64': { chroma: 'chromadb-js-bindings-darwin-x64', ort: undefined },
	'darwin-arm64': { chroma: 'chromadb-js-bindings-darwin-arm64', ort: 'darwin/arm64' },
	'win32-x64': { chroma: 'chromadb-js-bindings-win32-x64-msvc', ort: 'win32/x64' },
	'win32-arm64': { chroma: undefined, ort: 'win32/arm64' },
};

/** The CPU provider needs none of DirectML's libraries, and the unversioned dylib is the one that is loaded. */
const unusedOrt = ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'libonnxruntime.1.30.0.dylib'];

/**
 * Puts the native packages of one platform into a node_modules folder, without what only developers need.
 * The Chroma binding stays as published. Returns sentences about what the platform lacks.
 */
export async function copyNatives(target, nodeModules) {
	const { chroma, ort } = targets[target];
	const lacks = [];
	if (chroma === undefined) lacks.push('no Chroma server is published for it: set codelearn.chroma.command or a server by HTTP');
	else copyPackage(await packageFolder(chroma), nodeModules, chroma);
	if (ort === undefined) lacks.push('no native ONNX Runtime is published for it: embeddings are computed by WebAssembly');
	else await copyOrt(ort, nodeModules);
	const sqlite = await packageFolder('@photostructure/sqlite');
	copyPackage(sqlite, nodeModules, '@photostructure/sqlite', ['dist', 'LICENSE', `prebuilds/${target}`], (file) => !file.includes('.musl.'));
	copyPackage(await packageFolder('node-gyp-build'), nodeModules, 'node-gyp-build');
	return lacks;
}

async function copyOrt(platform, nodeModules) {
	const bin = `bin/napi-v6/${platform}`;
	copyPackage(await packageFolder('onnxruntime-node'), nodeModules, 'onnxruntime-node', ['dist', bin], (file) => !unusedOrt.includes(path.basename(file)));
	copyPackage(await packageFolder('onnxruntime-common'), nodeModules, 'onnxruntime-common', ['dist/cjs']);
}

function copyPackage(from, nodeModules, name, parts = ['.'], keep = () => true) {
	const to = path.join(nodeModules, name);
	mkdirSync(to, { recursive: true });
	const filter = (file) => !/\.(map|[cm]?ts|pdb)$/.test(file) && keep(file);
	for (const part of ['package.json', ...parts]) cpSync(path.join(from, part), path.join(to, part), { recursive: true, filter });
}

/** The installed package, which `npm ci` has checked against the lock file; else the locked version from the registry. */
async function packageFolder(name) {
	const entry = lock[`node_modules/${name}`];
	if (entry === undefined) throw new Error(`${name} is not in package-lock.json. Add it to the dependencies and run "npm install".`);
	const installed = path.join(root, 'node_modules', name);
	if (existsSync(installed) && JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')).version === entry.version) return installed;
	return withLock('natives', () => fetchPackage(name, entry));
}

/** Downloads and unpacks once; a package whose bytes are not those of the lock file is refused. */
function fetchPackage(name, { version, integrity }) {
	const folder = path.join(cacheFolder(), 'natives', `${name.replace('/', '+')}@${version}`);
	if (existsSync(folder)) return folder;
	const work = `${folder}.${process.pid}`;
	mkdirSync(path.join(work, 'unpacked'), { recursive: true });
	try {
		const args = ['pack', `${name}@${version}`, '--json', '--ignore-scripts', '--pack-destination', work];
		const [{ filename }] = JSON.parse(
			execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell: process.platform === 'win32' }),
		);
		const archive = path.join(work, path.basename(filename));
		const digest = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
		if (digest !== integrity) throw new Error(`${name}@${version} from the registry does not have the integrity that package-lock.json names. It is not used.`);
		execFileSync('tar', ['xzf', archive, '-C', path.join(work, 'unpacked'), '--strip-components=1']);
		renameSync(path.join(work, 'unpacked'), folder);
		return folder;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}
