import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onAbort } from './onAbort.mjs';

/**
 * A home of its own for an editor under test: user folder, editor data, Codelearn's data, a workspace. Nothing of the real user is read or written.
 * CODELEARN_TEST_KEEP=1 keeps it for a look afterwards.
 */
export function makeEditorHome(settings = {}) {
	const root = mkdtempSync(path.join(tmpdir(), 'codelearn-editor-'));
	const home = path.join(root, 'home');
	const editor = { root, home, data: path.join(root, 'editor'), extensions: path.join(root, 'extensions'), codelearn: path.join(root, 'codelearn') };
	const workspace = path.join(root, 'workspace');
	for (const folder of [home, editor.extensions, editor.codelearn, workspace, path.join(editor.data, 'User')]) mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(root, 'no-config.yaml'), '');
	writeFileSync(path.join(editor.data, 'User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }));
	return { ...editor, workspace, env: editorEnvironment(root, home, editor.codelearn), remove: removal(root) };
}

/** No telemetry, no updates, no welcome pages: what is on the screen is the workbench and the extension. */
const quietSettings = {
	'telemetry.telemetryLevel': 'off',
	'update.mode': 'none',
	'extensions.autoUpdate': false,
	'extensions.autoCheckUpdates': false,
	'workbench.startupEditor': 'none',
	'workbench.enableExperiments': false,
	'workbench.tips.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'security.workspace.trust.enabled': false,
	'git.openRepositoryInParentFolders': 'never',
	'window.restoreWindows': 'none',
	'files.autoSave': 'off',
};

/** Variables that would lead a program in the test home back to the real one, or change what it does. */
const foreign =
	/^(VSCODE_|npm_|CODELEARN_|CHROMA_|EMBEDDING_|CLAUDE|CODEX_|GEMINI_|GIT_|XDG_|NODE_V8_COVERAGE$|NODE_OPTIONS$|PORT$|PASSWORD$|OPENAI_API_KEY$|HF_TOKEN$|GOOGLE_APPLICATION_CREDENTIALS$)/;

function editorEnvironment(root, home, codelearnHome) {
	const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
	const xdg = Object.fromEntries(['CACHE', 'CONFIG', 'DATA', 'STATE'].map((kind) => [`XDG_${kind}_HOME`, path.join(home, '.xdg', kind.toLowerCase())]));
	return { ...inherited, ...xdg, HOME: home, XDG_RUNTIME_DIR: root, CODELEARN_HOME: codelearnHome };
}

function removal(root) {
	const remove = () => {
		forget();
		if (process.env.CODELEARN_TEST_KEEP) console.log(`kept ${root}`);
		else rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
	};
	const forget = onAbort(remove);
	return remove;
}

/**
 * Processes whose environment names the folder: everything that was started, at whatever remove, with an editor home below it.
 * Seen on Linux alone; elsewhere nothing is found.
 */
export function processesOf(root) {
	if (process.platform !== 'linux') return [];
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.filter((pid) => readProc(pid, 'environ').includes(root))
		.map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

/** Waits for an editor home's processes to leave by themselves, ends those that do not, and returns what they were. */
export async function endProcessesOf(root) {
	await gone(root, 5000);
	const left = processesOf(root);
	signalAll(left, 'SIGTERM');
	await gone(root, 5000);
	signalAll(processesOf(root), 'SIGKILL');
	return left;
}

async function gone(root, milliseconds) {
	for (const end = Date.now() + milliseconds; Date.now() < end && processesOf(root).length > 0;) await new Promise((resolve) => setTimeout(resolve, 100));
}

function signalAll(processes, signal) {
	for (const { pid } of processes) {
		try {
			process.kill(pid, signal);
		} catch {
			// It ended by itself in between.
		}
	}
}

function readProc(pid, file) {
	try {
		return readFileSync(`/proc/${pid}/${file}`, 'latin1');
	} catch {
		return ''; // gone, or another user's
	}
}
