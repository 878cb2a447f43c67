import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(__dirname, '../..');
const dist = join(projectRoot, 'dist');
const programs = ['cli.cjs', 'daemon.cjs', 'chromaHost.cjs', 'mcp.cjs'].map((name) => join(dist, name));

export const cliEntry = join(dist, 'cli.cjs');
export const chromaHostEntry = join(dist, 'chromaHost.cjs');

/** Builds dist/ when it is missing or older than the sources, so that a test never runs yesterday's program. */
export function ensureDist(): void {
	const built = Math.min(...programs.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)));
	if (built >= newestSource()) return;
	const started = new Date();
	execFileSync(process.execPath, ['esbuild.config.mjs'], { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 });
	// A source that was saved while the build ran must count as newer.
	for (const file of programs) utimesSync(file, started, started);
}

function newestSource(): number {
	const files = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
	return Math.max(...[...files.map((name) => join('src', name)), 'esbuild.config.mjs'].map((name) => statSync(join(projectRoot, name)).mtimeMs));
}
