// node scripts/quickstart.mjs [FOLDER] [--import]: from a fresh checkout to an indexed folder, imported chats, a first answer and the
// packaged extension. Node's own modules only, because it runs before `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { installDependencies } from './install.mjs';
import { runOrThrow } from './run.mjs';
import { step } from './steps.mjs';

const root = path.dirname(import.meta.dirname);
const cli = path.join(root, 'dist/cli.cjs');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { import: { type: 'boolean', default: false } } });
const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0] ?? root);

const done = await quickstart();
process.exitCode = done ? 0 : 1;

/** Stops at the first step that fails; the step has then said why. */
async function quickstart() {
	if (!(await step('check Node, git and the folder', checkPrerequisites))) return false;
	if (!(await step('install dependencies (npm ci)', installDependencies))) return false;
	if (!(await step('build', () => runOrThrow(process.execPath, ['esbuild.config.mjs'], { cwd: root })))) return false;
	if (!(await step('start the local server', () => codelearn('server', 'start')))) return false;
	if (!(await step(`index ${folder}`, () => codelearn('index', '--all')))) return false;
	if (!(await importTranscripts())) return false;
	if (!(await step('ask a first question', ask))) return false;
	if (!(await step('package the extension', () => runOrThrow(process.execPath, ['scripts/package.mjs'], { cwd: root })))) return false;
	whatNext();
	return true;
}

function checkPrerequisites() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major < 20 || (major === 20 && minor < 18))
		throw new Error(`Node 20.18 or newer is needed; this is ${process.version}. Install a newer one from https://nodejs.org.`);
	const git = spawnSync('git', ['--version'], { encoding: 'utf8' });
	if (git.status !== 0) throw new Error('git was not found. Install it and run this again.');
	if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder. Name the folder to index: npm run quickstart FOLDER`);
	console.log(`Node ${process.versions.node}, ${git.stdout.trim()}, folder ${folder}`);
}

/** Reads nobody's chats without a yes: by an answer, or by --import. */
async function importTranscripts() {
	const listed = await step('look for transcripts of assistants', async () => JSON.parse(await capture('import', '--list', '--json')));
	if (listed === undefined) return false;
	const transcripts = listed.value.transcripts ?? [];
	console.log(`${transcripts.length} transcripts belong to ${folder}${transcripts.length === 0 ? '.' : ':'}`);
	for (const [source, count] of countedBySource(transcripts)) console.log(`  ${source}: ${count}`);
	if (transcripts.length === 0) return true;
	if (await consent()) return (await step('import transcripts', () => codelearn('import'))) !== undefined;
	console.log('Nothing was imported. To import later: npm run quickstart -- --import, or "node dist/cli.cjs import" in the folder.');
	return true;
}

function countedBySource(transcripts) {
	const counts = new Map();
	for (const { source } of transcripts) counts.set(source, (counts.get(source) ?? 0) + 1);
	return counts;
}

async function consent() {
	if (values.import) return true;
	if (!process.stdin.isTTY) return false;
	const prompt = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await prompt.question('Import them now? Secrets are taken out, and everything stays on this machine. [y/N] ');
	prompt.close();
	return /^y(es)?$/i.test(answer.trim());
}

/** Something that this very folder should be able to answer: what was last asked of an assistant here, or last committed. */
function question() {
	if (folder === root) return 'how are secrets taken out of captured text';
	const [turn] = JSON.parse(capture('review-and-promote', '--number', '1', '--json')).turns;
	const subject = spawnSync('git', ['log', '-1', '--format=%s'], { cwd: folder, encoding: 'utf8' }).stdout.trim();
	return turn?.prompt_summary || subject || 'where does the program start';
}

async function ask() {
	const text = question();
	console.log(`chroma-client query ${JSON.stringify(text)}`);
	return codelearn('query', '-n', '3', text);
}

function codelearn(...args) {
	return runOrThrow(process.execPath, [cli, ...args], { cwd: folder, limitSeconds: 3600 });
}

function capture(...args) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 600_000 });
	if (status !== 0) throw new Error(`"chroma-client ${args.join(' ')}" ended with exit code ${status}: ${stderr.trim()}`);
	return stdout;
}

function whatNext() {
	const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
	const vsix = path.join(root, 'out', `codelearn-${process.platform}-${process.arch}-${version}.vsix`);
	const entry = { codelearn: { command: process.execPath, args: [cli, 'mcp'] } };
	console.log(`
Ready. ${folder} is indexed, and a local server holds the index.

In the editor (VS Code; for Cursor use "cursor" instead of "code"):
  code --install-extension ${vsix}

In another assistant, as an MCP server:
  ${JSON.stringify({ mcpServers: entry })}

On the command line, in any repository:
  node ${cli} index --changed
  node ${cli} query "what you look for"
  node ${cli} promote-learning --help
  node ${cli} server stop`);
}
