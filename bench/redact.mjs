// How fast redaction goes through what is captured: prose, code, diffs and output of tools. Run: node --import tsx bench/redact.mjs
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createRedactor } from '../src/enrich/redact.ts';
import { applyRules } from '../src/enrich/secretRules.ts';
import { median } from './measure.mjs';

const runs = 5;
const git = (...args) => execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1e9 });
const listed = (...patterns) =>
	git('ls-files', '--', ...patterns)
		.split('\n')
		.filter((file) => file !== '');
const read = (files) => files.map((file) => readFileSync(file, 'utf8'));

/** The documents of the installed packages, in the order of their paths, about so many bytes of them. */
function documents(bytes) {
	const files = readdirSync('node_modules', { recursive: true })
		.filter((file) => /\.md$/i.test(file) && !/license|changelog|history/i.test(file))
		.sort();
	const texts = [];
	for (let at = 0, size = 0; at < files.length && size < bytes; at++) {
		const text = readFileSync(path.join('node_modules', files[at]), 'utf8');
		size += Buffer.byteLength(text);
		texts.push(text);
	}
	return texts;
}

/** Texts of the size in which they are captured. */
const corpora = {
	prose: [...read(listed('*.md')), ...documents(1.5e6)].flatMap((text) => text.split(/\n(?=#)/)),
	code: read(listed('src/**/*.ts', 'scripts/*.mjs')),
	diffs: git('log', '-p', '-40', '--', 'src', 'test', 'scripts').split(/^(?=diff --git)/m),
	'tool output': [
		...read(listed('*.ts')).map((text) => text.replace(/^/gm, '     1\t')),
		git('log', '--stat', '-200'),
		...read(listed('src/**/*.ts')).map((text) => JSON.stringify({ type: 'tool_result', content: text })),
		...read(['package-lock.json']).flatMap((text) => text.match(/[\s\S]{1,8000}/g) ?? []),
	],
};

async function secondsOf(work, texts) {
	const start = process.cpuUsage();
	for (const text of texts) await work(text);
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1e6;
}

const redactor = createRedactor();
console.log('| texts | MB | redaction, MB/s of one core | all rules over all text, MB/s | places |');
console.log('|---|---|---|---|---|');
for (const [name, texts] of Object.entries({ ...corpora, all: Object.values(corpora).flat() })) {
	const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
	const times = { fast: [], slow: [] };
	let places = 0;
	for (let run = 0; run < runs; run++) {
		times.fast.push(await secondsOf((text) => redactor.redact(text), texts));
		times.slow.push(await secondsOf(applyRules, texts));
	}
	for (const text of texts) places += (await redactor.redact(text)).count;
	console.log(
		`| ${name} | ${megabytes.toFixed(1)} | **${(megabytes / median(times.fast)).toFixed(1)}** | ${(megabytes / median(times.slow)).toFixed(1)} | ${places} |`,
	);
}
