// node bench/daemon.mjs [--mb 100] [--files 5000] [--idle 90] [--grown 100] [--kb 400] [--own 200] [--whole]: what the background process
// needs to import one long transcript, and what it needs while nothing changes. 0 leaves a part out. `--kb` is the size of each of the files, `--own`
// says how many are of the folder in which capture is on, `--whole` fills them with turns where they are mostly holes otherwise.
// Linux only. Needs `npm run build`.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';

const { values } = parseArgs({
	options: {
		mb: { type: 'string', default: '100' },
		files: { type: 'string', default: '5000' },
		idle: { type: 'string', default: '90' },
		grown: { type: 'string', default: '100' },
		kb: { type: 'string', default: '400' },
		own: { type: 'string', default: '200' },
		whole: { type: 'boolean', default: false },
	},
});
const root = path.join(import.meta.dirname, '..');
const cli = path.join(root, 'dist/cli.cjs');
const megabyte = 1024 * 1024;
const noMemory = { resident: 0, share: 0, own: 0, peak: 0 };
const recorded = readFileSync(path.join(root, 'test/fixtures/claude-code/two-turns/session.jsonl'), 'utf8');
const work = mkdtempSync(path.join(tmpdir(), 'codelearn-bench-'));
const folder = path.join(work, 'repo');
const env = { ...process.env, CODELEARN_HOME: path.join(work, 'data'), HOME: path.join(work, 'home') };
const run = (...args) => execFileSync(process.execPath, [cli, ...args], { cwd: folder, env, encoding: 'utf8' });

try {
	mkdirSync(folder);
	execFileSync('git', ['init', '-q', folder]);
	if (Number(values.mb) > 0) await imported(Number(values.mb));
	if (Number(values.idle) > 0) await idle(Number(values.files), Number(values.idle), Number(values.grown));
	console.log(`load at the end ${loadavg()[0].toFixed(1)}`);
} finally {
	run('server', 'stop');
	rmSync(work, { recursive: true, force: true });
}

async function imported(megabytes) {
	const file = path.join(work, 'session.jsonl');
	const turns = session(file, megabytes);
	run('server', 'start');
	const daemon = processOf('state/daemon.json');
	const before = { ...daemon.memory(), cpu: daemon.cpu(), at: performance.now() };
	const most = { daemon: noMemory, chroma: noMemory };
	const sampling = setInterval(() => {
		most.daemon = larger(most.daemon, daemon.memory());
		most.chroma = larger(most.chroma, chroma()?.memory() ?? noMemory);
	}, 250);
	await promisify(execFile)(process.execPath, [cli, 'import', file], { cwd: folder, env });
	clearInterval(sampling);
	const cpu = daemon.cpu() - before.cpu;
	const wall = (performance.now() - before.at) / 1000;
	console.log(
		`import of ${megabytes} MB, ${turns} turns: ${cpu.toFixed(1)} s of CPU (${(megabytes / cpu).toFixed(2)} MB/s, ${(turns / cpu).toFixed(0)} turns/s), ${wall.toFixed(1)} s by the clock`,
		`\nmemory of the background process: grew by ${(daemon.memory().peak - before.resident).toFixed(0)} MB at most; at its start ${inWords(before)}; at most ${inWords({ ...most.daemon, resident: daemon.memory().peak })}`,
		`\nmemory of the Chroma host: at most ${inWords(most.chroma)}; ${(chroma()?.cpu() ?? 0).toFixed(1)} s of CPU`,
	);
	run('server', 'stop');
}

/** Of the process that runs the Chroma server; it starts when first needed. */
function chroma() {
	const state = 'chroma/.codelearn/server.json';
	return existsSync(path.join(env.CODELEARN_HOME, state)) ? processOf(state) : undefined;
}

function larger(a, b) {
	return Object.fromEntries(Object.keys(a).map((name) => [name, Math.max(a[name], b[name])]));
}

function inWords({ resident, share, own }) {
	return `${resident.toFixed(0)} MB resident, ${share.toFixed(0)} MB with files that are shared counted by share, ${own.toFixed(0)} MB its own`;
}

