import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeEditorHome } from '../../scripts/editorHome.mjs';
import { bundleHostTests } from '../../scripts/hostBundle.mjs';
import { sampleWorkspace } from '../../scripts/sampleWorkspace.mjs';
import { ensureTestTools } from '../../scripts/testTools.mjs';
import { startVscodeServer } from '../../scripts/vscodeServer.mjs';
import { openBrowser } from './browser.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const limitSeconds = 300;

/**
 * Runs a folder of tests inside a real VS Code extension host, beside the extension. Returns the exit code: the result file decides, not
 * the host's code alone. `settings` go to the user's settings, `prepare` may add to the editor home, `onPage` sees the workbench's page.
 */
export async function runHostSuite({ name, folder, settings = {}, prepare = () => undefined, onPage = () => undefined }) {
	const tools = await ensureTestTools();
	const tests = await bundleHostTests(folder, path.join(root, 'out', name));
	const home = makeEditorHome(settings);
	const result = process.env.CODELEARN_TEST_RESULT ?? path.join(root, `out/results/${name}.json`);
	const output = path.join(home.root, 'output.txt');
	rmSync(result, { force: true });
	writeFileSync(output, '');
	try {
		sampleWorkspace({ folder: home.workspace, home: home.home, env: home.env });
		prepare(home);
		await withServer({ tools, home, env: hostEnvironment(result, output) }, (server) => runTests({ name, tools, tests, home, output, onPage }, server));
	} finally {
		home.remove();
	}
	return verdict(result);
}

async function withServer({ tools, home, env }, work) {
	const server = await startVscodeServer(tools, home, { driver: true, env });
	try {
		await work(server);
	} finally {
		for (const { pid, command } of await server.stop()) console.warn(`still ran and was ended: ${pid} ${command.slice(0, 150)}`);
	}
}

function hostEnvironment(result, output) {
	const coverage = process.env.NODE_V8_COVERAGE;
	if (coverage !== undefined) mkdirSync(coverage, { recursive: true });
	const passed = ['CODELEARN_TEST_GREP', 'CODELEARN_FIGURES'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
	return {
		...Object.fromEntries(passed),
		CODELEARN_TEST_RESULT: result,
		CODELEARN_TEST_OUTPUT: output,
		...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }),
	};
}

async function runTests({ name, tools, tests, home, output, onPage }, server) {
	const { browser, page } = await openBrowser(tools);
	const follower = followOutput(output);
	try {
		const ended = new Promise((resolve) => {
			page.on('crash', () => resolve('the page crashed'));
			setTimeout(resolve, limitSeconds * 1000, `the suite took longer than ${limitSeconds} s`).unref();
			void page.exposeFunction('codeAutomationExit', (code) => resolve(code));
		});
		await page.exposeFunction('codeAutomationLog', () => undefined);
		await page.goto(`${server.url}/?folder=${encodeURIComponent(home.workspace)}&payload=${encodeURIComponent(payload(server, tests))}`);
		onPage(page);
		const code = await ended;
		if (typeof code === 'string') await explain({ name, page, server }, code);
	} finally {
		follower.stop();
		await browser.close();
	}
}

/** Makes the workbench load the extension from its folder and run the tests in the extension host. */
function payload(server, tests) {
	const remote = (file) => `vscode-remote://127.0.0.1:${server.port}${file.split('/').map(encodeURIComponent).join('/')}`;
	return JSON.stringify([
		['extensionDevelopmentPath', remote(root)],
		['extensionTestsPath', remote(tests)],
		['skipWelcome', 'true'],
		['skipReleaseNotes', 'true'],
	]);
}

/** Shows the suite's text while it is written. */
function followOutput(output) {
	let shown = 0;
	const show = () => {
		const text = readFileSync(output);
		process.stdout.write(text.subarray(shown));
		shown = text.length;
	};
	const timer = setInterval(show, 200);
	return {
		stop: () => {
			clearInterval(timer);
			show();
		},
	};
}

async function explain({ name, page, server }, why) {
	const picture = path.join(root, `out/screenshots/${name}.png`);
	await page.screenshot({ path: picture }).catch(() => undefined);
	console.error(`The host suite ended early: ${why}. Picture: ${picture}. End of the server's log:\n${readFileSync(server.logFile, 'utf8').slice(-3000)}`);
}

function verdict(result) {
	if (!existsSync(result)) {
		console.error('The host suite left no result: it did not run to its end.');
		return 1;
	}
	const { tests: ran } = JSON.parse(readFileSync(result, 'utf8'));
	return ran.length > 0 && ran.every(({ outcome }) => outcome !== 'failed') ? 0 : 1;
}
