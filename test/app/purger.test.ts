import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';

/** Words that stand nowhere else: all of a turn is found by its word. */
const words = { prompt: 'zebrafinch', response: 'quokkaland', tool: 'narwhalgate', before: 'axolotlbay', after: 'pangolinrun', editor: 'okapiforest' };
const long = (word: string) => `${word} ${'lorem ipsum dolor '.repeat(400)}`;

describe('a purge', () => {
	it('of a session leaves no byte of it anywhere, and it does not come back', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n' });
			await app.index(repo);
			const gone = turnOf(repo, {
				session_id: 'gone',
				turn_key: 'k',
				prompt: long(words.prompt),
				response: words.response,
				tools: [{ id: '1', name: 'Read', kind: 'read', args: { file_path: 'src/a.ts' }, ok: true, output: long(words.tool) }],
				edits: [wholeEdit(join(repo.root, 'src/a.ts'), `// ${words.before}\n`, `// ${words.after}\n`)],
			});
			const stays = turnOf(repo, { session_id: 'stays', prompt: 'wombatcave stays', response: long('capybarapond') });
			await app.capture(repo.root, { ...gone, response: '' }, stays);
			await app.capture(repo.root, gone);
			const { turns } = await app.call('listTurns', {}, repo.root);
			const id = turns.find((turn) => turn.session_id === 'gone')?.id ?? '';
			const learning = await app.call('promote', { turn_id: id, description: 'Always sum twice.' }, repo.root);
			for (const word of Object.values(words).slice(0, 5)) assert.ok(app.bytes().includes(word), `${word} was never there`);

			const dry = await app.call('purge', { session: 'gone', dry_run: true }, repo.root);
			assert.deepEqual([dry.turns, dry.edits, dry.learnings], [1, 0, [learning.learning_id]]);
			assert.ok(app.bytes().includes(words.prompt));

			const done = await app.call('purge', { session: 'gone' }, repo.root);
			assert.deepEqual([done.turns, done.learnings, done.store_done], [1, [learning.learning_id], true]);
			assert.ok(done.bytes > 0 && done.large_texts >= 2);
			const clean = () => {
				const everywhere = `${app.bytes()}\n${app.vectors.dump()}\n${app.logged.join('\n')}`;
				for (const [name, word] of Object.entries(words)) assert.ok(!everywhere.includes(word), `${name} is left`);
				assert.ok(everywhere.includes('wombatcave') && everywhere.includes('capybarapond') && everywhere.includes('Always sum twice.'));
			};
			clean();
			assert.equal((await app.call('listLearnings', {}, repo.root)).learnings[0]?.source_chat_id, undefined);

			assert.deepEqual(await app.capture(repo.root, gone), { new: 0, extended: 0, unchanged: 1 });
			clean();
			await app.restart();
			await app.call('rebuild', {}, repo.root);
			assert.equal((await app.call('listTurns', {}, repo.root)).total, 1);
			clean();
		} finally {
			await app.close();
		}
	});

	it('of a text, a file or all before a date takes what it says, and keeps no copy of the text', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n', 'src/b.ts': 'export const b = 1;\n' });
			const turn = (prompt: string, started_at: string, more = {}) => turnOf(repo, { prompt, started_at, ...more });
			await app.capture(
				repo.root,
				turn('the secret is zebrafinch', '2026-03-01T00:00:00.000Z'),
				turn('look at b', '2026-03-02T00:00:00.000Z', { tools: [{ id: '1', name: 'Bash', args: { command: 'head src/b.ts' }, output: 'quokkaland' }] }),
				turn('an old one', '2026-01-01T00:00:00.000Z'),
				turn('a new one', '2026-05-01T00:00:00.000Z'),
			);
			const edit = { file_path: join(repo.root, 'src/b.ts'), before: '', after: 'okapiforest', start_line: 1, at: '2026-03-02T00:00:00.000Z' };
			await app.call('captureEdits', { edits: [edit] }, repo.root);
			const learning = await app.call('promote', { description: 'Never tell zebrafinch.' }, repo.root);

			const byText = await app.call('purge', { text: 'zebrafinch' }, repo.root);
			assert.deepEqual([byText.turns, byText.learnings], [1, [learning.learning_id]]);
			assert.ok(!app.bytes().includes('zebrafinch'));
			assert.equal((await app.call('listLearnings', {}, repo.root)).learnings[0]?.description, 'Never tell [purged].');

			const byFile = await app.call('purge', { file: 'src/b.ts' }, repo.root);
			assert.deepEqual([byFile.turns, byFile.edits], [1, 1]);
			assert.ok(!/quokkaland|okapiforest/.test(app.bytes()));

			assert.equal((await app.call('purge', { before: '2026-02-01T00:00:00.000Z' }, repo.root)).turns, 1);
			assert.ok(!app.bytes().includes('an old one'));
			assert.deepEqual(
				(await app.call('listTurns', {}, repo.root)).turns.map((kept) => kept.prompt_summary),
				['a new one'],
			);
		} finally {
			await app.close();
		}
	});

	it('is refused without one criterion, and for a text that is too short', async () => {
		const app = await AppHarness.open();
		try {
			await assert.rejects(app.call('purge', {}), /Say what to purge/);
			await assert.rejects(app.call('purge', { session: 'a', text: 'long enough' }), /Say what to purge/);
			await assert.rejects(app.call('purge', { text: 'ab' }), /at least four characters/);
		} finally {
			await app.close();
		}
	});
});

