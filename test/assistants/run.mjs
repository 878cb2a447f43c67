// npm run test:assistants -- [names…] [--scenario NAME] [--newest] [--keep] [--list] [--quick]
// Runs real assistants against a scripted model on this machine and checks what Codelearn has recorded. The last line is `N passed, N failed`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endProcessesOf, makeEditorHome } from '../../scripts/editorHome.mjs';
import { onAbort } from '../../scripts/onAbort.mjs';
import { onPath } from '../../scripts/testTools.mjs';
import { assistants } from './assistants.mjs';
import { installAssistant } from './install.mjs';
import { runCase } from './runCase.mjs';
import { scenarios } from './scenarios.mjs';

const flag = { type: 'boolean', default: false };
const options = { newest: flag, keep: flag, list: flag, quick: flag, scenario: { type: 'string', multiple: true } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const results = [];

if (values.list) list();
else await main();

function list() {
	for (const assistant of assistants) {
		console.log(assistant.name);
		for (const scenario of scenarios.filter(({ only = [assistant.name] }) => only.includes(assistant.name))) {
			const reason = leftOut(assistant, scenario);
			console.log(`  ${scenario.name}: ${reason === undefined ? scenario.about : `left out, ${reason}`}`);
		}
	}
}

async function main() {
	const chosen = pick(assistants, positionals, 'assistant');
	const played = pick(scenarios, values.scenario ?? [], 'scenario').filter(({ slow }) => !(slow && values.quick && values.scenario === undefined));
	if (values.keep) process.env.CODELEARN_TEST_KEEP = '1';
	// They wait most of the time: for hooks, and for what is read a while later.
	if (values.quick) await Promise.all(chosen.map((assistant) => testAssistant(assistant, played)));
	else for (const assistant of chosen) await testAssistant(assistant, played);
	const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
	writeResult();
	console.log(`${count('passed')} passed, ${count('failed')} failed`);
	process.exitCode = count('failed') === 0 && count('passed') > 0 ? 0 : 1;
}

function pick(all, names, what) {
	const unknown = names.find((name) => !all.some((each) => each.name === name));
	if (unknown !== undefined) throw new Error(`There is no ${what} "${unknown}". Known: ${all.map(({ name }) => name).join(', ')}.`);
	return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function testAssistant(assistant, played) {
	let installed;
	try {
		installed = await installAssistant(assistant.name, values);
	} catch (cause) {
		note(`${assistant.name}: installation`, 'failed', [cause.message]);
		return;
	}
	for (const scenario of played.filter(({ only = [assistant.name] }) => only.includes(assistant.name))) {
		const reason = leftOut(assistant, scenario);
		if (reason !== undefined) note(`${assistant.name} ${installed.version}: ${scenario.name}`, 'skipped', [reason]);
		else for (const isLive of modes(assistant, scenario)) await test({ assistant, installed, scenario, isLive });
	}
}

function leftOut(assistant, scenario) {
	const inTerminal = (scenario.keys !== undefined && assistant.terminal !== undefined) || (scenario.prompts.length > 1 && assistant.resume !== undefined);
	if (inTerminal && onPath('script') === undefined) return 'needs the program "script" of util-linux';
	if (scenario.image && assistant.withImage === undefined) return 'takes an image in a terminal at most';
	return assistant.cannot[scenario.name];
}

/** Whether the background process runs meanwhile, or is started afterwards, which makes no difference without hooks. `--quick`: the latter once. */
function modes({ name, hooks }, scenario) {
	const both = values.quick ? name === 'claude-code' && scenario.name === 'fix-sum' : hooks !== 'none' && ['fix-sum', 'two-turns'].includes(scenario.name);
	return both ? [true, false] : [true];
}

async function test(what) {
	const { assistant, installed, scenario, isLive } = what;
	const title = `${assistant.name} ${installed.version}: ${scenario.name}${isLive ? '' : ', background process started afterwards'}`;
	const start = performance.now();
	const home = makeEditorHome();
	const forget = onAbort(() => endProcessesOf(home.root));
	let problems;
	try {
		problems = await runCase({ ...what, home });
	} catch (cause) {
		problems = [cause.message];
	}
	await endProcessesOf(home.root);
	forget();
	home.remove();
	note(title, problems.length === 0 ? 'passed' : 'failed', problems, performance.now() - start);
}

function note(title, outcome, details, ms = 0) {
	results.push({ title, outcome, ms: Math.round(ms), ...(outcome === 'failed' && { error: details.join('\n') }) });
	const mark = { passed: '✔', failed: '✖', skipped: '–' }[outcome];
	console.log(`${mark} ${title}${outcome === 'skipped' ? `: skipped, ${details[0]}` : ` (${(ms / 1000).toFixed(1)} s)`}`);
	if (outcome === 'failed') for (const detail of details) console.log(`    ${detail}`);
}

/** For the caller that sums up all tests; the file appears at the end alone. */
function writeResult() {
	const file = process.env.CODELEARN_TEST_RESULT;
	if (file === undefined) return;
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(file, JSON.stringify({ tests: results }, null, 1));
}
