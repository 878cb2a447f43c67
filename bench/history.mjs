// How fast git history is read for the attribution of lines: a branch of 100 commits with its changed blobs right after a rebase, and blame of a
// line. Repository: 5,000 files, 300 commits. Run: node --import tsx bench/history.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlobReader } from '../src/platform/blobReader.ts';
import { blame } from '../src/platform/gitBlame.ts';
import { commits } from '../src/platform/gitCommits.ts';
import { mergeBase, tips, tree, treeDifference } from '../src/platform/gitHistory.ts';
import { median, percentile } from './measure.mjs';

const [files, mainCommits, branchCommits, filesACommit, lines, runs] = [5000, 200, 100, 5, 300, 7];
const root = mkdtempSync(path.join(tmpdir(), 'codelearn-history-'));
const identity = { GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'b@example.org', GIT_COMMITTER_NAME: 'Bench', GIT_COMMITTER_EMAIL: 'b@example.org' };
const git = (args, input) => execFileSync('git', args, { cwd: root, input, env: { ...process.env, ...identity }, encoding: 'utf8', maxBuffer: 1e9 });
const nameOf = (file) => `src/part${file % 100}/file${file}.ts`;

/** Lines of code; each change puts its number into a tenth of them. */
const texts = Array.from({ length: files }, (_each, file) => Array.from({ length: lines }, (_line, at) => `\tconst value${at} = compute(${file}, ${at});`));

function change(file, number) {
	const from = (number * 37) % lines;
	for (let at = from; at < Math.min(lines, from + lines / 10); at++) texts[file][at] = `\tconst value${at} = changed(${file}, ${at}, ${number});`;
}

function commit(branch, number, changed) {
	const blobs = changed.map((file) => {
		const text = `${texts[file].join('\n')}\n// The end of file ${file} stays.\n`;
		return `M 100644 inline ${nameOf(file)}\ndata ${Buffer.byteLength(text)}\n${text}`;
	});
	const from = branch === 'work' && number === mainCommits - 50 ? 'from refs/heads/main\n' : '';
	return `commit refs/heads/${branch}\ncommitter Bench <b@example.org> ${1_700_000_000 + number} +0000\ndata 6\ncommit\n${from}${blobs.join('\n')}\n`;
}

/** A branch off the main one, 50 commits before its end; the two change different files, file 0 apart from that is changed by each commit of main. */
function build() {
	git(['init', '--quiet', '--initial-branch=main']);
	const stream = [commit('main', 0, [...texts.keys()])];
	const changes = (number, first) => {
		const changed = Array.from({ length: filesACommit }, (_each, at) => first + ((number * filesACommit + at) % 2000));
		for (const file of changed) change(file, number);
		return changed;
	};
	const mainChanges = (number) => {
		change(0, number);
		return [0, ...changes(number, 1)];
	};
	for (let number = 1; number < mainCommits - 50; number++) stream.push(commit('main', number, mainChanges(number)));
	const branch = Array.from({ length: branchCommits }, (_each, at) => commit('work', mainCommits - 50 + at, changes(mainCommits - 50 + at, 2500)));
	stream.push(...branch);
	for (let number = mainCommits - 50; number < mainCommits; number++) stream.push(commit('main', number, mainChanges(number)));
	const file = path.join(root, '.git/stream');
	writeFileSync(file, stream.join(''));
	execFileSync('sh', ['-c', 'git fast-import --quiet < .git/stream && rm .git/stream'], { cwd: root });
	git(['checkout', '--quiet', 'work']);
	git(['rebase', '--quiet', 'main']);
}

async function time(name, work) {
	const times = [];
	let result;
	for (let run = 0; run < runs; run++) {
		const start = performance.now();
		result = await work();
		times.push(performance.now() - start);
	}
	times.sort((a, b) => a - b);
	console.log(`| ${name} | ${median(times).toFixed(1)} | ${percentile(times, 0.99).toFixed(1)} | ${result} |`);
}

async function read(range, withTexts) {
	const blobs = new BlobReader(root);
	let [count, size] = [0, 0];
	for await (const { changes } of commits(root, range)) {
		count++;
		if (!withTexts) continue;
		const names = changes.flatMap(({ old_blob, new_blob }) => [old_blob, new_blob]).filter((name) => name !== '');
		for (const text of await Promise.all(names.map((name) => blobs.read(name)))) size += text.length;
	}
	await blobs.close();
	return withTexts ? `${count} commits, ${(size / 1e6).toFixed(1)} MB of text` : `${count} commits`;
}

try {
	build();
	const base = await mergeBase(root, 'main', 'work');
	console.log('| what | ms, median | most | read |\n|---|---|---|---|');
	await time('rebased branch of 100 commits, with the texts before and after', () => read({ until: base }, true));
	await time('the same without texts', () => read({ until: base }, false));
	await time('the newest commit of it, with its texts', () => read({ until: 'HEAD~1' }, true));
	await time('all 300 commits without texts', () => read({}, false));
	await time('all, since a time', () => read({ since: '2020-01-01T00:00:00Z' }, false));
	await time('tree of the head', async () => `${(await tree(root, 'HEAD')).size} files`);
	await time('difference of two trees', async () => `${(await treeDifference(root, 'HEAD~1', 'HEAD')).length} files`);
	await time('tips', async () => `${(await tips(root)).length}`);
	const said = async (...args) => `${(await blame(root, ...args)).length} lines`;
	await time('blame: one line of a file changed twice', () => said(nameOf(2510), { lines: [100, 100] }));
	await time('blame: all lines of it', () => said(nameOf(2510)));
	await time('blame: one line of a file that 200 commits changed', () => said(nameOf(0), { lines: [100, 100] }));
	await time('blame: the line of it that none of them changed', () => said(nameOf(0), { lines: [lines + 1, lines + 1] }));
	await time('blame: all lines of it', () => said(nameOf(0)));
	for (const options of [
		['--incremental'],
		['--porcelain'],
		['--incremental', '-w'],
		['--incremental', '-M'],
		['--incremental', '-w', '-M'],
		['--incremental', '-w', '-M', '-C'],
	])
		await time(`git blame -L301,301 ${options.join(' ')}, alone, the same line`, async () => {
			git(['blame', ...options, '-L301,301', '--', nameOf(0)]);
			return '';
		});
	await time('git --version, alone', async () => git(['--version']).trim());
} finally {
	rmSync(root, { recursive: true, force: true });
}
