// node test/e2e/agent.mjs: runs test/agent in a real VS Code whose own agent works on a scripted model, without an account or a network.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runHostSuite } from './hostSuite.mjs';

const folder = path.resolve(import.meta.dirname, '../agent');

process.exitCode = await runHostSuite({
	name: 'agent',
	folder,
	settings: {
		'chat.permissions.default': 'autoApprove', // nobody is there to confirm a tool
		'chat.byokUtilityModelDefault': 'mainAgent', // titles come from the scripted model too
	},
	prepare: installModel,
	onPage: confirmDialogs,
});

/** Only one extension can be under development; the other is found where installed ones lie. */
function installModel(home) {
	const { publisher, name, version } = JSON.parse(readFileSync(path.join(folder, 'model/package.json'), 'utf8'));
	cpSync(path.join(folder, 'model'), path.join(home.extensions, `${publisher}.${name}-${version}`), { recursive: true });
}

/** Tests run in the extension host, which cannot press a button: every question of the editor is answered with yes. */
function confirmDialogs(page) {
	const button = page.locator('.monaco-dialog-box .monaco-button').first();
	const timer = setInterval(() => void button.click({ timeout: 200 }).catch(() => undefined), 500);
	page.on('close', () => clearInterval(timer));
}
