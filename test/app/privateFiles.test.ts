import assert from 'node:assert/strict';
import { join } from 'node:path';
import { keepCaptureChoice } from '../../src/app/captureChoice';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';

describe('files that are ignored', () => {
	it('by git or by .codelearnignore, in any folder, are neither indexed nor shown by a tool nor kept as an edit', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({
				'.gitignore': 'local.txt\n',
				'.codelearnignore': 'secretplans/\n*.ledger\n!open.ledger\n',
				'src/.codelearnignore': '/inner.ts\n',
				'src/inner.ts': 'export const inner = "zebrafinch";\n',
				'src/open.ts': 'export const open = 1;\n',
				'deep/src/inner.ts': 'export const shown = 1;\n',
				'secretplans/a.ts': 'export const plan = "quokkaland";\n',
				'open.ledger': 'one line\n',
			});
			await app.index(repo);
			const reason = async (path: string) => (await app.call('explainIndex', { path }, repo.root)).reason;
			assert.match(await reason('src/inner.ts'), /ignored by Codelearn: src\/\.codelearnignore:1:\/inner\.ts/);
			assert.match(await reason('secretplans/a.ts'), /ignored by Codelearn: \.codelearnignore:1/);
			assert.match(await reason('src/open.ts'), /^indexed/);
			assert.match(await reason('deep/src/inner.ts'), /^indexed/);

			const tool = (name: string, args: object, output: string) => ({ name, args, output });
			const turn = turnOf(repo, {
				tools: [
					tool('Read', { file_path: join(repo.root, 'src/inner.ts') }, 'word1'),
					tool('read_file', { path: 'secretplans/a.ts' }, 'word2'),
					tool('Bash', { command: 'head -5 local.txt | sort' }, 'word3'),
					tool('Bash', { command: "sed -n '1,5p' ./secretplans/gone.ts" }, 'word4'),
					tool('Bash', { command: 'cat .env' }, 'word5'),
					tool('Write', { file_path: join(repo.root, 'big.ledger'), content: 'word6' }, 'ok'),
					tool('Bash', { command: "cat > secretplans/b.ts <<'END'\nword7\nEND" }, ''),
					tool('Bash', { command: 'cat src/open.ts open.ledger' }, 'kept1'),
					tool('Bash', { command: 'node secretplans/run.js' }, 'kept2'),
				],
				edits: [wholeEdit(join(repo.root, 'secretplans/a.ts'), 'word8', 'word9'), wholeEdit(join(repo.root, 'src/open.ts'), 'kept3', 'kept4')],
			});
			await app.capture(repo.root, turn);
			const edit = { file_path: join(repo.root, 'src/inner.ts'), before: '', after: 'word0', start_line: 1, at: new Date().toISOString() };
			assert.equal((await app.call('captureEdits', { edits: [edit] }, repo.root)).kept, 0);
			await app.stop();
			const everywhere = `${app.bytes()}${app.vectors.dump()}`;
			assert.deepEqual(everywhere.match(/word\d|zebrafinch|quokkaland/g), null);
			for (const kept of ['kept1', 'kept2', 'kept3', 'kept4']) assert.ok(everywhere.includes(kept), kept);
		} finally {
			await app.close();
		}
	});

	it('leave the index when a rule for them is added', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n', 'src/b.ts': 'export const zebrafinch = 1;\n' });
			repo.commit('first');
			await app.index(repo);
			repo.write('.codelearnignore', 'b.ts\n');
			await app.index(repo, 'changed');
			assert.ok(!app.vectors.dump().includes('zebrafinch'));
			assert.match((await app.call('explainIndex', { path: 'src/a.ts' }, repo.root)).reason, /^indexed/);
		} finally {
			await app.close();
		}
	});
});

