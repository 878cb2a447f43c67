// npm run bench:capture: how fast transcripts are read, with how much memory, and what it costs when nothing changes.
// The files are this project's recorded sessions, repeated with ids of their own and with source files of a usual length.
import { fork } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
	options: {
		mb: { type: 'string', default: '100' },
		files: { type: 'string', default: '5000' },
		write: { type: 'boolean', default: false },
	},
	allowPositionals: true,
});
const root = path.join(import.meta.dirname, '..');
const megabyte = 1024 * 1024;
const title = '# Reading transcripts';
const recordings = {
	'claude-code': { fixture: 'claude-code/two-turns/session.jsonl', name: 'session.jsonl' },
	codex: { fixture: 'codex/two-turns/session.jsonl', name: 'rollout-session.jsonl' },
	'copilot-cli': { fixture: 'copilot/two-turns/events.jsonl', name: 'events.jsonl' },
	'gemini-cli': { fixture: 'gemini/two-turns/session.jsonl', name: 'session-session.jsonl' },
	'qwen-code': { fixture: 'qwen/two-turns/session.jsonl', name: 'session.jsonl' },
};

if (process.send !== undefined) {
	const { bundle, source, file, home, looks } = JSON.parse(process.argv[2]);
	const { transcriptSources } = await import(bundle);
	process.send(file === undefined ? await lookedAt(transcriptSources, home, looks) : await read(transcriptSources, source, file));
	process.disconnect();
} else await main();

