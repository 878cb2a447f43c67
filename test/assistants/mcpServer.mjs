// A small MCP server on standard input and output, with one tool that answers and can fail.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const meanings = new Map([['sum', 'What adding numbers gives.']]);

const server = new McpServer({ name: 'glossary', version: '1.0.0' });
server.registerTool('look_up', { description: 'Says what a word means.', inputSchema: { word: z.string() } }, ({ word }) => {
	const meaning = meanings.get(word);
	return { content: [{ type: 'text', text: meaning ?? `The glossary has no word "${word}".` }], isError: meaning === undefined };
});
await server.connect(new StdioServerTransport());
