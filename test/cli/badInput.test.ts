import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';
import { temporaryFolder } from '../support/temporaryFolder';

describe('chroma-client and input it cannot use', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const none = temporaryFolder('no repository');
	const empty = new GitRepository({}, home.env);
	const repo = new GitRepository({ 'a.ts': 'export const a = 1;\n' }, home.env);
	after(async () => {
		await home.remove();
		for (const each of [none, empty, repo]) each.remove();
	});

	const wrongUse: [string, string[], RegExp][] = [
		['an unknown command', ['dance'], /unknown command 'dance'/],
		['an unknown option', ['query', 'x', '--colour'], /unknown option '--colour'/],
		['no command', [], /Usage: chroma-client/],
		['index without saying what', ['index'], /Say what to index: --all, --changed, or the paths/],
		['index with two answers', ['index', '--all', '--changed'], /Say what to index/],
		['query without words', ['query'], /missing required argument/],
		['query for too many', ['query', 'x', '-n', '0'], /whole number from 1 to 200/],
		['query for half a one', ['query', 'x', '-n', '1.5'], /whole number/],
		['log-chat without a prompt', ['log-chat'], /Give the prompt with --prompt-summary/],
		['log-chat with an empty prompt', ['log-chat', '--raw-prompt', ''], /prompt/],
		['log-chat with a confidence that is none', ['log-chat', '--raw-prompt', 'p', '--confidence', 'much'], /confidence_score/],
		['log-chat with an unknown type', ['log-chat', '--raw-prompt', 'p', '--modification-type', 'magic'], /modification_type/],
		['log-chat with texts of no file', ['log-chat', '--raw-prompt', 'p', '--before', '/dev/null'], /exactly one --file/],
		['log-chat from a file that is missing', ['log-chat', '--input', 'missing.json'], /missing\.json cannot be read/],
		['a learning out of nothing', ['promote-learning'], /needs a description/],
		['a learning too sure of itself', ['promote-learning', '--description', 'd', '--confidence', '2'], /number from 0 to 1/],
		['an unknown state', ['review-and-promote', '--review', 'maybe'], /Allowed choices are new, promoted, ignored, any/],
	];
	for (const [what, args, message] of wrongUse)
		it(`says what is wrong with ${what}, and ends with 2`, async () => {
			const { code, stdout, stderr } = await home.run(args, { cwd: repo.root });
			assert.equal(code, 2, stdout + stderr);
			assert.match(stderr, message);
			assert.equal(stdout, '');
		});

	const refused: [string, () => string[], RegExp][] = [
		['index outside a repository', () => ['-C', none.path, 'index', '--all'], /is not inside a git repository.*git init/],
		['index of a missing folder', () => ['-C', join(none.path, 'missing'), 'index', '--all'], /missing\b.* does not exist/],
		['index of an empty repository', () => ['-C', empty.root, 'index', '--all'], /holds no file that git knows or would add/],
		['a hook outside a repository', () => ['-C', none.path, 'hooks', 'install'], /not inside a git repository/],
		['query in a missing folder', () => ['-C', join(none.path, 'missing'), 'query', 'x'], /does not exist or cannot be read/],
		['an unknown turn', () => ['promote-learning', '--from-chat', 't_unknown'], /There is no turn t_unknown\. List turns with/],
		['ignoring an unknown turn', () => ['review-and-promote', '--ignore', 't_unknown'], /There is no turn t_unknown/],
	];
	for (const [what, args, message] of refused)
		it(`refuses ${what}, and ends with 1`, async () => {
			const { code, stdout, stderr } = await home.run(args(), { cwd: repo.root });
			assert.equal(code, 1, stdout + stderr);
			assert.match(stderr, message);
			assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace for a user');
		});

	it('names the place in malformed JSON, and keeps nothing of it', async () => {
		for (const [text, message] of [
			['{"prompt": "x"', /is no JSON/],
			['[]', /not complete/],
			['{"response": "no prompt"}', /not complete: prompt/],
			['{"prompt": "p", "edits": [{"file_path": 7}]}', /edits\.0\.file_path/],
		] as const) {
			const { code, stderr } = await home.run(['log-chat', '--input', '-'], { cwd: repo.root, input: text });
			assert.equal(code, 2, text);
			assert.match(stderr, message);
		}
		assert.deepEqual(await home.json(['review-and-promote', '--review', 'any'], { cwd: repo.root }), { turns: [], total: 0 });
	});

	it('says so when a query finds nothing because nothing is indexed', async () => {
		const { code, stdout, stderr } = await home.run(['query', 'anything'], { cwd: repo.root });
		assert.equal(code, 0);
		assert.match(stdout, /Nothing found/);
		assert.match(stderr, /No code of this repository is indexed yet\. Run `chroma-client index --all`/);
		assert.match((await home.run(['query', 'anything'], { cwd: none.path })).stderr, /no git repository: only learnings/);
	});

	it('takes questions of any characters', async () => {
		await home.run(['index', '--all'], { cwd: repo.root });
		for (const text of ['"', "it's", 'a AND (', 'größe', '🦒', '*', '--', '%', 'x'.repeat(5000)]) {
			const { code, stderr } = await home.run(['query', '--json', '--', text], { cwd: repo.root });
			assert.equal(code, 0, `${text.slice(0, 20)}: ${stderr}`);
		}
	});

	it('says what is wrong with a data folder that cannot be written', async () => {
		const file = join(none.path, 'file');
		writeFileSync(file, '');
		const { code, stderr } = await home.run(['query', 'x'], { cwd: repo.root, env: { CODELEARN_HOME: join(file, 'data') } });
		assert.equal(code, 1);
		assert.match(stderr, /data folder .*file\/data cannot be written.*CODELEARN_HOME/);
	});

	it('works in folders with spaces and umlauts, and from within them', async () => {
		const odd = new GitRepository({}, home.env);
		try {
			mkdirSync(join(odd.root, 'ein Ordner/größe'), { recursive: true });
			odd.write('ein Ordner/größe/täglich.ts', 'export function taeglich() {\n\treturn "jeden Tag";\n}\n');
			const { code, stderr } = await home.run(['index', '--all'], { cwd: join(odd.root, 'ein Ordner/größe') });
			assert.equal(code, 0, stderr);
			assert.match((await home.run(['query', 'taeglich'], { cwd: join(odd.root, 'ein Ordner') })).stdout, /ein Ordner\/größe\/täglich\.ts:1-3/);
		} finally {
			odd.remove();
		}
	});

	it('ends at once at Ctrl-C where there is nothing to bring to an end', async () => {
		const waiting = new CliHome();
		try {
			const { code } = await waiting.run(['query', 'x'], { cwd: repo.root, onStart: (child) => setTimeout(() => child.kill('SIGINT'), 400) });
			assert.equal(code, null);
		} finally {
			await waiting.remove();
		}
	});

	it('shows its help and version with 0', async () => {
		for (const args of [['--help'], ['--version'], ['index', '--help'], ['help', 'query']]) assert.equal((await home.run(args)).code, 0, args.join(' '));
	});
});
