import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';

/** Put together from parts, so that no scanner takes this file for a leak. */
const canary = (name: string) => ['gh', 'p_', name.padEnd(36, 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8bC0fG')].join('');
const names = [
	'prompt',
	'response',
	'toolArgument',
	'toolOutput',
	'editBefore',
	'editAfter',
	'fileName',
	'branch',
	'source',
	'sourceName',
	'learning',
	'tag',
	'editor',
	'folder',
];
const secrets = new Map(names.map((name) => [name, canary(name)]));
const secret = (name: string) => secrets.get(name) ?? '';

describe('secrets', () => {
	it('reach neither journal, databases, store nor log', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({
				'src/client.ts': `export const token = '${secret('source')}';\nexport function call() {\n\treturn fetch('/api', { headers: { token } });\n}\n`,
				[`src/${secret('sourceName')}.ts`]: 'export const x = 1;\n',
			});
			const turn = turnOf(repo, {
				prompt: `use ${secret('prompt')} please`,
				response: `done with ${secret('response')}`,
				branch: `try-${secret('branch')}`,
				tools: [{ id: '1', name: 'Bash', kind: 'run', args: { command: `curl -H x:${secret('toolArgument')}` }, ok: true, output: secret('toolOutput') }],
				edits: [
					wholeEdit(join(repo.root, 'src/client.ts'), `// ${secret('editBefore')}\n`, `// ${secret('editAfter')}\n`),
					wholeEdit(join(repo.root, `src/${secret('fileName')}.ts`), null, 'export const x = 2;\n'),
				],
			});
			await app.capture(repo.root, turn);
			await app.capture('', turnOf(undefined, { cwd: app.outside(secret('folder')) }));
			const edit = {
				file_path: join(repo.root, 'src/client.ts'),
				symbol: '',
				before: '',
				after: secret('editor'),
				start_line: 1,
				at: new Date().toISOString(),
			};
			await app.call('captureEdits', { edits: [edit] }, repo.root);
			await app.index(repo);
			await app.call('promote', { description: `never print ${secret('learning')}`, tags: [secret('tag')] }, repo.root);
			await app.call('query', { text: secret('source'), turns: true }, repo.root);
			await app.call('rebuild', {}, repo.root);
			await app.stop();
			const everywhere = `${app.bytes()}\n${app.vectors.dump()}\n${app.logged.join('\n')}`;
			for (const [name, value] of secrets) assert.ok(!everywhere.includes(value), `${name} leaked`);
			assert.match(everywhere, /\[redacted:github-token\]/);
			const texts = app.embedder.texts.slice(0, -2).join('\n');
			for (const [name, value] of secrets) assert.ok(name === 'source' || !texts.includes(value), `${name} was embedded`);
		} finally {
			await app.close();
		}
	});

	it('of several lines leave the lines of the chunks behind them in place', async () => {
		const app = await AppHarness.open();
		try {
			const key = [
				['-----BEGIN RSA ', 'PRIVATE KEY-----'].join(''),
				'MIIEowIBAAKCAQEA0',
				'abcdefghijklmnop',
				['-----END RSA ', 'PRIVATE KEY-----'].join(''),
			].join('\n');
			const repo = app.repository({
				'src/key.ts': `export const key = \`${key}\`;\n\nexport function later() {\n\tconst first = 1;\n\tconst second = 2;\n\treturn first + second;\n}\n`,
			});
			await app.index(repo);
			const { chunks } = await app.call('explainIndex', { path: 'src/key.ts' }, repo.root);
			assert.equal(chunks.find((chunk) => chunk.symbol === 'later')?.start_line, 6);
			assert.ok(!app.vectors.dump().includes('abcdefghijklmnop'));
		} finally {
			await app.close();
		}
	});
});
