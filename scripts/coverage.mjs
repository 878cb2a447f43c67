import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './run.mjs';

const root = path.dirname(import.meta.dirname);
/** Folder that NODE_V8_COVERAGE names: every Node process of the tests, the extension host too, leaves what it covered there. */
export const coverageFolder = path.join(root, 'coverage/tmp');
const wantedLines = 80;

/** Runs only in an editor, so a run without the editor's tests says nothing about it. */
const editorParts = ['src/extension.ts', 'src/vscode/**', 'src/commands/**', 'src/views/**', 'src/capture/editor/**'];

/**
 * Sums up what the tests covered of all of src and says whether it is enough. Bundles are mapped back to their sources.
 * Pages of webviews run in the browser, where Node's coverage does not reach; files without code (types alone) have nothing to cover.
 */
export async function coverageIsEnough({ withEditor }) {
	const left = ['src/views/webview/**', ...(withEditor ? [] : editorParts), ...(await filesWithoutCode())];
	keepOwnFiles();
	const c8 = path.join(root, 'node_modules/c8/bin/c8.js');
	const what = ['--all', '--src', 'src', '--include', 'src/**/*.ts', '--exclude-after-remap', ...left.flatMap((pattern) => ['--exclude', pattern])];
	const reports = ['text-summary', 'html', 'json-summary'].flatMap((name) => ['--reporter', name]);
	const limits = ['--check-coverage', '--lines', String(wantedLines)];
	const places = ['--temp-directory', coverageFolder, '--reports-dir', path.join(root, 'coverage')];
	const { code } = await run(process.execPath, [c8, 'report', ...places, ...what, ...reports, ...limits], { cwd: root });
	if (code === 0) return true;
	for (const line of leastCovered()) console.log(line);
	return false;
}

/**
 * Keeps of each process what it covered of this project: c8 would read gigabytes about editors and assistants, and stumbles over scripts that are no files.
 * Node notes the sources of a bundle as URLs, c8 compares paths: without the change, it would leave out what was not covered and count all as covered.
 */
function keepOwnFiles() {
	const own = pathToFileURL(`${root}${path.sep}`).href;
	const isOwn = (url) => url.startsWith(own) && !url.includes('/node_modules/');
	for (const name of readdirSync(coverageFolder).filter((name) => name.endsWith('.json'))) {
		const file = path.join(coverageFolder, name);
		const coverage = JSON.parse(readFileSync(file, 'utf8'));
		coverage.result = coverage.result.filter(({ url }) => isOwn(url));
		const maps = Object.entries(coverage['source-map-cache'] ?? {}).filter(([url]) => isOwn(url));
		coverage['source-map-cache'] = Object.fromEntries(maps);
		for (const [, { data }] of maps) {
			if (data?.sources?.length > 1) data.sources = data.sources.map((source) => (source.startsWith('file:') ? fileURLToPath(source) : source));
		}
		writeFileSync(file, JSON.stringify(coverage));
	}
}

async function filesWithoutCode() {
	const { transformSync } = await import('esbuild');
	return readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => `src/${name.replaceAll(path.sep, '/')}`)
		.filter((name) => transformSync(readFileSync(path.join(root, name), 'utf8'), { loader: 'ts' }).code.trim() === '');
}

/** The files where a test would help most. */
function leastCovered() {
	const file = path.join(root, 'coverage/coverage-summary.json');
	if (!existsSync(file)) return [];
	return Object.entries(JSON.parse(readFileSync(file, 'utf8')))
		.filter(([name]) => name !== 'total')
		.map(([name, { lines }]) => ({ name: path.relative(root, name), missing: lines.total - lines.covered, percent: lines.pct }))
		.sort((a, b) => b.missing - a.missing)
		.slice(0, 15)
		.map(({ name, missing, percent }) => `  ${String(percent).padStart(6)} % ${name} (${missing} lines not covered)`);
}
