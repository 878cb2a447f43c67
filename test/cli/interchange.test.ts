import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNote } from '../../src/attribute/interchange/authorshipNote';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';
import { until } from '../support/waiting';

describe('chroma-client trace and notes', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const other = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const start = 'export const first = 1;\n';
	const written = `${start}export const second = first + 1;\nexport const third = second + 1;\n`;
	const repo = new GitRepository({ 'a.ts': start }, home.env);
	before(() => {
		repo.git('config', 'user.name', 'Ann');
		repo.git('config', 'user.email', 'ann@example.org');
	});
	after(async () => {
		await home.remove();
		await other.remove();
		repo.remove();
	});
	const noteOf = (commit: string) => {
		const listed = repo.git('notes', '--ref=ai', 'list');
		return listed.includes(repo.git('rev-parse', commit).trim()) ? parseNote(repo.git('notes', '--ref=ai', 'show', commit)) : undefined;
	};

	it('say what is missing, and write nothing where nothing is known', async () => {
		const run = (...args: string[]) => home.run(args, { cwd: repo.root });
		assert.deepEqual(
			[(await run('trace', 'export')).code, (await run('trace', 'export', '--commit', 'x')).code, (await run('trace', 'import', 'none.json')).code],
			[1, 2, 2],
		);
		assert.match((await run('trace', 'export', '--commit', 'HEAD', '--working-tree')).stderr, /Give one of/);
		assert.match((await run('notes', 'export')).stdout, /1 commits: 0 notes written.*1 without a line of a turn/);
		assert.equal(noteOf('HEAD'), undefined);
	});

	it('write a note behind each commit once that is wished for', async () => {
		const install = (...args: string[]) => home.json<{ notes: boolean }>(['hooks', 'install', ...args], { cwd: repo.root });
		assert.equal((await install()).notes, false);
		assert.equal((await install('--notes')).notes, true);
		assert.equal((await install()).notes, true);
		const edit = { file_path: join(repo.root, 'a.ts'), before: start, after: written, whole: true };
		const turn = { prompt: 'Count on.', response: 'Done.', assistant: 'claude-code', session_id: 's', turn_key: 'k', edits: [edit] };
		await home.json(['log-chat', '--input', '-'], { cwd: repo.root, input: JSON.stringify(turn) });
		repo.write('a.ts', written);
		const commit = repo.commit('Count on');
		const note = await until('the note', () => noteOf(commit), 30_000);
		assert.deepEqual(note.files[0]?.entries[0]?.ranges, [{ from: 2, to: 3 }]);
		assert.equal((await install('--no-notes')).notes, false);
		assert.ok(!readFileSync(join(repo.root, '.git/hooks/post-commit'), 'utf8').includes('notes'));
		await home.run(['hooks', 'uninstall'], { cwd: repo.root });
	});

	it('bring the lines to another data folder', async () => {
		const file = join(repo.root, '..', 'records.jsonl');
		const { records } = await home.json<{ records: number }>(['trace', 'export', '--output', file], { cwd: repo.root });
		assert.equal(records, readFileSync(file, 'utf8').trim().split('\n').length);
		const why = (where: CliHome) => where.json<{ turn_id: string; attribution: string }>(['why', 'a.ts:2'], { cwd: repo.root });
		assert.equal((await why(other)).attribution, 'unknown');
		const taken = await other.run(['trace', 'import', file], { cwd: repo.root });
		assert.match(taken.stdout, /1 turns new.*2 lines/);
		assert.equal((await why(other)).turn_id, (await why(home)).turn_id);
		assert.match((await other.run(['notes', 'import'], { cwd: repo.root })).stdout, /1 notes: 0 turns new, 0 extended, 1 known already/);
		writeFileSync(file, 'nothing\n{"id":7}\n');
		const refused = await other.run(['trace', 'import', file], { cwd: repo.root });
		assert.deepEqual([refused.code, refused.stdout.includes('no trace record: 2')], [1, true]);
	});
});
