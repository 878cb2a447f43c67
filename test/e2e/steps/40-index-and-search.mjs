export const steps = [
	{
		name: 'the palette indexes the workspace',
		run: async ({ workbench }) => {
			await workbench.runCommand('Codelearn: Index Workspace');
			await workbench.statusBarItem(/files indexed in \d+ chunks|index is up to date/);
		},
	},
	{
		name: 'a search finds a function and Enter opens it',
		run: async ({ workbench }) => {
			const { page } = workbench;
			await workbench.runCommand('Codelearn: Search Code and Learnings');
			const input = page.locator('.quick-input-widget:visible input').first();
			await input.fill('read a price as people write it');
			await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'parsePrice' }).first().waitFor({ timeout: 20_000 });
			await workbench.screenshot('search');
			await page.keyboard.press('Enter');
			await page.locator('.monaco-editor[data-uri$="price.ts"]').first().waitFor({ timeout: 20_000 });
		},
	},
	{
		name: 'an edit in the editor is captured',
		run: async ({ workbench }) => {
			const { page } = workbench;
			const before = captured(await (await workbench.statusBarItem(/Codelearn \d+/)).innerText());
			const editor = await workbench.openFile('cart.ts');
			await editor.locator('.view-lines').click();
			await page.keyboard.press('Control+Home');
			await page.keyboard.type('// typed by a person\n');
			await workbench.until(
				'the count in the status bar grew',
				async () => captured(await (await workbench.statusBarItem(/Codelearn \d+/)).innerText()) > before,
			);
			await page.keyboard.press('Control+S');
		},
	},
];

function captured(text) {
	return Number(/\d+/.exec(text)?.[0]);
}