describe('retention', () => {
	it('keeps all by default; by age and by size it purges the oldest', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n' });
			const at = (days: number) => new Date(Date.now() - days * 24 * 3_600_000).toISOString();
			await app.capture(repo.root, ...[100, 50, 10, 1].map((days) => turnOf(repo, { prompt: `of day ${days} ${'x '.repeat(20_000)}`, started_at: at(days) })));
			const kept = async () => (await app.call('listTurns', {}, repo.root)).turns.map((turn) => Number(/of day (\d+)/.exec(turn.prompt_summary)?.[1]));
			const privacy = { from: 'environment' as const, patterns: '', keepDays: 0, keepMegabytes: 0 };
			await app.app.retention.apply();
			assert.deepEqual(await kept(), [1, 10, 50, 100]);
			await app.call('status', {}, repo.root, { privacy: { ...privacy, keepDays: 60 } });
			await app.app.retention.apply();
			assert.deepEqual(await kept(), [1, 10, 50]);
			assert.ok(!app.bytes().includes('of day 100'));
			await app.call('status', {}, repo.root, { privacy: { ...privacy, keepMegabytes: 0.1 } });
			await app.restart();
			await app.app.retention.apply();
			assert.deepEqual(await kept(), [1, 10]);
			assert.ok(!app.bytes().includes('of day 50'));
		} finally {
			await app.close();
		}
	});
});

describe('compaction', () => {
	it('drops revisions that later ones replaced, and a fold of what is left is the same', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n' });
			for (let part = 1; part <= 7; part++)
				await app.capture(repo.root, turnOf(repo, { turn_key: 'k', prompt: 'go on', response: 'word '.repeat(part * 700) }));
			await app.capture(repo.root, turnOf(repo, { prompt: 'another' }));
			const rows = () => app.ports.derived.sql.all('select * from records order by kind, id');
			const before = rows();
			const bytes = app.journalBytes();
			await app.restart();
			await app.app.retention.apply();
			assert.ok(app.journalBytes() < bytes / 2, `${app.journalBytes()} of ${bytes}`);
			assert.deepEqual(rows(), before);
			await app.call('rebuild', {}, repo.root);
			assert.deepEqual(rows(), before);
		} finally {
			await app.close();
		}
	});
});
