import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const pictures = path.resolve(import.meta.dirname, '../../out/screenshots');
const patience = 20_000;

/**
 * VS Code's workbench as a person uses it, by Playwright. Every function waits for what it needs and fails with the name of what did not
 * appear; none sleeps for a fixed time.
 */
export function createWorkbench(page) {
	const quickInput = page.locator('.quick-input-widget:visible');
	const box = quickInput.locator('input').first();

	/** Runs a command by its full title (`Codelearn: Index Workspace`) from the palette. */
	async function runCommand(title) {
		await page.keyboard.press('F1');
		await box.waitFor({ timeout: patience });
		await box.fill(`>${title}`);
		await choose(title);
	}

	/** Picks the row of the open quick pick that shows the text. */
	async function choose(text) {
		await quickInput.locator('.monaco-list-row', { hasText: text }).first().click({ timeout: patience });
	}

	/** Types into the open input box and accepts it. */
	async function answer(text) {
		await box.waitFor({ timeout: patience });
		await box.fill(text);
		await page.keyboard.press('Enter');
	}

	/** The activity bar's icon of a view container, by its title. */
	function activityIcon(title) {
		return page.locator(`.activitybar .action-item a.action-label[aria-label^="${title}"]`).first();
	}

	/** Shows a view container by its icon; stays when it is open already. */
	async function openContainer(title) {
		const icon = activityIcon(title);
		await icon.waitFor({ timeout: patience });
		const open = await icon.evaluate((node) => node.closest('.action-item')?.classList.contains('checked') === true);
		if (!open) await icon.click();
	}

	/** One view's pane, by the title in its header. */
	function view(title) {
		return page.locator('.pane', { has: page.locator(`.pane-header[aria-label^="${title}"]`) });
	}

	/** Opens a container and unfolds one of its views. */
	async function openView(container, title) {
		await openContainer(container);
		const header = view(title).locator('.pane-header').first();
		await header.waitFor({ timeout: patience });
		if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
		return view(title);
	}

	/** The rows of a view's tree that are on the screen, as text. */
	async function treeRows(title) {
		const rows = await view(title).locator('.monaco-list-row').allInnerTexts();
		return rows.map((row) => row.replaceAll(/\s+/g, ' ').trim());
	}

	/** One row of a view's tree, once it is there. */
	async function treeRow(title, text) {
		const row = view(title).locator('.monaco-list-row', { hasText: text }).first();
		await row.waitFor({ timeout: patience });
		return row;
	}

	/** Waits for a notification that holds the text, and returns it whole. */
	async function notification(text) {
		const toast = page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
		await toast.waitFor({ timeout: patience });
		return (await toast.innerText()).replaceAll(/\s+/g, ' ').trim();
	}

	/** Presses a button of the notification that holds the text. */
	async function pressInNotification(text, button) {
		const toast = page.locator('.notifications-toasts .notification-list-item', { hasText: text }).first();
		await toast.locator('.monaco-button', { hasText: button }).first().click({ timeout: patience });
	}

	/** Presses a button of the modal dialog. */
	async function pressInDialog(button) {
		await page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).first().click({ timeout: patience });
	}

	/** An item of the status bar that shows the text. */
	async function statusBarItem(text) {
		const item = page.locator('.statusbar-item', { hasText: text }).first();
		await item.waitFor({ timeout: patience });
		return item;
	}

	/** Content of a webview: the extension's page lies two frames deep. `index` counts the visible ones. */
	function webview(index = 0) {
		return page.frameLocator('iframe.webview.ready').nth(index).frameLocator('#active-frame');
	}

	/** Opens a file of the workspace by its name and returns its editor. */
	async function openFile(name) {
		await page.keyboard.press('Control+P');
		await box.waitFor({ timeout: patience });
		await box.fill(name);
		await quickInput
			.locator('.monaco-list-row', { hasText: path.posix.basename(name) })
			.first()
			.waitFor({ timeout: patience });
		await page.keyboard.press('Enter');
		const editor = page.locator(`.monaco-editor[data-uri$="${name}"]`).first();
		await editor.waitFor({ timeout: patience });
		return editor;
	}

	/** Waits until `condition` gives something true, and returns that. For what no locator can wait for: a file, a database. */
	async function until(what, condition, milliseconds = patience) {
		for (const end = Date.now() + milliseconds; ; await page.waitForTimeout(100)) {
			const found = await condition();
			if (found) return found;
			assert.ok(Date.now() < end, `did not happen within ${milliseconds / 1000} s: ${what}`);
		}
	}

	/** Keeps a picture of the window in out/screenshots and returns its path. */
	async function screenshot(name) {
		mkdirSync(pictures, { recursive: true });
		const file = path.join(pictures, `${name}.png`);
		await page.screenshot({ path: file });
		return file;
	}

	return {
		page,
		runCommand,
		choose,
		answer,
		activityIcon,
		openContainer,
		view,
		openView,
		treeRows,
		treeRow,
		notification,
		pressInNotification,
		pressInDialog,
		statusBarItem,
		webview,
		openFile,
		until,
		screenshot,
	};
}
