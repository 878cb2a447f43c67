import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');

interface Spoken {
	lines: { id?: number; result?: { tools?: unknown[]; protocolVersion?: string } }[];
	code: number | null;
	stderr: string;
}

const initialize = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

/** Starts the server as an assistant does, sends all messages at once and closes the input. */
function spoken(messages: readonly object[], home: string): Promise<Spoken> {
	return new Promise((resolve, reject) => {
		const args = ['--import', 'tsx', path.join(root, 'src/mcpBridge/main.ts')];
		const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, CODELEARN_HOME: home, CODELEARN_FOLDER: home } });
		let stdout = '';
		let stderr = '';
		child.stdout.on('data', (data) => (stdout += String(data)));
		child.stderr.on('data', (data) => (stderr += String(data)));
		child.once('error', reject);
		child.once('close', (code) =>
			resolve({
				code,
				stderr,
				lines: stdout
					.split('\n')
					.filter(Boolean)
					.map((line) => JSON.parse(line) as Spoken['lines'][number]),
			}),
		);
		child.stdin.end(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
	});
}

describe('mcp server on stdio', () => {
	let home = '';
	before(() => (home = mkdtempSync(path.join(tmpdir(), 'codelearn-mcp-'))));
	after(() => rmSync(home, { recursive: true, force: true }));

	it('answers before it leaves at the end of input, writes nothing but protocol, and starts no server for it', async () => {
		const { lines, code } = await spoken(
			[{ id: 1, method: 'initialize', params: initialize }, { method: 'notifications/initialized' }, { id: 2, method: 'tools/list' }],
			home,
		);
		assert.equal(code, 0);
		assert.deepEqual(
			lines.map(({ id }) => id),
			[1, 2],
		);
		assert.equal(lines[1]?.result?.tools?.length, 3);
		assert.deepEqual(readdirSync(home), []);
	});

	it('leaves when the input ends without a word', async () => {
		const { lines, code } = await spoken([], home);
		assert.deepEqual([lines, code], [[], 0]);
	});
});
