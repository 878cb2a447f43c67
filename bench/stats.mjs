// How long statistics of many analysed turns take. Run: node --import tsx bench/stats.mjs [turns]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TurnStats } from '../src/app/stats.ts';
import { DerivedDb } from '../src/store/sqlite/derivedDb.ts';
import { findings } from '../test/support/findings.ts';
import { record, turn } from '../test/support/records.ts';
import { median } from './measure.mjs';

const count = Number(process.argv[2] ?? 10_000);
const runs = 5;
const pick = (values) => values[Math.floor(random() * values.length)];
let state = 1;
function random() {
	state = (state * 1664525 + 1013904223) % 2 ** 32;
	return state / 2 ** 32;
}

/** A turn of about 20 kB that wrote lines, some of which went at up to ten times. */
function records(place) {
	const id = `t_${place}`;
	const written = 1 + Math.floor(Math.exp(3 + 2 * (random() - 0.5)));
	const days = 365 * random();
	const losses = Array.from({ length: Math.floor(random() * Math.min(10, written)) }, () => {
		const at = random();
		return { lines: 1, days: at * days, commits: Math.floor(at * 300), by: pick(['turn', 'human', 'unknown']), commit_sha: 'c0ffee' };
	});
	const counts = { written, kept: written - losses.length, deleted: losses.length };
	const languages = { [pick(['typescript', 'python', 'go', 'css'])]: written, markdown: 1 };
	const body = findings({ counts, losses, days, commits: 300, languages, reward: 1 - losses.length / written });
	return [
		record('turn', id, turn(id, { assistant: pick(['codex', 'claude-code', 'aider']), model: pick(['a', 'b', 'c', 'd', 'e']), response: 'x'.repeat(20_000) })),
		record('status', `${id}:outcome`, { turn_id: id, facet: 'outcome', value: 'implemented', findings: body }),
	];
}

const folder = mkdtempSync(path.join(tmpdir(), 'codelearn-stats-'));
const derived = DerivedDb.open(path.join(folder, 'derived.db'), { debug() {}, info() {}, warn() {}, error() {} });
for (let place = 0; place < count; place += 500)
	derived.fold(Array.from({ length: Math.min(500, count - place) }, (_, offset) => records(place + offset)).flat(), undefined);
const stats = new TurnStats({ derived, clock: { now: () => new Date() } });
console.log(`${count} turns\n\n| compared by | groups | CPU, ms |\n|---|---|---|`);
for (const by of [undefined, 'assistant', 'model', 'modification', 'language']) {
	const times = [];
	let answer;
	for (let run = 0; run < runs; run++) {
		const start = process.cpuUsage();
		answer = await stats.of({ folder: '' }, { everywhere: true, ...(by && { by }) }, {});
		const { user, system } = process.cpuUsage(start);
		times.push((user + system) / 1000);
	}
	console.log(`| ${by ?? '-'} | ${answer.groups.length} | ${Math.round(median(times))} |`);
}
derived.close();
rmSync(folder, { recursive: true });
