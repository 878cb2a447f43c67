// npm run bench:scale: indexes about 10,000 chunks of Python's standard library and asks over MCP. Also what an idle installation costs.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../esbuild.config.mjs';
import { timedCalls } from './mcpClient.mjs';
import { measured, median, percentile, sample } from './measure.mjs';

const { values } = parseArgs({ options: { chunks: { type: 'string', default: '10000' }, idle: { type: 'string', default: '60' } } });
const root = path.join(import.meta.dirname, '..');
const work = mkdtempSync(path.join(tmpdir(), 'codelearn-bench-'));
const corpus = path.join(work, 'corpus');
const mark = 'scale';
const env = { ...process.env, CODELEARN_HOME: path.join(work, 'home'), CODELEARN_LINGER_MS: '600000' };
const cli = (...args) => measured(process.execPath, [path.join(root, 'dist/cli.cjs'), ...args], { env, cwd: corpus, mark });
const questions = [
	'parse an http header',
	'open a zip archive',
	'schedule a callback on the event loop',
	'compress a stream',
	'read a configuration file',
	'quote a shell argument',
	'format a traceback',
	'lock a mutex with a timeout',
];

try {
	await build();
	const files = standardLibrary();
	let chunks = 0;
	let seconds = 0;
	for (let start = 0; chunks < Number(values.chunks) && start < files.length; start += 150) {
		add(files.slice(start, start + 150));
		const run = await cli('index', '--all', '--json');
		const report = JSON.parse(run.output.slice(run.output.lastIndexOf('\n{') + 1));
		chunks += report.chunks;
		seconds += report.seconds;
	}
	console.log(`${chunks} chunks indexed in ${seconds.toFixed(0)} s, ${(chunks / seconds).toFixed(0)} chunks/s`);
	const server = {
		command: process.execPath,
		args: [path.join(root, 'dist/mcp.cjs')],
		env: { ...env, CODELEARN_BENCH_MARK: mark, CODELEARN_FOLDER: corpus },
		cwd: corpus,
	};
	const { times } = await timedCalls(
		server,
		'chroma_query_documents',
		(index) => ({ query: `${questions[index % questions.length]} ${index}`, n_results: 10 }),
		200,
	);
	console.log(
		`warm MCP query with the embedding, ${times.length} questions: median ${median(times).toFixed(0)} ms, 95th percentile ${percentile(times, 0.95).toFixed(0)} ms`,
	);
	const seen = new Map();
	const before = sum(sample(mark, seen));
	await new Promise((resolve) => setTimeout(resolve, Number(values.idle) * 1000));
	console.log(`idle for ${values.idle} s: ${(((sum(sample(mark, seen)) - before) / Number(values.idle)) * 100).toFixed(2)}% of one core`);
	await cli('server', 'stop');
} finally {
	rmSync(work, { recursive: true, force: true });
}

function sum(cpu) {
	return [...cpu.values()].reduce((total, seconds) => total + seconds, 0);
}

function standardLibrary() {
	const folder = execFileSync('python3', ['-c', 'import sysconfig; print(sysconfig.get_paths()["stdlib"])'], { encoding: 'utf8' }).trim();
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
		(name) => name.endsWith('.py') && !/site-packages|(^|\/)(test|idlelib|lib2to3)\//.test(name),
	);
	return names.sort().map((name) => [path.join(folder, name), name]);
}

function add(files) {
	for (const [from, name] of files) {
		const to = path.join(corpus, name);
		mkdirSync(path.dirname(to), { recursive: true });
		cpSync(from, to);
	}
	const git = (...args) => execFileSync('git', ['-C', corpus, '-c', 'user.name=bench', '-c', 'user.email=bench@example.invalid', ...args], { stdio: 'ignore' });
	git('init', '-q');
	git('add', '-A');
	git('commit', '-q', '-m', 'corpus');
}
