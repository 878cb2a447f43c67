import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Output } from '../../src/core/api';
import type { RedactionPreview } from '../../src/app/redactionPreview';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';
import { plantedSecrets } from '../support/plantedSecrets';

describe('chroma-client redact and purge', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const repo = new GitRepository({ 'src/a.ts': 'export const a = 1;\n' }, home.env);
	after(async () => {
		await home.remove();
		repo.remove();
	});
	const cwd = repo.root;
	const [token] = plantedSecrets(3, 4).slice(2);

	it('shows what would go, where it stands and masked, of a file and of the standard input', async () => {
		assert.ok(token);
		repo.write('notes.txt', `one\ntwo ${token.secret} end\nCUST-12345\n`);
		const env = { CODELEARN_REDACT_PATTERNS: 'customer: /CUST-\\d+/' };
		const { finds } = await home.json<RedactionPreview>(['redact', '--dry-run', 'notes.txt'], { cwd, env });
		assert.deepEqual(
			finds.map(({ kind, line, column }) => [kind, line, column]),
			[
				['github-token', 2, 5],
				['customer', 3, 1],
			],
		);
		const piped = await home.run(['redact', '--dry-run', '-'], { cwd, input: `see ${token.secret}` });
		assert.match(piped.stdout, /^1:5 {2}github-token {2}ghp_… \(40 characters\)\n1 places\.\n$/);
		assert.ok(!piped.stdout.includes(token.secret.slice(6)));
		const refused = await home.run(['redact', 'notes.txt'], { cwd });
		assert.deepEqual([refused.code, refused.stderr.includes('add --dry-run')], [2, true]);
		const bad = await home.run(['redact', '--dry-run', 'notes.txt'], { cwd, env: { CODELEARN_REDACT_PATTERNS: 'a(' } });
		assert.deepEqual([bad.code, bad.stderr.includes('"a(" is no regular expression')], [2, true]);
	});

	it('purges for good, says what would go before, and fails when nothing fits', async () => {
		await home.json(['log-chat', '--raw-prompt', 'the zebrafinch plan', '--session-id', 's1', '--turn-key', 'k1'], { cwd });
		const dry = await home.json<Output<'purge'>>(['purge', '--text', 'zebrafinch', '--dry-run'], { cwd });
		assert.equal(dry.turns, 1);
		const done = await home.json<Output<'purge'>>(['purge', '--text', 'zebrafinch'], { cwd });
		assert.deepEqual([done.turns, done.store_done], [1, true]);
		const { stdout } = await home.run(['review-and-promote', '--review', 'any', '--json'], { cwd });
		assert.ok(!stdout.includes('zebrafinch'));
		const grep = spawnSync('grep', ['-rl', 'zebrafinch', home.data], { encoding: 'utf8' });
		assert.equal(grep.stdout, '');
		assert.equal((await home.run(['purge', '--session', 'nobody'], { cwd })).code, 1);
		assert.match((await home.run(['purge', '--before', 'soon'], { cwd })).stderr, /"soon" is no date/);
		const again = await home.run(['log-chat', '--raw-prompt', 'the zebrafinch plan', '--session-id', 's1', '--turn-key', 'k1'], { cwd });
		assert.match(again.stderr, /was purged/);
	});
});
