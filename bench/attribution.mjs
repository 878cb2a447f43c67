// How long it takes to say whose line it is, and what became of all turns. Run: node --import tsx bench/attribution.mjs [files] [turns]
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { Mainline } from '../src/app/mainline.ts';
import { HunkStore } from '../src/store/sqlite/hunkStore.ts';
import { AppHarness } from '../test/support/appHarness.ts';
import { turn } from '../test/support/records.ts';
import { median } from './measure.mjs';

const files = Number(process.argv[2] ?? 5000);
const turns = Number(process.argv[3] ?? 10_000);
const commits = 100;
const asked = 300;
let state = 1;
const random = (below) => Math.floor(((state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32) * below);
const words =
	'account amount basket cache client config cursor entry event filter handler index item list loader node order parser path price query record result route rule session source stream table token user value view window worker'.split(
		' ',
	);
const word = () => words[random(words.length)];
const line = () => `\tconst ${word()}${random(9999)} = ${word()}.${word()}(${word()}, '${word()}');`;

const app = await AppHarness.open();
const repo = app.repository({ 'README.md': '# bench\n' });
const texts = Array.from({ length: files }, (_, at) => [
	`src/part${at % 50}/${word()}${at}.ts`,
	['import { a } from "./a";', ...Array.from({ length: 60 }, () => (random(6) === 0 ? '\t}' : line()))],
]);
const writeAll = () => texts.forEach(([file, lines]) => repo.write(file, `${lines.join('\n')}\n`));
writeAll();
repo.commit('before any turn');

const place = await app.ports.repositories.at(repo.root);
const records = [];
for (let at = 0; at < turns; at++) {
	const [file, lines] = texts[random(files)];
	const before = `${lines.join('\n')}\n`;
	const where = 1 + random(lines.length - 1);
	lines.splice(where, random(3), `export function ${word()}${at}() {`, ...Array.from({ length: 2 + random(8) }, line), '\treturn result;', '}');
	const id = `t_${String(at).padStart(32, '0')}`;
	const edit = {
		file_path: file,
		kind: 'edit',
		before,
		after: `${lines.join('\n')}\n`,
		whole: true,
		fidelity: 'recorded',
		state: 'applied',
		repo_id: place.repo_id,
		checkout_id: place.checkout_id,
	};
	records.push({
		kind: 'turn',
		id,
		body: turn(id, { repo_id: place.repo_id, started_at: new Date(Date.now() - (turns - at) * 60_000).toISOString(), edits: [edit] }),
	});
	if (records.length === 500) await app.app.ledger.append(records.splice(0));
	if (at % Math.ceil(turns / commits) === 0) {
		writeAll();
		repo.commit(`work ${at}`);
	}
}
await app.app.ledger.append(records);
writeAll();
repo.commit('last');

async function timed(work) {
	const began = performance.now();
	const result = await work();
	return { ms: performance.now() - began, result };
}
const round = (value) => Math.round(value * 10) / 10;
const first = await timed(() => app.call('why', { file: texts[0][0], line: 5 }, repo.root));
console.log(`fingerprints of ${turns} turns, with the first answer: ${round(first.ms / 1000)} s`);
const times = [];
const found = { ai: 0, human: 0, unknown: 0 };
for (let at = 0; at < asked; at++) {
	const [file, lines] = texts[random(files)];
	const { ms, result } = await timed(() => app.call('why', { file, line: 1 + random(lines.length) }, repo.root));
	times.push(ms);
	found[result.attribution]++;
}
times.sort((a, b) => a - b);
console.log(`why: median ${round(median(times))} ms, 95th percentile ${round(times[Math.floor(asked * 0.95)])} ms, of ${asked} lines ${JSON.stringify(found)}`);
const git = [];
for (let at = 0; at < 20; at++) git.push((await timed(async () => execFileSync('git', ['--version'], { cwd: repo.root }))).ms);
console.log(`starting git: median ${round(median(git))} ms`);
for (const round_ of ['first', 'second']) {
	const { ms, result } = await timed(() => app.call('analyze', {}, repo.root));
	const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
	console.log(
		`${round_} analysis: ${round(ms / 1000)} s for ${result.analyzed} turns and ${result.commits} commits, ${result.changed} with something new; ${JSON.stringify(result.by_status)}; ${memory} MB in all`,
	);
}
// Commits that a rebase made anew have other names and the same lines: the history is read again and nothing is lost.
repo.git('reset', '-q', '--hard');
execFileSync('git', ['rebase', '-q', '--no-ff', `HEAD~${commits}`], {
	cwd: repo.root,
	env: { ...process.env, GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org' },
});
const prints = new Set(new HunkStore(app.ports.derived.sql).printsOf(place.repo_id));
const { ms } = await timed(() => Mainline.read(repo.root, prints));
console.log(`history after a rebase of ${commits} commits: ${round(ms / (commits + 3))} ms a commit`);
await app.close();
