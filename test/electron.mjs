// node test/electron.mjs [--vscode PATH]: the suite of test/host in a desktop VS Code: a downloaded one, or the one that PATH names.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { makeEditorHome } from '../scripts/editorHome.mjs';
import { bundleHostTests } from '../scripts/hostBundle.mjs';
import { sampleWorkspace } from '../scripts/sampleWorkspace.mjs';
import { cacheFolder } from '../scripts/testTools.mjs';

const root = path.dirname(import.meta.dirname);
const result = path.join(root, 'out/results/electron.json');
const { values } = parseArgs({ options: { vscode: { type: 'string' } } });

const home = makeEditorHome();
sampleWorkspace({ folder: home.workspace, home: home.home, env: home.env });
rmSync(result, { force: true });
try {
	await runTests({
		...(values.vscode === undefined ? { version: 'stable', cachePath: path.join(cacheFolder(), 'desktop') } : { vscodeExecutablePath: values.vscode }),
		extensionDevelopmentPath: root,
		extensionTestsPath: await bundleHostTests(),
		// HOME stays the user's: a desktop program finds its display and keyring there.
		extensionTestsEnv: { CODELEARN_HOME: home.codelearn, CODELEARN_TEST_RESULT: result },
		launchArgs: [home.workspace, '--user-data-dir', home.data, '--extensions-dir', home.extensions, '--disable-workspace-trust', '--skip-welcome'],
	});
} catch (cause) {
	console.error(cause.message);
} finally {
	home.remove();
}
process.exitCode = passed() ? 0 : 1;

function passed() {
	if (!existsSync(result)) return false;
	const { tests } = JSON.parse(readFileSync(result, 'utf8'));
	return tests.length > 0 && tests.every(({ outcome }) => outcome !== 'failed');
}
