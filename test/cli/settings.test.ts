import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';

describe("chroma-client and a folder's .env", function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const repo = new GitRepository({ 'a.ts': 'export const a = 1;\n' }, home.env);
	after(async () => {
		await home.remove();
		repo.remove();
	});
	const run = (args: string[], env: Record<string, string> = {}) => home.run(args, { cwd: repo.root, env });

	it('does not use a store it names before somebody said yes, and says so', async () => {
		repo.write('.env', 'CHROMA_DB_PATH=./vectors\n');
		const { code, stderr, stdout } = await run(['setup-collections']);
		assert.equal(code, 0, stderr);
		assert.match(
			stderr,
			/\.env asks for settings that need your approval, so they are not used: CHROMA_DB_PATH=\.\/vectors\. To use them: chroma-client approve/,
		);
		assert.match(stdout, /Database repo_r_/);
		assert.equal(existsSync(join(repo.root, 'vectors')), false);
		assert.match((await run(['doctor', '--no-mend'])).stdout, /not used until `chroma-client approve`/);
	});

	it('uses it once it is approved', async () => {
		assert.match((await run(['approve'])).stdout, /Approved: CHROMA_DB_PATH=\.\/vectors/);
		const { code, stderr, stdout } = await run(['setup-collections']);
		assert.equal(code, 0, stderr);
		assert.equal(stderr, '');
		assert.match(stdout, /Database default_database/);
		assert.ok(existsSync(join(repo.root, 'vectors/chroma.sqlite3')));
		assert.match((await run(['approve'])).stdout, /Nothing waits for approval/);
	});

	it('asks again when it changes', async () => {
		repo.write('.env', 'CHROMA_DB_PATH=./elsewhere\n');
		assert.match((await run(['setup-collections'])).stderr, /not used: CHROMA_DB_PATH=\.\/elsewhere/);
		assert.equal(existsSync(join(repo.root, 'elsewhere')), false);
	});

	it('names malformed lines by file and number, and goes on', async () => {
		repo.write('.env', 'LOG_LEVEL=INFO\nthis is nothing\n');
		const { code, stderr } = await run(['setup-collections']);
		assert.equal(code, 0);
		assert.match(stderr, /\.env:2 is not of the form NAME=value and was skipped/);
	});

	it('refuses values that cannot be, from the environment or an approved .env, with the choices and 2', async () => {
		const { code, stderr } = await run(['query', 'x'], { CHROMA_DB_IMPL: 'foo' });
		assert.equal(code, 2);
		assert.match(stderr, /CHROMA_DB_IMPL is "foo"\. Use "persistent" .* or "http"/);
		repo.write('.env', 'CHROMA_DB_IMPL=bar\n');
		assert.equal((await run(['setup-collections'])).code, 0);
		await run(['approve']);
		const after = await run(['setup-collections']);
		assert.equal(after.code, 2);
		assert.match(after.stderr, /CHROMA_DB_IMPL is "bar"/);
	});

	it('lets the environment speak before the .env', async () => {
		const { code, stderr } = await run(['setup-collections'], { CHROMA_DB_IMPL: 'persistent' });
		assert.equal(code, 0, stderr);
	});

	it('never shows a key it asks for', async () => {
		repo.write('.env', 'OPENAI_API_KEY=sk-swordfish\nEMBEDDING_MODEL_PROVIDER=openai\n');
		const { stderr } = await run(['setup-collections']);
		assert.match(stderr, /OPENAI_API_KEY=… \(12 characters\)/);
		assert.doesNotMatch(stderr, /swordfish/);
	});
});
