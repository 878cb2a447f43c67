// VS Code's own server, workbench and extension host, by way of code-server; a browser is its window.
import { spawn } from 'node:child_process';
import { existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { endProcessesOf } from './editorHome.mjs';
import { onAbort } from './onAbort.mjs';
import { endGroup, run, runOrThrow, signalGroup } from './run.mjs';

const cli = path.join(path.dirname(import.meta.dirname), 'dist/cli.cjs');

/** Installs a packaged extension into an editor home, as a user does. */
export async function installExtension(tools, home, vsix) {
	const args = [...serverArguments(tools, home), '--install-extension', vsix];
	const output = await runOrThrow(tools.node, args, { env: serverEnvironment(tools, home), capture: true, limitSeconds: 120 });
	if (!/successfully installed/.test(output)) throw new Error(`${vsix} could not be installed:\n${output}`);
}

/**
 * Starts the server and resolves once it answers. `driver` lets a test suite run in the extension host, but hides notifications.
 * `stop` ends the server and everything that the extension started, and returns the processes that had to be ended by force.
 */
export async function startVscodeServer(tools, home, { driver = false, env = {}, port } = {}) {
	const chosen = port ?? (await freePort());
	const flags = ['--auth', 'none', '--bind-addr', `127.0.0.1:${chosen}`, '--disable-telemetry', '--disable-update-check'];
	flags.push('--disable-workspace-trust', '--disable-getting-started-override', '--ignore-last-opened');
	if (driver) flags.push('--vscode-option', 'enable-smoke-test-driver');
	const logFile = path.join(home.root, 'server.log');
	const log = openSync(logFile, 'a');
	const options = { env: serverEnvironment(tools, home, env), stdio: ['ignore', log, log], detached: true };
	const child = spawn(tools.node, [...serverArguments(tools, home), ...flags], options);
	closeSync(log);
	const url = `http://127.0.0.1:${chosen}`;
	const stop = async () => {
		forget();
		const closed = new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));
		await endGroup(child, closed);
		signalGroup(child.pid, 'SIGKILL');
		return endCodelearn(home);
	};
	const forget = onAbort(stop);
	try {
		await answering(url, child, logFile);
	} catch (cause) {
		await stop();
		throw cause;
	}
	return { url, port: chosen, logFile, stop };
}

async function answering(url, child, logFile) {
	for (const end = Date.now() + 60_000; Date.now() < end;) {
		if (child.exitCode !== null) throw new Error(`code-server ended at once:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
		const healthy = await fetch(`${url}/healthz`).then(
			(response) => response.ok,
			() => false,
		);
		if (healthy) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`code-server did not answer at ${url} within 60 s:\n${readFileSync(logFile, 'utf8').slice(-3000)}`);
}

/** The daemon and its Chroma server outlive a window on purpose. Here they are told to leave, and ended when they do not. */
async function endCodelearn(home) {
	if (existsSync(cli)) await run(process.execPath, [cli, 'server', 'stop'], { env: home.env, capture: true, limitSeconds: 20 });
	return endProcessesOf(home.root);
}

function serverArguments(tools, home) {
	return [tools.codeServer, '--config', path.join(home.root, 'no-config.yaml'), '--user-data-dir', home.data, '--extensions-dir', home.extensions];
}

function serverEnvironment(tools, home, env = {}) {
	return { ...home.env, PATH: path.dirname(tools.node) + path.delimiter + home.env.PATH, ...env };
}

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}
