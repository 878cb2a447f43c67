// What the tests in a real editor need beyond node_modules: VS Code's server (code-server), the Node it runs on, and a browser.
// Node's own modules only, because this runs before `npm ci`.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** The major version must be the one that code-server names in its "engines". */
export const nodeVersion = '24.21.0';
/** code-server 4.139.1 is VS Code 1.139.1. */
const codeServerVersion = '4.139.1';

/** Everything downloaded lies here, outside the checkout, so that it outlives a clean clone. */
export function cacheFolder() {
	const folder = process.env.CODELEARN_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'codelearn-test');
	mkdirSync(folder, { recursive: true });
	return folder;
}

/**
 * Returns the paths of the tools, after installing what is missing: system packages by apt where this process may do so, the rest from npm.
 * Throws an error that names the command to run when something is missing that only an administrator can install.
 */
export async function ensureTestTools(log = console.log) {
	if (process.platform !== 'linux') throw new Error('The tests in a real editor run on Linux. Elsewhere, run "npm run test:unit" and "npm run test:electron".');
	return withLock('tools', () => {
		const folder = path.join(cacheFolder(), `editor-${nodeVersion}-${codeServerVersion}`);
		const ready = path.join(folder, 'ready');
		installSystemPackages(missingSystemPackages(!existsSync(ready)), log);
		if (!existsSync(ready)) installEditor(folder, ready, log);
		return { node: nodeIn(folder), codeServer: path.join(folder, 'node_modules/code-server/out/node/entry.js'), chromium: findChromium() };
	});
}

/** Debian packages that are needed and not there; the compiler and its headers only while code-server's native modules are not built. */
function missingSystemPackages(building) {
	const missing = [];
	if (findChromium() === undefined) missing.push('chromium', 'fonts-dejavu-core');
	if (!onPath('git')) missing.push('git');
	if (!building) return missing;
	if (!onPath('g++') || !onPath('make')) missing.push('build-essential');
	if (!onPath('pkg-config')) missing.push('pkg-config');
	if (!onPath('python3')) missing.push('python3');
	if (!existsSync('/usr/include/gssapi/gssapi.h')) missing.push('libkrb5-dev');
	return missing;
}

function installSystemPackages(missing, log) {
	if (missing.length === 0) return;
	const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
	if (process.getuid?.() !== 0 || !onPath('apt-get')) throw new Error(`System packages are missing. As an administrator, run: ${command}`);
	log(`installing system packages: ${missing.join(' ')}`);
	const done = spawnSync('sh', ['-c', command.replaceAll('apt-get', 'apt-get -qq')], {
		encoding: 'utf8',
		env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
	});
	if (done.status !== 0) throw new Error(`System packages could not be installed with "${command}":\n${tail(done.stdout + done.stderr)}`);
}

/** Installs into a fresh folder; `ready` is written last, so that an interrupted install is started again. */
function installEditor(folder, ready, log) {
	log(`installing code-server ${codeServerVersion} into ${folder} (a few minutes, once)`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	// npm versions that ask for leave let only these two run their install scripts.
	const allowScripts = { [`code-server@${codeServerVersion}`]: true, argon2: true };
	writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'editor-for-tests', private: true, allowScripts }));
	npmInstall(folder, `node-linux-${process.arch}@${nodeVersion}`, process.env);
	npmInstall(folder, `code-server@${codeServerVersion}`, {
		...process.env,
		PATH: path.dirname(nodeIn(folder)) + path.delimiter + process.env.PATH, // its postinstall refuses another major version
		npm_config_nodedir: path.dirname(path.dirname(nodeIn(folder))), // headers for node-gyp, so that nothing is fetched from nodejs.org
		npm_config_ignore_scripts: 'false',
		JOBS: 'max',
	});
	const entry = path.join(folder, 'node_modules/code-server/out/node/entry.js');
	const version = execFileSync(nodeIn(folder), [entry, '--version'], { encoding: 'utf8', env: { ...process.env, HOME: folder } });
	writeFileSync(ready, version);
}

/** Installs one package into a folder and leaves npm's output beside it. */
export function npmInstall(folder, what, env) {
	// Called inside `npm test`, npm would hand its own settings (npm_config_*) of the checkout down; the cache folder has none of them.
	const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(?!config_(registry|cache|nodedir|ignore_scripts|userconfig)$)/i.test(name)));
	const done = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--save-exact', what], {
		cwd: folder,
		encoding: 'utf8',
		env: clean,
		maxBuffer: 1 << 28,
	});
	const output = `${done.stdout}${done.stderr}`;
	writeFileSync(path.join(folder, `install-${path.basename(what).split('@')[0]}.log`), output);
	if (done.status !== 0) throw new Error(`npm install ${what} failed in ${folder}:\n${tail(output)}`);
}

/** Path of the browser, or undefined. CODELEARN_CHROMIUM names one that is not on the PATH. */
export function findChromium() {
	return process.env.CODELEARN_CHROMIUM || ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find((found) => found !== undefined);
}

/**
 * Runs `work` while no other process of this machine runs work under the same name.
 * A lock whose process is gone is taken over.
 */
export async function withLock(name, work) {
	const lock = path.join(cacheFolder(), `${name}.lock`);
	for (const end = Date.now() + 30 * 60_000; !taken(lock);) {
		if (Date.now() > end) throw new Error(`Another run has held ${lock} for 30 minutes. Delete that folder if no such run is left.`);
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
	try {
		return await work();
	} finally {
		rmSync(lock, { recursive: true, force: true });
	}
}

function taken(lock) {
	const mine = `${lock}.${process.pid}`;
	mkdirSync(mine, { recursive: true });
	writeFileSync(path.join(mine, 'pid'), String(process.pid));
	try {
		renameSync(mine, lock); // fails while the other folder, which is never empty, is there
		return true;
	} catch {
		rmSync(mine, { recursive: true, force: true });
		if (!alive(Number(readOr(path.join(lock, 'pid'), '0')))) rmSync(lock, { recursive: true, force: true });
		return false;
	}
}

function alive(pid) {
	if (!(pid > 0)) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (cause) {
		return cause.code === 'EPERM';
	}
}

function readOr(file, other) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return other;
	}
}

function nodeIn(folder) {
	return path.join(folder, `node_modules/node-linux-${process.arch}/bin/node`);
}

/** Full path of a program on the PATH, or undefined. */
export function onPath(program) {
	return (process.env.PATH ?? '')
		.split(path.delimiter)
		.map((folder) => path.join(folder, program))
		.find((file) => existsSync(file));
}

function tail(text) {
	return text.split('\n').slice(-30).join('\n');
}
