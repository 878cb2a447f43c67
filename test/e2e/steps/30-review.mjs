import assert from 'node:assert/strict';

export const steps = [
	{
		name: 'the turns of the transcript appear by themselves',
		run: async ({ workbench }) => {
			await workbench.openView('Codelearn', 'Review');
			await workbench.treeRow('Review', 'total_by_customer');
			await workbench.treeRow('Review', 'decimal comma');
			await workbench.screenshot('review');
		},
	},
	{
		name: 'a click shows the turn with its diff',
		run: async ({ workbench }) => {
			await (await workbench.treeRow('Review', 'decimal comma')).click();
			const page = workbench.webview();
			await page.locator('.d2h-file-name', { hasText: 'price.ts' }).first().waitFor({ timeout: 30_000 });
			assert.match(await page.locator('.text').first().innerText(), /parsePrice/);
			assert.match(await page.locator('.d2h-ins .d2h-code-line-ctn').first().innerText(), /plain/);
			await workbench.screenshot('turn');
		},
	},
	{
		name: 'the buttons of a turn can be reached and pressed by keyboard: promote',
		run: async ({ workbench }) => {
			const { page } = workbench;
			await workbench.webview().locator('#promote').focus();
			await page.keyboard.press('Enter');
			await answerPromotion(workbench, 'Prices may have a decimal comma', 'prices, parsing');
			await workbench.webview().locator('.decided', { hasText: 'Promoted to a learning' }).waitFor({ timeout: 20_000 });
			assert.equal(await workbench.webview().locator('#promote').isDisabled(), true);
		},
	},
	{
		name: 'the learning appears in its view and opens as a page',
		run: async ({ workbench }) => {
			await workbench.openView('Codelearn', 'Learnings');
			const row = await workbench.treeRow('Learnings', 'Prices may have a decimal comma');
			await workbench.screenshot('learnings');
			await row.click();
			await workbench.page.locator('.tab', { hasText: 'learning-' }).first().waitFor({ timeout: 20_000 });
		},
	},
	{
		name: 'a turn is promoted by the button in its row',
		run: async ({ workbench }) => {
			await workbench.openView('Codelearn', 'Review');
			const row = await workbench.treeRow('Review', 'total_by_customer');
			await row.hover();
			await row.locator('.action-label[aria-label^="Promote Turn to Learning"]').first().click();
			await answerPromotion(workbench, 'Sum per customer with a dict', '');
			await workbench.treeRow('Learnings', 'Sum per customer with a dict');
			await workbench.until('the turn left the review', async () => !(await workbench.treeRows('Review')).some((row) => row.includes('total_by_customer')));
		},
	},
];

/** The second question takes the place of the first: each is answered once its title stands there. */
async function answerPromotion(workbench, description, tags) {
	const title = (text) => workbench.page.locator('.quick-input-widget:visible .quick-input-title', { hasText: text }).waitFor({ timeout: 20_000 });
	await title('1 of 2');
	await workbench.answer(description);
	await title('2 of 2');
	await workbench.answer(tags);
}