async function main() {
	const work = mkdtempSync(path.join(tmpdir(), 'codelearn-bench-'));
	try {
		const bundle = path.join(work, 'sources.mjs');
		await build({
			entryPoints: [path.join(root, 'src/capture/chat/sources.ts')],
			outfile: bundle,
			bundle: true,
			platform: 'node',
			format: 'esm',
			logLevel: 'error',
		});
		const rows = [];
		for (const [source, { fixture, name }] of Object.entries(recordings)) {
			const file = path.join(work, name);
			const turns = generate(fixture, file, Number(values.mb) * megabyte);
			const runs = [];
			for (let run = 0; run < 3; run++) runs.push(await inChild({ bundle, source, file }));
			const best = runs.sort((a, b) => a.seconds - b.seconds)[1];
			if (best.turns !== turns) throw new Error(`${source}: ${best.turns} turns were read of ${turns}`);
			const size = statSync(file).size / megabyte;
			rows.push(
				`| ${source} | ${size.toFixed(0)} MB | ${best.turns} | ${(size / best.seconds).toFixed(0)} MB/s | ${Math.max(...runs.map((run) => run.grown)).toFixed(0)} MB | ${(best.resumed * 1000).toFixed(0)} ms |`,
			);
			rmSync(file);
		}
		const home = manyFiles(work, Number(values.files));
		const idle = await inChild({ bundle, home, looks: 10 });
		const text = report(rows, idle);
		console.log(text);
		if (values.write) write(text);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function inChild(task) {
	return new Promise((resolve, reject) => {
		const child = fork(import.meta.filename, [JSON.stringify(task)], { execArgv: [] });
		child.on('message', resolve);
		child.on('error', reject);
		child.on('exit', (code) => code === 0 || reject(new Error(`the measuring process ended with ${code}`)));
	});
}

/** Reads a file whole, then on from its last mark. */
async function read(sources, name, file) {
	const source = sources.find((one) => one.name === name);
	const before = process.memoryUsage().rss;
	const began = cpuSeconds();
	const keys = new Set();
	let mark;
	for await (const event of source.read(file)) {
		if (event.type === 'turn') keys.add(event.turn.turn_key);
		else if (event.type === 'mark') mark = event.mark;
	}
	const seconds = cpuSeconds() - began;
	const grown = process.resourceUsage().maxRSS / 1024 - before / megabyte;
	const again = cpuSeconds();
	for await (const event of source.read(file, { from: mark })) if (event.type === 'turn') keys.add(event.turn.turn_key);
	return { seconds, grown, turns: keys.size, resumed: cpuSeconds() - again };
}

/** CPU time, since other processes share the machine. */
function cpuSeconds() {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000_000;
}

/** Looks for all transcripts again and again; the first time is told apart. */
async function lookedAt(sources, home, looks) {
	const times = [];
	let found = 0;
	for (let look = 0; look <= looks; look++) {
		const before = cpuSeconds();
		found = 0;
		for (const source of sources) found += (await source.find({ home, platform: process.platform, env: {}, folders: [] })).length;
		times.push((cpuSeconds() - before) * 1000);
	}
	return { found, first: times[0], later: times.slice(1).sort((a, b) => a - b)[Math.floor(looks / 2)] };
}

/** Writes a session of about so many bytes. Returns how many turns it has. */
function generate(fixture, file, bytes) {
	const recorded = inflated(readFileSync(path.join(root, 'test/fixtures', fixture), 'utf8'));
	const session = /"(?:sessionId|session_id|id)":\s*"([0-9a-f-]{36})"/.exec(recorded)?.[1] ?? '';
	const out = openSync(file, 'w');
	let copies = 0;
	for (let written = 0; written < bytes; copies++) written += writeSync(out, copy(recorded, session, copies));
	closeSync(out);
	return copies * 2;
}

function copy(text, session, number) {
	const mark = String(number).padStart(6, '0');
	return text
		.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (id === session ? id : id.slice(0, -8) + id.slice(-2) + mark))
		.replace(/\b(toolu|call|msg|fc)_\w+/g, (id) => `${id}${mark}`)
		.replace(/########(\d)/g, `########${mark}$1`)
		.replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, (time) => new Date(Date.parse(time) + number * 60_000).toISOString());
}

/** The recorded file is five lines long; real ones have some hundred. */
function inflated(text) {
	const lines = Array.from({ length: 80 }, (_, line) => `// ${line}: what stands here is as long as a usual line of code is\\n`).join('');
	return text.replaceAll('export function sum(list) {\\n', `${lines}export function sum(list) {\\n`);
}

/** Thousands of sessions, of 400 kB each without taking the room: what lies behind their heads is a hole. */
function manyFiles(work, count) {
	const head = readFileSync(path.join(root, 'test/fixtures/claude-code/fix-sum/session.jsonl'));
	for (let number = 0; number < count; number++) {
		const folder = path.join(work, 'home/.claude/projects', `-home-dev-${number % 100}`);
		mkdirSync(folder, { recursive: true });
		const out = openSync(path.join(folder, `${number}.jsonl`), 'w');
		writeSync(out, head);
		writeSync(out, '\n', 400 * 1024);
		closeSync(out);
	}
	writeFileSync(path.join(work, 'home/.claude/settings.json'), '{}');
	return path.join(work, 'home');
}

function report(rows, { found, first, later }) {
	const about = `${new Date().toISOString().slice(0, 10)}, \`npm run bench:capture\`, Node ${process.versions.node}, ${cpus().length} cores, load at the end ${loadavg()[0].toFixed(1)}. Medians of 3 runs, per second of CPU; memory is the most that the process grew by.`;
	return [
		title,
		'',
		about,
		'',
		'| source | file | turns | whole file | memory | on from the last mark |',
		'|---|---|---|---|---|---|',
		...rows,
		'',
		`A look at ${found} transcripts (${((found * 0.4) / 1000).toFixed(1)} GB): the first ${first.toFixed(0)} ms of CPU, each further one ${later.toFixed(0)} ms; one a minute is ${(later / 600).toFixed(2)}% of a core.`,
		'',
	].join('\n');
}

function write(text) {
	const file = path.join(root, 'bench/RESULTS.md');
	const old = readFileSync(file, 'utf8');
	const start = old.indexOf(title);
	const end = start === -1 ? -1 : old.indexOf('\n# ', start);
	const rest = end === -1 ? '' : old.slice(end);
	writeFileSync(file, start === -1 ? `${old.trimEnd()}\n\n${text}` : old.slice(0, start) + text + rest);
}
