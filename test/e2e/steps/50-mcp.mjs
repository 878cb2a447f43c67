import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const steps = [
	{
		name: 'MCP: List Servers shows Codelearn and starts it',
		run: async ({ workbench, home }) => {
			const { page } = workbench;
			await workbench.runCommand('MCP: List Servers');
			await workbench.choose('Codelearn');
			await workbench.choose('Start Server');
			const trust = page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Trust/ }).first();
			await workbench.until('the editor found the tools', async () => {
				if (await trust.isVisible()) await trust.click();
				return mcpLogs(home).includes('Discovered 3 tools');
			});
		},
	},
];

/** What the editor wrote about MCP servers. */
function mcpLogs(home) {
	const logs = path.join(home.data, 'logs');
	if (!existsSync(logs)) return '';
	const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((name) => /mcp/i.test(name) && name.endsWith('.log'));
	return files.map((name) => readFileSync(path.join(logs, name), 'utf8')).join('\n');
}
