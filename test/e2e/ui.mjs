// node test/e2e/ui.mjs: installs the packaged extension as a user does and plays the steps of test/e2e/steps in a real browser.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeEditorHome } from '../../scripts/editorHome.mjs';
import { packageExtension } from '../../scripts/package.mjs';
import { sampleWorkspace } from '../../scripts/sampleWorkspace.mjs';
import { ensureTestTools } from '../../scripts/testTools.mjs';
import { installExtension, startVscodeServer } from '../../scripts/vscodeServer.mjs';
import { openBrowser } from './browser.mjs';
import { hostLog } from './hostLog.mjs';
import { createWorkbench } from './workbench.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const result = process.env.CODELEARN_TEST_RESULT ?? path.join(root, 'out/results/ui.json');
const stepLimitSeconds = 120;

const tools = await ensureTestTools();
const [vsix] = process.env.CODELEARN_TEST_VSIX === undefined ? await packageExtension() : [process.env.CODELEARN_TEST_VSIX];
rmSync(result, { force: true });
const home = makeEditorHome();
let tests = [];
try {
	const sample = sampleWorkspace({ folder: home.workspace, home: home.home, env: home.env });
	await installExtension(tools, home, vsix);
	tests = await withServer((server) => play(server, sample));
} finally {
	home.remove();
}
mkdirSync(path.dirname(result), { recursive: true });
writeFileSync(result, JSON.stringify({ tests }, null, 1));
process.exitCode = tests.length > 0 && tests.every(({ outcome }) => outcome === 'passed') ? 0 : 1;

async function withServer(work) {
	const server = await startVscodeServer(tools, home);
	try {
		return await work(server);
	} finally {
		for (const { pid, command } of await server.stop()) console.warn(`still ran and was ended: ${pid} ${command.slice(0, 150)}`);
	}
}

async function play(server, sample) {
	const { browser, page, blocked } = await openBrowser(tools);
	try {
		await page.goto(`${server.url}/?folder=${encodeURIComponent(home.workspace)}`);
		const workbench = createWorkbench(page);
		const context = { workbench, home, sample, server };
		const results = [];
		for (const step of await allSteps()) results.push(await playStep(step, context));
		if (blocked.length > 0) console.log(`  requests that would have left this machine: ${[...new Set(blocked.map((url) => new URL(url).host))].join(', ')}`);
		return results;
	} finally {
		await browser.close();
	}
}

/** Steps of all files, in the order of the files' names. */
async function allSteps() {
	const folder = path.join(import.meta.dirname, 'steps');
	const wanted = process.env.CODELEARN_TEST_STEPS;
	const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && (wanted === undefined || name.startsWith('01') || name.includes(wanted)));
	const modules = await Promise.all(files.sort().map((name) => import(path.join(folder, name))));
	return modules.flatMap((module) => module.steps);
}

/** A failed step leaves a picture and does not stop the later ones. */
async function playStep({ name, run }, context) {
	const start = performance.now();
	const took = () => Math.round(performance.now() - start);
	try {
		await within(stepLimitSeconds, run(context));
		console.log(`  ✔ ${name} (${took()} ms)`);
		return { title: name, outcome: 'passed', ms: took() };
	} catch (cause) {
		const picture = await context.workbench.screenshot(`failed-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`).catch(() => 'none');
		console.log(`  ✖ ${name} (${took()} ms)\n${indented(cause.message)}\n    picture: ${picture}${hostErrors()}`);
		await context.workbench.page.keyboard.press('Escape').catch(() => undefined);
		return { title: name, outcome: 'failed', ms: took(), error: String(cause.stack) };
	}
}

function within(seconds, work) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`took longer than ${seconds} s`)), seconds * 1000);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function indented(text) {
	return text
		.split('\n')
		.slice(0, 8)
		.map((line) => `    ${line}`)
		.join('\n');
}

/** What failed in the extension host last, which often tells why a step waited in vain. */
function hostErrors() {
	const errors = hostLog(home).filter((line) => line.includes('[error]'));
	return errors.length === 0 ? '' : `\n    extension host: ${errors.slice(-5).join('\n    ')}`;
}
