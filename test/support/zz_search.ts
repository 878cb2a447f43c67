import { AppHarness } from './appHarness';
async function main() {
	const app = await AppHarness.open({ real: true });
	const words = 'parse header token session user basket price order invoice retry cache query index chunk vector stream buffer socket event handler config loader schema column table migrate render button form input table list scroll date zone file path upload image resize queue worker lock lease journal record replay'.split(' ');
	let seed = 7; const rnd = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
	const w = () => words[Math.floor(rnd() * words.length)] ?? 'x';
	const cap = (s: string) => s[0]?.toUpperCase() + s.slice(1);
	const files: Record<string, string> = {};
	for (let i = 0; i < 500; i++) files[`src/${w()}/${w()}${i}.ts`] = Array.from({ length: 20 }, (_, k) => `export function ${w()}${cap(w())}${k}(${w()}: string): string {\n\tconst ${w()}A = ${w()}.trim();\n\tconst ${w()}B = ${w()}A.${w()}();\n\tif (${w()}B) return ${w()}A;\n\treturn '${w()} ${w()}';\n}\n`).join('\n');
	const repo = app.repository(files);
	const s = performance.now();
	const r = await app.index(repo);
	console.log('index', r.chunks, 'chunks', Math.round(performance.now() - s), 'ms');
	await app.call('promote', { description: 'Retry the upload of an image with backoff.' }, repo.root);
	const times: number[] = [];
	for (let i = 0; i < 220; i++) { const q = `how do we ${w()} the ${w()} of a ${w()} when ${w()} fails`; const t = performance.now(); await app.call('query', { text: q }, repo.root); if (i >= 20) times.push(performance.now() - t); }
	times.sort((a, b) => a - b);
	console.log('query p50', times[100]?.toFixed(1), 'p95', times[190]?.toFixed(1), 'max', times.at(-1)?.toFixed(1));
	const t2 = performance.now(); await app.index(repo, 'changed'); console.log('index changed, nothing', Math.round(performance.now() - t2));
	const t3 = performance.now(); await app.index(repo); console.log('index all, nothing', Math.round(performance.now() - t3));
	await app.stop();
	const { rmSync } = await import('node:fs');
	rmSync(app.paths.code, { recursive: true });
	await app.start();
	const t4 = performance.now(); const again = await app.index(repo); console.log('word index again', again.chunks_embedded, 'embedded', Math.round(performance.now() - t4), 'ms');
	await app.close();
}
void main();
