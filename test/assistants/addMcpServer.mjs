import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const program = [process.execPath, path.join(import.meta.dirname, 'mcpServer.mjs')];
const [command, ...args] = program;

/** Adds the server of mcpServer.mjs, by the name "glossary", to an assistant's settings, which its `prepare` has written. */
export function addMcpServer(assistant, { home, repo }) {
	const file = (name) => path.join(home, name);
	const change = (name, more) => {
		const settings = JSON.parse(readFileSync(file(name), 'utf8'));
		writeFileSync(file(name), JSON.stringify({ ...settings, ...more(settings) }));
	};
	const write = (name, settings) => {
		mkdirSync(path.dirname(file(name)), { recursive: true });
		writeFileSync(file(name), JSON.stringify(settings));
	};
	switch (assistant.name) {
		case 'claude-code':
			change('.claude.json', ({ projects }) => ({ projects: { [repo]: { ...projects[repo], mcpServers: { glossary: { type: 'stdio', command, args } } } } }));
			break;
		case 'codex':
			appendFileSync(file('.codex/config.toml'), `[mcp_servers.glossary]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\n`);
			break;
		case 'gemini-cli':
			change('.gemini/settings.json', () => ({ mcpServers: { glossary: { command, args } } }));
			break;
		case 'opencode':
			change('.config/opencode/opencode.json', () => ({ mcp: { glossary: { type: 'local', command: program, enabled: true } } }));
			break;
		case 'copilot-cli':
			write('.copilot/mcp-config.json', { mcpServers: { glossary: { type: 'local', command, args, tools: ['*'] } } });
			break;
		default:
			throw new Error(`It is not known how ${assistant.name} is told of an MCP server.`);
	}
}
