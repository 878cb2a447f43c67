import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hookTarget } from '../../src/app/hookTargets';
import { projectRoot } from '../support/dist';
import { memento } from '../support/memento';
import { vscodeDouble } from '../support/vscodeDouble';
import { CaptureControl } from '../../src/vscode/captureControl';
import { registerCursorHooks } from '../../src/vscode/register/cursorHooks';

const plugins = join(projectRoot, 'resources/cursor-plugin');

describe('hooks in Cursor', () => {
	const calls: string[] = [];
	const api = {
		plugins: {
			registerPath: (path: string) => calls.push(`register ${path}`),
			unregisterPath: (path: string) => calls.push(`unregister ${path}`),
		},
	};
	const control = (): CaptureControl => new CaptureControl(memento(), memento(), () => true);
	beforeEach(() => {
		calls.length = 0;
		vscodeDouble.cursor = api;
	});
	afterEach(() => {
		vscodeDouble.cursor = undefined;
	});

	it('are registered while capture is on', async () => {
		const path = join(plugins, process.platform === 'win32' ? 'windows' : 'posix');
		const capture = control();
		const registered = registerCursorHooks(capture, projectRoot);
		assert.deepEqual(calls, []);
		await capture.allow();
		await capture.pause();
		await capture.allow();
		registered.dispose();
		assert.deepEqual(calls, [`register ${path}`, `unregister ${path}`, `register ${path}`, `unregister ${path}`]);
	});

	it('do nothing in another editor', async () => {
		vscodeDouble.cursor = undefined;
		const capture = control();
		const registered = registerCursorHooks(capture, projectRoot);
		await capture.allow();
		registered.dispose();
		assert.deepEqual(calls, []);
	});

	for (const [system, script] of [
		['posix', 'hook.sh'],
		['windows', 'hook.ps1'],
	] as const)
		it(`are the events that an installation takes (${system})`, () => {
			const root = join(plugins, system);
			assert.ok(existsSync(join(root, '.cursor-plugin/plugin.json')));
			const { hooks } = JSON.parse(readFileSync(join(root, 'hooks/hooks.json'), 'utf8')) as { hooks: Record<string, { command: string }[]> };
			const installed = hookTarget('cursor').entries((event) => event);
			assert.deepEqual(
				Object.keys(hooks),
				installed.map(({ event }) => event),
			);
			for (const [event, [hook]] of Object.entries(hooks)) {
				const [, path = ''] = /"([^"]*)" cursor-plugin (\w+)$/.exec(hook?.command ?? '') ?? [];
				assert.ok(hook?.command.endsWith(event));
				const file = path.replace('${CURSOR_PLUGIN_ROOT}', root).replaceAll('\\', '/');
				assert.ok(existsSync(file) && file.endsWith(script), file);
			}
		});
});
