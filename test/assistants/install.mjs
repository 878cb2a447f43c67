// Assistants' command lines, each in a folder of its own in the cache of the tests' tools. Nothing of the user's is touched.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, nodeVersion, npmInstall, onPath, withLock } from '../../scripts/testTools.mjs';

const versions = JSON.parse(readFileSync(path.join(import.meta.dirname, 'versions.json'), 'utf8'));

export const assistantNames = Object.keys(versions);

/**
 * Installs an assistant where it is not there yet. Returns `version`, `bin` (folder of its programs) and `node` (what runs its scripts).
 * `ready` is written last, so that an interrupted installation is started again. One attempt: a registry that does not answer is an error.
 */
export async function installAssistant(name, { newest = false, log = console.log } = {}) {
	const spec = versions[name];
	const version = newest ? newestVersion(spec) : spec.version;
	const folder = path.join(cacheFolder(), 'assistants', `${name}-${version}`);
	const ready = path.join(folder, 'ready');
	if (!existsSync(ready)) {
		await withLock(`assistant-${name}`, () => {
			if (existsSync(ready)) return;
			log(`installing ${name} ${version} into ${folder} (once)`);
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			if (spec.npm === undefined) installByPip(folder, `${spec.pip}==${version}`);
			else installByNpm(folder, spec, version);
			writeFileSync(ready, `${version}\n`);
		});
	}
	const bin = path.join(folder, spec.npm === undefined ? 'venv/bin' : 'node_modules/.bin');
	return { version, bin, node: needsNode(spec) ? path.join(folder, nodePackage, 'bin/node') : process.execPath };
}

const nodePackage = `node_modules/node-${process.platform}-${process.arch}`;

/** True for an assistant that wants a newer Node than the one that runs the tests. npm would silently take an older version of the assistant. */
function needsNode({ node = 0 }) {
	return Number(process.versions.node.split('.')[0]) < node;
}

function installByNpm(folder, spec, version) {
	const manifest = { name: 'assistant-for-tests', private: true, allowScripts: { [`${spec.npm}@${version}`]: true } };
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
	if (needsNode(spec)) npmInstall(folder, `${path.basename(nodePackage)}@${nodeVersion}`, process.env);
	npmInstall(folder, `${spec.npm}@${version}`, process.env);
}

function installByPip(folder, what) {
	if (onPath('python3') === undefined) throw new Error(`${what} needs Python: install python3 with its venv module.`);
	runOrThrow('python3', ['-m', 'venv', path.join(folder, 'venv')]);
	runOrThrow(path.join(folder, 'venv/bin/pip'), ['install', '--quiet', '--disable-pip-version-check', what]);
}

function newestVersion({ npm, pip }) {
	if (npm !== undefined) return runOrThrow('npm', ['view', npm, 'version']).trim().split('\n').at(-1);
	const found = /\(([^)]+)\)/.exec(runOrThrow('python3', ['-m', 'pip', 'index', 'versions', pip]));
	if (found === null) throw new Error(`PyPI names no version of ${pip}.`);
	return found[1];
}

function runOrThrow(program, args) {
	const done = spawnSync(program, args, { encoding: 'utf8', timeout: 900_000 });
	if (done.status === 0) return done.stdout;
	throw new Error(
		`"${[program, ...args].join(' ')}" failed: ${done.error?.message ?? `${done.stdout}${done.stderr}`.trim().split('\n').slice(-10).join('\n')}`,
	);
}
