import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { attachmentFile } from '../../src/app/attachments';
import type { Output } from '../../src/core/api';
import { sha256 } from '../../src/platform/hash';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';

describe('chroma-client attachments', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const repo = new GitRepository({ 'a.ts': 'export const a = 1;\n' }, home.env);
	after(async () => {
		await home.remove();
		repo.remove();
	});
	const run = (args: string[], env: Record<string, string> = {}) => home.run(args, { cwd: repo.root, env });
	const state = async (...args: string[]) => {
		const { keep, from, files } = await home.json<{ keep: boolean; from: string; files: number }>(['attachments', ...args], { cwd: repo.root });
		return [keep, from, files];
	};

	/** A Claude Code transcript with one image, of which nothing was kept before. */
	const transcript = (name: string) => {
		const pixels = `PNG of ${name}`;
		const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: Buffer.from(pixels).toString('base64') } };
		const message = { role: 'user', content: [{ type: 'text', text: `What is ${name}?` }, image] };
		const line = { type: 'user', uuid: name, sessionId: name, cwd: repo.root, timestamp: '2026-01-01T00:00:00.000Z', message };
		repo.write(`${name}.jsonl`, `${JSON.stringify(line)}\n`);
		return { file: attachmentFile(home.data, sha256(pixels)), pixels };
	};
	const importOf = async (name: string, env: Record<string, string> = {}) => {
		const made = transcript(name);
		const { code, stderr } = await run(['import', '--source', 'claude-code', `${name}.jsonl`], env);
		assert.equal(code, 0, stderr);
		return made;
	};

	it('keeps nothing until it is switched on for the folder, then what was given, and stops again', async () => {
		assert.deepEqual(await state(), [false, 'default', 0]);
		assert.equal(existsSync((await importOf('first')).file), false);

		assert.deepEqual(await state('on'), [true, 'command', 0]);
		const { file, pixels } = await importOf('second');
		assert.equal(readFileSync(file, 'utf8'), pixels);
		assert.match((await run(['attachments'])).stdout, /are kept, up to 2 MiB each: .*\nKept now: 1 image, /);

		assert.deepEqual(await state('off'), [false, 'command', 1]);
		assert.equal(existsSync((await importOf('third')).file), false);
	});

	it('is switched on for the machine, by a variable, and by a .env that was approved', async () => {
		await state('default');
		assert.deepEqual(await state('on', '--machine', '--limit', '1'), [true, 'machine', 1]);
		assert.ok(existsSync((await importOf('by-machine')).file));
		await state('default', '--machine');
		assert.equal(existsSync((await importOf('by-nobody')).file), false);

		repo.write('.env', 'CODELEARN_CAPTURE_ATTACHMENTS=1\n');
		assert.match((await run(['import', '--list'])).stderr, /not used: CODELEARN_CAPTURE_ATTACHMENTS=1/);
		assert.equal(existsSync((await importOf('unapproved')).file), false);
		await run(['approve']);
		assert.ok(existsSync((await importOf('by-file')).file));

		assert.equal(existsSync((await importOf('against', { CODELEARN_CAPTURE_ATTACHMENTS: '0' })).file), false);
		assert.deepEqual(await state(), [false, 'environment', 3]);
		repo.write('.env', '');
		assert.ok(existsSync((await importOf('by-variable', { CODELEARN_CAPTURE_ATTACHMENTS: '1' })).file));
	});

	it('says when something else has the last word', async () => {
		const { stderr, stdout } = await run(['attachments', 'off'], { CODELEARN_CAPTURE_ATTACHMENTS: '1' });
		assert.match(stdout, /are kept/);
		assert.match(stderr, /kept nevertheless, since CODELEARN_CAPTURE_ATTACHMENTS asks for it/);
		await state('on');
		const bad = await run(['attachments', 'on', '--limit', '11']);
		assert.deepEqual([bad.code, bad.stderr.includes('--limit is "11", which is no number of MiB from 0 to 10')], [2, true]);
		assert.equal((await run(['attachments', 'maybe'])).code, 2);
	});

	it('loses the file with its turn, when that is purged by its session or its time', async () => {
		const { file, pixels } = await importOf('purged');
		assert.equal(readFileSync(file, 'utf8'), pixels);
		const done = await home.json<Output<'purge'>>(['purge', '--session', 'purged'], { cwd: repo.root });
		assert.equal(done.turns, 1);
		assert.equal(existsSync(file), false);
		const before = await home.json<{ files: number }>(['attachments'], { cwd: repo.root });
		assert.ok(before.files > 0);
		await home.json(['purge', '--before', '2026-02-01'], { cwd: repo.root });
		assert.equal((await home.json<{ files: number }>(['attachments'], { cwd: repo.root })).files, 0);
	});
});
