import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/core/errors';
import { GitNotes } from '../../src/platform/gitNotes';
import { GitFailed } from '../../src/platform/gitProcess';
import { GitRepository } from '../support/gitRepository';
import { gitHome } from '../support/gitHome';

const person = '[user]\nname=Somebody\nemail=somebody@example.org\n';

describe('notes of git', () => {
	let repo: GitRepository;
	let home: ReturnType<typeof gitHome>;
	beforeEach(() => {
		home = gitHome(person);
		repo = new GitRepository({ 'a.txt': 'a\n' });
	});
	afterEach(() => {
		repo.remove();
		home.restore();
	});

	it('are read as other tools wrote them', async () => {
		const notes = new GitNotes(repo.root, 'refs/notes/ai');
		const commit = repo.git('rev-parse', 'HEAD').trim();
		assert.deepEqual(await notes.list(), []);
		assert.equal(await notes.read(commit), undefined);
		assert.equal(existsSync(join(repo.root, '.git/refs/notes')), false);
		repo.git('notes', '--ref=ai', 'add', '-m', 'a note');
		const blob = repo.git('rev-parse', `refs/notes/ai:${commit}`).trim();
		assert.deepEqual(await notes.list(), [{ commit, blob }]);
		assert.equal(await notes.read(commit), 'a note\n');
		assert.deepEqual(await new GitNotes(repo.root, 'ai').list(), [{ commit, blob }]);
		assert.deepEqual(await new GitNotes(repo.root, 'other').list(), []);
	});

	it('are written letter by letter, in place of earlier ones, and run no hook', async () => {
		const notes = new GitNotes(repo.root, 'ai');
		const [first, second] = [repo.git('rev-parse', 'HEAD').trim(), repo.commit('second')];
		writeFileSync(join(repo.root, '.git/hooks/reference-transaction'), '#!/bin/sh\ntouch ran\n', { mode: 0o755 });
		const text = '\n\n# not a comment\n{"ü": "日本"}\n\n\n\ntrailing  \r\n\n';
		await notes.write(first, 'to be replaced');
		await notes.write(first, text);
		await notes.write(second, '');
		assert.equal(await notes.read(first), text);
		assert.deepEqual((await notes.list()).map(({ commit }) => commit).sort(), [first, second].sort());
		assert.equal(existsSync(join(repo.root, 'ran')), false);
		assert.equal(repo.git('status', '--porcelain'), '');
	});

	it('need to know who writes, and about what', async () => {
		await assert.rejects(new GitNotes(repo.root, 'ai').write('f'.repeat(40), 'x'), GitFailed);
		assert.throws(() => new GitNotes(repo.root, '--all'), /Not a name/);
		home.configure('[user]\nuseConfigOnly=true');
		await assert.rejects(new GitNotes(repo.root, 'ai').write('HEAD', 'x'), UserError);
	});
});
