import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

/** Milliseconds of each call of one tool over a running stdio server; the first two calls warm it up. */
export async function timedCalls({ command, args, env, cwd }, tool, argumentsOf, count) {
	const client = new Client({ name: 'bench', version: '1' });
	const begun = performance.now();
	await client.connect(new StdioClientTransport({ command, args, env, cwd, stderr: 'ignore' }));
	await client.listTools();
	const started = performance.now() - begun;
	const times = [];
	for (let index = -2; index < count; index++) {
		const before = performance.now();
		const answer = await client.callTool({ name: tool, arguments: argumentsOf(index + 2) }, undefined, { timeout: 120_000 });
		if (answer.isError === true) throw new Error(`${tool}: ${JSON.stringify(answer.content).slice(0, 500)}`);
		if (index >= 0) times.push(performance.now() - before);
	}
	await client.close();
	return { started, times };
}
