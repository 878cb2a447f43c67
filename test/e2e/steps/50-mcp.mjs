export const steps = [
	{
		name: 'MCP: List Servers shows Codelearn and starts it',
		run: async ({ workbench }) => {
			const { page } = workbench;
			await workbench.runCommand('MCP: List Servers');
			await workbench.choose('Codelearn');
			await workbench.choose('Start Server');
			const trust = page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Trust/ }).first();
			// The editor shows the server's output when it was started by hand.
			const output = page.locator('.part.panel .view-lines').first();
			await workbench.until('the editor found the tools', async () => {
				if (await trust.isVisible()) await trust.click();
				return (await output.isVisible()) && /Discovered\s3\stools/.test(await output.innerText());
			});
		},
	},
];