describe('capture that is switched off', () => {
	it('holds for turns, edits and what is logged by hand; a pause is not made up for later', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n' });
			const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`;
			const turn = (prompt: string, minute: number) => turnOf(repo, { prompt, turn_key: prompt, started_at: at(minute) });
			const edit = (after: string, minute: number) => ({ file_path: join(repo.root, 'src/a.ts'), before: '', after, start_line: 1, at: at(minute) });
			keepCaptureChoice(repo.root, 'on', app.paths, new Date(at(0)));
			keepCaptureChoice(repo.root, 'off', app.paths, new Date(at(10)));
			assert.deepEqual(await app.capture(repo.root, turn('while off', 20)), { new: 0, extended: 0, unchanged: 1 });
			assert.equal((await app.call('captureEdits', { edits: [edit('edited while off', 20)] }, repo.root)).kept, 0);
			await assert.rejects(app.call('logChat', { prompt: 'by hand' }, repo.root), /Capture is off in this folder/);
			keepCaptureChoice(repo.root, 'on', app.paths, new Date(at(30)));
			await app.capture(repo.root, turn('before it', 5), turn('while off', 20), turn('after it', 40));
			assert.equal((await app.call('captureEdits', { edits: [edit('edited while off', 20), edit('edited later', 40)] }, repo.root)).kept, 1);
			const { turns } = await app.call('listTurns', {}, repo.root);
			assert.deepEqual(
				turns.map((kept) => kept.prompt_summary),
				['after it', 'before it'],
			);
			assert.ok(!app.bytes().includes('while off'));
		} finally {
			await app.close();
		}
	});
});

describe("patterns of the user's own", () => {
	const said = (patterns: string) => ({ privacy: { from: 'environment' as const, patterns, keepDays: 0, keepMegabytes: 0 } });

	it('are taken out everywhere from the call that brings them, also after a restart, and out of what is kept when asked', async () => {
		const app = await AppHarness.open();
		try {
			const repo = app.repository({ 'src/a.ts': 'export const a = 1;\n' });
			const plans = 'the Project-Zebra plan of CUST-12345';
			await app.capture(repo.root, turnOf(repo, { prompt: plans, edits: [wholeEdit(join(repo.root, 'src/a.ts'), 'x', `// CUST-12345\n`)] }));
			const more = said('# customers\ncustomer: /cust-\\d+/i\nProject-\\w+');
			await app.call('status', {}, repo.root, more);
			await app.restart();
			await app.capture(repo.root, turnOf(repo, { prompt: 'for CUST-777', branch: 'cust-888' }));
			assert.ok(!/CUST-777|cust-888/.test(app.bytes()));
			assert.match(app.bytes(), /for \[redacted:customer\]/);

			const dry = await app.call('redactJournal', { dry_run: true }, repo.root);
			assert.deepEqual([dry.records, dry.changed.length], [2, 1]);
			assert.ok(app.bytes().includes('CUST-12345'));
			assert.equal((await app.call('redactJournal', {}, repo.root)).changed.length, 1);
			assert.ok(!/Project-Zebra|CUST-12345/.test(`${app.bytes()}${app.vectors.dump()}`));
			assert.deepEqual((await app.call('redactJournal', {}, repo.root)).changed, []);
			const { turns } = await app.call('listTurns', { text: 'plan' }, repo.root);
			assert.equal(turns[0]?.prompt_summary, 'the [redacted:own-pattern] plan of [redacted:customer]');
		} finally {
			await app.close();
		}
	});

	it('that are no expressions, match nothing or never end are refused by name, and those of before hold', async () => {
		const app = await AppHarness.open();
		try {
			await app.call('status', {}, '', said('zebra\\d+'));
			await assert.rejects(app.call('status', {}, '', said('(a+)+$')), /"\(a\+\)\+\$" takes for ever/);
			await assert.rejects(app.call('status', {}, '', said('x*')), /"x\*" matches the empty text/);
			await assert.rejects(app.call('status', {}, '', said('good\nbad(')), /"bad\(" is no regular expression/);
			await app.capture('', turnOf(undefined, { prompt: 'zebra42' }));
			assert.ok(!app.bytes().includes('zebra42'));
		} finally {
			await app.close();
		}
	});
});
