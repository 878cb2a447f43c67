import assert from 'node:assert/strict';
import { hostLog } from '../hostLog.mjs';

/** Steps in order; each gets the workbench, the editor's home and the sample workspace. */
export const steps = [
	{
		name: 'the workbench appears',
		run: ({ workbench }) => workbench.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 }),
	},
	{
		name: 'the sample workspace is open',
		run: ({ workbench }) => workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'README.md' }).waitFor({ timeout: 30_000 }),
	},
	{
		name: 'the extension is installed and its icon stands in the activity bar',
		async run({ workbench }) {
			const icon = workbench.activityIcon('Codelearn');
			await icon.waitFor({ timeout: 60_000 });
			await workbench.openContainer('Codelearn');
			await workbench.page.locator('.part.sidebar .composite.title', { hasText: /codelearn/i }).waitFor({ timeout: 20_000 });
		},
	},
	{
		name: 'the extension became active without an error',
		async run({ workbench, home }) {
			const about = () => hostLog(home).filter((line) => line.includes('codelearn.codelearn'));
			await workbench.until('the extension host activates codelearn.codelearn', () => about().some((line) => line.includes('_doActivateExtension')), 30_000);
			assert.deepEqual(
				about().filter((line) => line.includes('[error]')),
				[],
			);
		},
	},
];
