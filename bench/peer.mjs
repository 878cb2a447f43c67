// npm run bench: Codelearn against chroma-mcp-server in one run, on the same repository, the two taking turns.
// Prints and writes bench/RESULTS.md. Linux; downloads about 6 GB into the cache folder the first time.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../esbuild.config.mjs';
import { timedCalls } from './mcpClient.mjs';
import { measured, median, percentile } from './measure.mjs';
import { makeCorpus, peerVersion, setUpPeer } from './peerSetup.mjs';

const root = path.join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } } });
const runs = Number(values.runs);
const questions = [
	'how are url rules matched to a view function',
	'where is the session cookie signed',
	'load configuration from environment variables',
	'register an error handler for an exception class',
	'stream a response while keeping the request context',
];

const peer = setUpPeer();
await build();
const work = mkdtempSync(path.join(tmpdir(), 'codelearn-bench-'));
const corpus = path.join(work, 'corpus');
makeCorpus(peer.corpus, corpus);
const rows = [];

/** Our command line; every process of ours, the background ones too, carries the mark. */
function ours(home, mark) {
	const env = { ...process.env, CODELEARN_HOME: home, CODELEARN_LINGER_MS: '600000' };
	const cli = (...args) => measured(process.execPath, [path.join(root, 'dist/cli.cjs'), ...args], { env, cwd: corpus, mark });
	return { env: { ...env, CODELEARN_BENCH_MARK: mark }, cli, stop: () => cli('server', 'stop') };
}

function theirs(data, mark) {
	const env = {
		...process.env,
		HOME: peer.home,
		CHROMA_CLIENT_TYPE: 'persistent',
		CHROMA_DATA_DIR: data,
		CHROMA_LOG_DIR: path.join(work, 'peer-logs'),
		ANONYMIZED_TELEMETRY: 'False',
		HF_HUB_OFFLINE: '1',
	};
	const cli = (...args) => measured(path.join(peer.bin, 'chroma-mcp-client'), args, { env, cwd: corpus, mark });
	return { env, cli };
}

function touch() {
	appendFileSync(
		path.join(corpus, 'src/flask/config.py'),
		`\n\ndef bench_marker_${Date.now()}(value):\n    """Returns the value unchanged."""\n    return value\n`,
	);
}

function record(what, mine, other, note = '') {
	const figure = (name, unit) => ({ mine: median(mine.map((run) => run[name])), other: median(other.map((run) => run[name])), unit });
	rows.push({ what, note, cpu: figure('cpu', 's'), wall: figure('wall', 's'), memory: figure('memory', 'MB') });
	console.log(what, JSON.stringify(rows.at(-1)));
}

async function compareIndexing() {
	const index = { mine: [], other: [] };
	const one = { mine: [], other: [] };
	const query = { cold: [], warm: [], other: [] };
	for (let round = 0; round < runs; round++) {
		makeCorpus(peer.corpus, corpus);
		const mine = ours(path.join(work, `home-${round}`), `mine-${round}`);
		index.mine.push(await mine.cli('index', '--all'));
		const other = theirs(path.join(work, `peer-${round}`), `peer-${round}`);
		await other.cli('setup-collections');
		index.other.push(await other.cli('index', '--all'));
		touch();
		one.mine.push(await mine.cli('index', 'src/flask/config.py'));
		one.other.push(await other.cli('index', 'src/flask/config.py'));
		const question = questions[round % questions.length];
		query.warm.push(await mine.cli('query', question));
		await mine.stop();
		query.cold.push(await mine.cli('query', question));
		query.other.push(await other.cli('query', question));
		await mine.stop();
	}
	record('index the repository from nothing', index.mine, index.other, 'with all background processes, from their start');
	record('index one changed file', one.mine, one.other, 'background process running');
	record('CLI query, nothing running', query.cold, query.other, 'starts the background process, Chroma and the model');
	record('CLI query, background process running', query.warm, query.other);
}

async function compareMcp() {
	const home = path.join(work, `home-${runs - 1}`);
	const mine = ours(home, 'mine-mcp');
	const server = { command: process.execPath, args: [path.join(root, 'dist/mcp.cjs')], env: { ...mine.env, CODELEARN_FOLDER: corpus }, cwd: corpus };
	const own = await timedCalls(server, 'chroma_query_documents', (index) => ({ query: questions[index % questions.length], n_results: 10 }), 40);
	await mine.stop();
	const other = theirs(path.join(work, `peer-${runs - 1}`), 'peer-mcp');
	const peerServer = { command: path.join(peer.bin, 'chroma-mcp-server'), args: ['--mode', 'stdio'], env: other.env, cwd: corpus };
	const args = (index) => ({ collection_name: 'codebase_v1', query_texts: [questions[index % questions.length]], n_results: 10 });
	const theirsTimes = await timedCalls(peerServer, 'chroma_query_documents', args, 20);
	return { own, other: theirsTimes };
}

try {
	await compareIndexing();
	const mcp = await compareMcp();
	const text = report(mcp);
	console.log(text);
	if (values.write) writeFileSync(path.join(import.meta.dirname, 'RESULTS.md'), text);
} finally {
	rmSync(work, { recursive: true, force: true });
}

function report({ own, other }) {
	const ratio = ({ mine, other: theirs }) => `${(theirs / mine).toFixed(1)}x`;
	const both = ({ mine, other: theirs, unit }) => `${mine.toFixed(unit === 'MB' ? 0 : 2)} / ${theirs.toFixed(unit === 'MB' ? 0 : 2)} ${unit}`;
	const lines = rows.map(
		({ what, note, cpu, wall, memory }) =>
			`| ${what}${note === '' ? '' : ` (${note})`} | ${both(cpu)} = **${ratio(cpu)}** | ${both(wall)} = ${ratio(wall)} | ${both(memory)} = ${ratio(memory)} |`,
	);
	return `# Against chroma-mcp-server ${peerVersion}

${new Date().toISOString().slice(0, 10)}, \`npm run bench -- --runs ${runs}\`, Node ${process.versions.node}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load before the end ${loadavg()[0]?.toFixed(1)}.
Corpus: the source archive of Flask 3.1.1, one commit. Medians of ${runs} runs, Codelearn / peer, the two taking turns in one run.
CPU is that of every process, background ones included; memory is the sum of the peaks of all processes. A ratio above 1 is in our favour.

| | CPU | wall | peak memory |
|---|---|---|---|
${lines.join('\n')}

MCP \`chroma_query_documents\`, warm, 10 results: median ${median(own.times).toFixed(0)} ms / ${median(other.times).toFixed(0)} ms = **${(median(other.times) / median(own.times)).toFixed(1)}x**, 95th percentile ${percentile(own.times, 0.95).toFixed(0)} / ${percentile(other.times, 0.95).toFixed(0)} ms. From the start of the server to its list of tools: ${own.started.toFixed(0)} / ${other.started.toFixed(0)} ms.
`;
}
