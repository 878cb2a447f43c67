import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** On line 4; the editor draws spaces as hard ones. */
const written = /const\sgerman/;

export const steps = [
	{
		name: 'the hover of a line tells which turn wrote it',
		run: async ({ workbench }) => {
			const editor = await openPrices(workbench);
			await workbench.until('the hover names the assistant', async () => {
				await workbench.page.mouse.move(5, 5);
				await lineIn(editor).hover();
				return hover(workbench)
					.waitFor({ timeout: 3000 })
					.then(
						() => true,
						() => false,
					);
			});
			await workbench.screenshot('why-hover');
		},
	},
	{
		name: 'a key tells why the line is there, and Enter opens the turn',
		run: async ({ workbench }) => {
			const { page } = workbench;
			await openPrices(workbench);
			await page.keyboard.press('Control+Home');
			for (let line = 1; line < 4; line++) await page.keyboard.press('ArrowDown');
			await workbench.statusBarItem(/Ln 4,/);
			await page.keyboard.press('Shift+Alt+Y');
			const row = page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Written by claude-code' }).first();
			await row.waitFor({ timeout: 20_000 });
			assert.match((await row.getAttribute('aria-label')) ?? '', /^Written by claude-code, kept word for word/);
			await workbench.screenshot('why');
			await page.keyboard.press('Enter');
			await page.locator('.tab', { hasText: 'Turn:' }).first().waitFor({ timeout: 20_000 });
		},
	},
	{
		name: 'blocks of lines and the gutter tell it where that is switched on',
		run: async ({ workbench, home }) => {
			const folder = path.join(home.workspace, '.vscode');
			mkdirSync(folder);
			writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ 'codelearn.codeLens.enabled': true, 'codelearn.gutter.enabled': true }));
			try {
				const editor = await openPrices(workbench);
				await editor
					.locator('.codelens-decoration', { hasText: /claude-code · .* \(3 of 3 lines\)/ })
					.first()
					.waitFor({ timeout: 30_000 });
				await workbench.until('three lines are marked', async () => (await marks(editor)) === 3);
				await workbench.screenshot('why-gutter');
			} finally {
				rmSync(folder, { recursive: true });
			}
			await workbench.until('the marks are gone', async () => (await marks(await openPrices(workbench))) === 0);
		},
	},
	{
		name: 'the view of links shows files and sessions, and a click compares then and now',
		run: async ({ workbench }) => {
			const { page } = workbench;
			await openPrices(workbench);
			await workbench.openView('Codelearn', 'Links');
			const row = await workbench.treeRow('Links', 'price.ts');
			assert.match((await row.getAttribute('aria-label')) ?? '', /^File src\/price\.ts: 1 turn/);
			await workbench.runCommand('Codelearn: Show Links by Session');
			await spokenRow(workbench, 'Session that began with').click();
			await spokenRow(workbench, 'Turn: parsePrice').click();
			await spokenRow(workbench, 'File src/price.ts').waitFor({ timeout: 20_000 });
			await workbench.screenshot('links');
			await spokenRow(workbench, 'File src/price.ts').click();
			await page.locator('.tab', { hasText: '↔' }).first().waitFor({ timeout: 20_000 });
			await page.locator('.monaco-diff-editor .view-line', { hasText: written }).first().waitFor({ timeout: 20_000 });
			await workbench.screenshot('then-and-now');
			await workbench.runCommand('Codelearn: Show Links by File');
		},
	},
];

/** By a click on the row: Enter may take another file while the list is still filling. */
async function openPrices({ page, choose }) {
	await page.keyboard.press('Control+P');
	await page.locator('.quick-input-widget:visible input').first().fill('price.ts');
	await choose('price.ts');
	await page.locator('.quick-input-widget').waitFor({ state: 'hidden', timeout: 20_000 });
	const editor = page.locator('.monaco-editor[data-uri$="src/price.ts"]').first();
	await editor.waitFor({ timeout: 20_000 });
	return editor;
}

/** A row of the view of links by what a screen reader says of it. */
function spokenRow(workbench, text) {
	return workbench.view('Links').locator(`.monaco-list-row[aria-label^="${text}"]`).first();
}

function lineIn(editor) {
	return editor.locator('.view-line', { hasText: written }).first();
}

function hover({ page }) {
	return page.locator('.monaco-hover:visible', { hasText: 'claude-code' }).first();
}

/** Lines with a mark in the gutter; the editor's own light bulb is none. */
function marks(editor) {
	return editor.locator('.glyph-margin-widgets .cgmr:not([class*="bulb"])').count();
}
