import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runOrThrow } from './run.mjs';
import { withLock } from './testTools.mjs';

const root = path.dirname(import.meta.dirname);

/** Installs what package-lock.json names, unless exactly that is installed. */
export function installDependencies() {
	return withLock('npm-ci', async () => {
		if (installed()) return;
		await runOrThrow('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, limitSeconds: 900 });
	});
}

/** npm writes what it installed into a lock file of the same form; optional packages of other platforms are missing there. */
function installed() {
	const record = path.join(root, 'node_modules/.package-lock.json');
	if (!existsSync(record)) return false;
	const there = packagesOf(record);
	const wanted = Object.entries(packagesOf(path.join(root, 'package-lock.json'))).filter(([name]) => name !== '');
	return wanted.every(([name, { version, optional, devOptional }]) =>
		name in there ? there[name].version === version : optional === true || devOptional === true,
	);
}

function packagesOf(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages;
}
