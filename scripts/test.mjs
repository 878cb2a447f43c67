// node scripts/test.mjs [--unit] [--host] [--agent] [--ui] [--assistants]: installs, builds, checks and tests; all parts unless some are named.
// The last line is `N passed, N failed`; a check that fails and a part that did not run to its end count as one failure each.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { coverageFolder, coverageIsEnough } from './coverage.mjs';
import { endProcessesOf, makeEditorHome } from './editorHome.mjs';
import { installDependencies } from './install.mjs';
import { run, runOrThrow } from './run.mjs';
import { step } from './steps.mjs';

const root = path.dirname(import.meta.dirname);
const results = path.join(root, 'out/results');
const bin = (name) => path.join(root, 'node_modules', name);
const node = (args, options) => runOrThrow(process.execPath, args, { cwd: root, ...options });
const tally = { passed: 0, failed: 0 };
const troubles = [];

const names = ['unit', 'host', 'agent', 'ui', 'assistants'];
const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])) });
const all = names.every((name) => values[name] === undefined);
await main(Object.fromEntries(names.map((name) => [name, all || values[name] === true])));
for (const trouble of troubles) console.log(trouble);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function main(parts) {
	for (const folder of [results, coverageFolder]) rmSync(folder, { recursive: true, force: true });
	mkdirSync(coverageFolder, { recursive: true });
	const ready = (await check('install', installDependencies)) && (await check('build', () => node(['esbuild.config.mjs'])));
	if (!ready) return;
	if (parts.unit) {
		await check('types', typecheck);
		await check('lint', () => node([bin('eslint/bin/eslint.js'), '.'], { limitSeconds: 900 }));
		await check('format', () => node([bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']));
		await part('unit tests', unitTests);
	}
	if (parts.host) await part('tests in the extension host', (env) => run(process.execPath, ['test/e2e/suite.mjs'], { cwd: root, env, limitSeconds: 1800 }));
	if (parts.agent) await part('the agent of the editor', (env) => run(process.execPath, ['test/e2e/agent.mjs'], { cwd: root, env, limitSeconds: 1800 }));
	if (parts.ui) await part('user interface in a browser', (env) => run(process.execPath, ['test/e2e/ui.mjs'], { cwd: root, env, limitSeconds: 3600 }));
	if (parts.assistants) await part('real assistants', realAssistants);
	if (parts.unit) await check('coverage', () => coverage(parts.host));
}

async function typecheck() {
	for (const project of ['tsconfig.json', 'src/views/webview/tsconfig.json']) {
		if (existsSync(path.join(root, project))) await node([bin('typescript/bin/tsc'), '-p', project]);
	}
}

/** In a home of their own, so that a test that forgets to say where its data lies finds nobody's. */
async function unitTests(env) {
	const home = makeEditorHome();
	const own = { ...home.env, CODELEARN_TEST_RESULT: env.CODELEARN_TEST_RESULT, NODE_V8_COVERAGE: env.NODE_V8_COVERAGE };
	try {
		return await run(process.execPath, [bin('mocha/bin/mocha.js'), '--reporter', 'test/support/resultReporter.cjs', 'test/**/*.test.ts'], {
			cwd: root,
			env: own,
			limitSeconds: 1800,
		});
	} finally {
		for (const { pid, command } of await endProcessesOf(home.root)) console.warn(`still ran and was ended: ${pid} ${command.slice(0, 150)}`);
		home.remove();
	}
}

/** Those that most people use; `npm run test:assistants` plays to all. */
function realAssistants(env) {
	const args = ['--import', 'tsx', 'test/assistants/run.mjs', '--quick', 'claude-code', 'codex', 'gemini-cli'];
	// Without coverage: the assistants are Node programs too.
	const rest = { ...env };
	delete rest.NODE_V8_COVERAGE;
	return run(process.execPath, args, { cwd: root, env: rest, limitSeconds: 1200 });
}

async function coverage(withEditor) {
	if (!(await coverageIsEnough({ withEditor }))) throw new Error('too few lines of src are covered. coverage/index.html shows which are not.');
}

/** Something that is in order or not. */
async function check(name, work) {
	if ((await step(name, work)) !== undefined) return true;
	count(0, 1, `${name}: failed`);
	return false;
}

/** A run of tests. What it did stands in its result file; without one, it did not run. */
async function part(name, work) {
	const file = path.join(results, `${name.replaceAll(' ', '-')}.json`);
	const env = { ...process.env, CODELEARN_TEST_RESULT: file, NODE_V8_COVERAGE: coverageFolder };
	await step(name, async () => {
		const { code } = await work(env);
		const tests = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).tests : [];
		const titles = (outcome) => tests.filter((test) => test.outcome === outcome).map(({ title }) => title);
		const failed = titles('failed');
		count(titles('passed').length, failed.length);
		for (const title of failed) troubles.push(`${name}: failed: ${title}`);
		for (const title of titles('skipped')) troubles.push(`${name}: skipped: ${title}`);
		if (tests.length === 0 || (code !== 0 && failed.length === 0)) {
			count(0, 1, `${name}: did not run to its end (exit code ${code})`);
			throw new Error('did not run to its end');
		}
		if (failed.length > 0) throw new Error(`${failed.length} failed`);
	});
}

function count(passed, failed, trouble) {
	tally.passed += passed;
	tally.failed += failed;
	if (trouble !== undefined) troubles.push(trouble);
}
