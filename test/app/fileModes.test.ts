import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import { fileLog } from '../../src/platform/log';
import { AppHarness, turnOf } from '../support/appHarness';
import { installedScript, runHook } from '../support/hookScript';

describe('the data folder', () => {
	it('and all in it is readable by its owner alone, whatever the umask says', async function () {
		if (process.platform === 'win32') this.skip();
		const umask = process.umask(0);
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n', '.codelearnignore': 'private/\n' });
			await app.index(repo);
			await app.capture(repo.root, turnOf(repo, { prompt: 'long '.repeat(2000), tools: [{ name: 'Read', args: { path: 'private/x' }, output: 'x' }] }));
			keepCaptureChoice(repo.root, 'on', app.paths);
			fileLog('INFO', join(app.paths.logs, 'daemon.log')).info('a line');
			await app.call('status', {}, repo.root, { privacy: { from: 'environment', patterns: 'x{9}', keepDays: 0, keepMegabytes: 0 } });
			const script = installedScript(app.outside('hooks'), app.paths.spool, false);
			// Read at once by the app; the mode of a file that stays is seen in a spool of its own.
			await runHook(script, ['claude-code', 'Stop'], '{}');
			const open: string[] = [];
			for (const entry of [app.paths.root, ...readdirSync(app.paths.root, { recursive: true }).map((name) => join(app.paths.root, String(name)))]) {
				const stat = statSync(entry, { throwIfNoEntry: false });
				if (stat !== undefined && (stat.mode & 0o077) !== 0) open.push(`${entry.slice(app.paths.root.length)} ${(stat.mode & 0o777).toString(8)}`);
			}
			assert.deepEqual(open, []);
		} finally {
			process.umask(umask);
			await app.close();
		}
	});
});