async function idle(files, seconds, megabytes) {
	const long = manyFiles(files, megabytes);
	const size = ((files * Number(values.kb)) / 1_000_000).toFixed(1);
	const captured = path.join(env.CODELEARN_HOME, 'state/capture');
	mkdirSync(captured, { recursive: true });
	const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
	writeFileSync(path.join(captured, `${name}.json`), JSON.stringify({ folder, capture: 'on' }));
	run('server', 'start');
	const daemon = processOf('state/daemon.json');
	await quiet(daemon);
	const before = daemon.cpu();
	await pause(seconds * 1000);
	const cpu = daemon.cpu() - before;
	console.log(
		`idle with ${files} transcripts (${size} GB, ${values.whole ? 'whole' : 'mostly holes'}): ${cpu.toFixed(2)} s of CPU in ${seconds} s, ${((cpu / seconds) * 100).toFixed(2)}% of a core`,
	);
	const readBefore = daemon.read();
	appendFileSync(long, `${JSON.stringify({ type: 'mode', mode: 'normal' })}\n`);
	await pause(70_000);
	console.log(`a transcript of ${megabytes} MB that grew by a line: ${((daemon.read() - readBefore) / megabyte).toFixed(2)} MB were read in 70 s`);
}

/** Waits until two looks in a row cost next to nothing. */
async function quiet(daemon) {
	for (let still = 0, last = daemon.cpu(); still < 3;) {
		await pause(5000);
		const now = daemon.cpu();
		still = now - last < 0.15 ? still + 1 : 0;
		last = now;
	}
}

/** `state`: the file in which the process names itself. Memory is in MB. */
function processOf(state) {
	const { pid } = JSON.parse(readFileSync(path.join(env.CODELEARN_HOME, state), 'utf8'));
	const of = (name) => readFileSync(`/proc/${pid}/${name}`, 'latin1');
	const kilobytes = (name, field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(of(name))?.[1]);
	return {
		cpu() {
			const stat = of('stat');
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			return (Number(fields[11]) + Number(fields[12])) / 100;
		},
		read: () => kilobytes('io', 'rchar'),
		memory: () => ({
			resident: kilobytes('status', 'VmRSS') / 1024,
			share: kilobytes('smaps_rollup', 'Pss') / 1024,
			own: kilobytes('smaps_rollup', 'Private_Dirty') / 1024,
			peak: kilobytes('status', 'VmHWM') / 1024,
		}),
	};
}

/** Repeats the recorded session with ids and times of their own until the file is so long. Returns how many turns it has. */
function session(file, megabytes) {
	const own = inFolder(recorded, folder);
	const named = /"sessionId":"([0-9a-f-]{36})"/.exec(own)?.[1];
	const out = openSync(file, 'w');
	let copies = 0;
	for (let written = 0; written < megabytes * megabyte; copies++) {
		const mark = String(copies).padStart(6, '0');
		const text = own
			.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => (id === named ? id : id.slice(0, -8) + id.slice(-2) + mark))
			.replace(/\b(toolu|msg)_\w+/g, (id) => `${id}${mark}`)
			.replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, (time) => new Date(Date.parse(time) + copies * 60_000).toISOString());
		written += writeSync(out, text);
	}
	closeSync(out);
	return copies * 2;
}

function inFolder(text, cwd) {
	return text.replaceAll(/"cwd":"([^"]+)"/.exec(text)?.[1] ?? '', cwd);
}

/** Transcripts of which some, and a long one, are of the folder in which capture is on. Returns the long one. */
function manyFiles(count, megabytes) {
	const projects = path.join(env.HOME, '.claude/projects');
	const bytes = Number(values.kb) * 1024;
	for (let number = 0; number < count; number++) {
		const own = number < Number(values.own);
		const place = path.join(projects, own ? '-repo' : `-other-${number % 100}`);
		if (!existsSync(place)) mkdirSync(place, { recursive: true });
		const file = path.join(place, `${number}.jsonl`);
		const text = own ? inFolder(recorded, folder) : recorded;
		if (values.whole) writeFileSync(file, text.repeat(Math.ceil(bytes / text.length)));
		else withHole(file, text, bytes);
	}
	const long = path.join(projects, '-repo', 'long.jsonl');
	session(long, megabytes);
	return long;
}

function withHole(file, text, bytes) {
	const out = openSync(file, 'w');
	writeSync(out, text);
	writeSync(out, '\n', bytes);
	closeSync(out);
}
