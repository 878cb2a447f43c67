import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TurnObservationInput } from '../../src/core/turn';
import { Turn } from '../../src/core/turn';
import { canonicalJson } from '../../src/capture/prefer';
import { AppHarness, snippetEdit, turnOf, wholeEdit } from '../support/appHarness';
import type { GitRepository } from '../support/gitRepository';

const before = 'export function sum(a: number, b: number) {\n\treturn a - b;\n}\n';
const after = 'export function sum(a: number, b: number) {\n\treturn a + b;\n}\n';
const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 10, 0, second)).toISOString();

describe('what comes in', () => {
	let app: AppHarness;
	let repo: GitRepository;

	beforeEach(async () => {
		app = await AppHarness.open();
		repo = app.repository({ 'src/sum.ts': after, '.gitignore': 'private/\n' });
	});
	afterEach(() => app.close());

	const storedTurn = async (): Promise<Turn> => {
		const { turns } = await app.call('listTurns', { everywhere: true });
		assert.equal(turns.length, 1);
		return (await app.call('getTurn', { id: turns[0]?.id ?? '' }, repo.root)).turn;
	};

	/** One turn as three channels see it, each with its own part. */
	const views = (): TurnObservationInput[] => {
		const common = { assistant: 'claude-code', session_id: 's', turn_key: 'k', cwd: repo.root, prompt: 'Fix `sum` in sum.ts, it subtracts' };
		const edit = { ...wholeEdit(join(repo.root, 'src/sum.ts'), before, after), tool_id: 'tool-1' };
		return [
			{ ...common, channel: 'hook', started_at: at(1), state: 'open', tools: [{ id: 'tool-1', name: 'Edit', kind: 'edit', at: at(2) }] },
			{
				...common,
				channel: 'transcript',
				started_at: at(0),
				ended_at: at(9),
				response: 'It adds now.',
				model: 'some-model',
				tools: [{ id: 'tool-1', name: 'Edit', kind: 'edit', ok: true, at: at(2), output: 'done' }],
				edits: [edit],
			},
			{ ...common, channel: 'editor', started_at: at(2), response: 'It adds', edits: [{ ...edit, fidelity: 'document' }] },
		];
	};

	it('makes one turn of what several channels saw, in whatever order', async () => {
		const [a, b, c] = views();
		assert.ok(a && b && c);
		const states: string[] = [];
		for (const order of [
			[a, b, c],
			[a, c, b],
			[b, a, c],
			[b, c, a],
			[c, a, b],
			[c, b, a],
		]) {
			const session_id = `session ${states.length}`;
			for (const view of order) await app.capture(repo.root, { ...view, session_id });
			const turns = [...app.ports.derived.records('turn')].map((record) => Turn.parse(record.body)).filter((turn) => turn.session_id === session_id);
			assert.equal(turns.length, 1);
			states.push(canonicalJson({ ...turns[0], id: '', session_id: 'any' }));
		}
		assert.equal(new Set(states).size, 1);
		const turn = Turn.parse(JSON.parse(states[0] ?? ''));
		assert.deepEqual(turn.channels, ['editor', 'hook', 'transcript']);
		assert.equal(turn.started_at, at(0));
		assert.equal(turn.edits.length, 1);
	});

	it('writes nothing for a replay, by the same or another start of the program', async () => {
		await app.capture(repo.root, ...views());
		const size = app.journalBytes();
		assert.deepEqual(await app.capture(repo.root, ...views()), { new: 0, extended: 0, unchanged: 3 });
		await app.restart();
		assert.deepEqual(await app.capture(repo.root, ...views().reverse()), { new: 0, extended: 0, unchanged: 3 });
		assert.equal(app.journalBytes(), size);
	});

	it('extends a turn by a later answer', async () => {
		const [first, second] = views();
		assert.ok(first && second);
		await app.capture(repo.root, first);
		assert.deepEqual(await app.capture(repo.root, second), { new: 0, extended: 1, unchanged: 0 });
		const turn = await storedTurn();
		assert.equal(turn.response, 'It adds now.');
		assert.equal(app.ports.derived.record('turn', turn.id)?.revision, 2);
	});

	it('imports a transcript once', async () => {
		const path = join(import.meta.dirname, '../fixtures/claude-code/fix-sum/session.jsonl');
		const first = await app.call('importTranscripts', { paths: [path] }, repo.root);
		assert.ok(first.turns_new > 0);
		assert.deepEqual(first.errors, []);
		const size = app.journalBytes();
		const second = await app.call('importTranscripts', { paths: [path] }, repo.root);
		assert.deepEqual([second.turns_new, second.turns_extended, second.turns_unchanged], [0, 0, first.turns_new]);
		assert.equal(app.journalBytes(), size);
	});

	it("leaves Cursor's transcript of a session alone of which its hooks told better", async () => {
		const transcripts = join(import.meta.dirname, '../fixtures/cursor/projects/home-dev-demo/agent-transcripts');
		const session = '668320d2-aaaa-4888-b33c-2a466fec86e7';
		const read = async (name: string) => (await app.call('importTranscripts', { paths: [join(transcripts, name)] }, repo.root)).turns_new;
		await app.capture(repo.root, turnOf(repo, { assistant: 'cursor', session_id: session, turn_key: '490b90b7-a2ce-4c2c-bb76-cb77b125df2f' }));
		assert.equal(await read(`${session}/${session}.jsonl`), 0);
		assert.equal(await read('0f0f0f0f-aaaa-4888-b33c-000000000000.txt'), 1);
	});

	it('drops edits of files that git ignores and of files of secrets', async () => {
		mkdirSync(join(repo.root, 'private'));
		const edits = ['private/notes.md', '.env', 'config/server.pem', 'src/sum.ts'].map((path) => snippetEdit(join(repo.root, path), 'x', `text of ${path}`));
		await app.capture(repo.root, turnOf(repo, { edits }));
		const turn = await storedTurn();
		assert.deepEqual(
			turn.edits.map((edit) => edit.file_path),
			['src/sum.ts'],
		);
		assert.ok(!app.bytes().includes('text of private/notes.md'));
	});

	it('keeps an edit whose ignore rule is taken back by a later one', async () => {
		repo.write('.gitignore', '*.md\n!README.md\n');
		await app.capture(repo.root, turnOf(repo, { edits: ['README.md', 'other.md'].map((path) => snippetEdit(join(repo.root, path), 'a', 'b')) }));
		assert.deepEqual(
			(await storedTurn()).edits.map((edit) => edit.file_path),
			['README.md'],
		);
	});

	it('understands relative paths from the folder of the turn', async () => {
		await app.capture(repo.root, turnOf(repo, { cwd: join(repo.root, 'src'), edits: [wholeEdit('sum.ts', before, after)] }));
		assert.deepEqual(
			(await storedTurn()).edits.map((edit) => [edit.file_path, edit.repo_id]),
			[['src/sum.ts', await app.repoId(repo.root)]],
		);
	});

	it('keeps a turn over two repositories once, linked to both', async () => {
		const other = app.repository({ 'lib/total.ts': 'export function total(list: number[]) {\n\treturn list.length;\n}\n' });
		const totalAfter = 'export function total(list: number[]) {\n\treturn list.reduce((x, y) => x + y, 0);\n}\n';
		other.write('lib/total.ts', totalAfter);
		await app.index(repo);
		await app.index(other);
		const edits = [
			wholeEdit(join(repo.root, 'src/sum.ts'), before, after),
			wholeEdit(join(other.root, 'lib/total.ts'), 'export function total(list: number[]) {\n\treturn list.length;\n}\n', totalAfter),
		];
		await app.capture(repo.root, turnOf(repo, { edits }));
		const turn = await storedTurn();
		assert.equal(turn.repo_id, await app.repoId(repo.root));
		assert.deepEqual(await app.linked(turn.id, other.root), ['lib/total.ts#total', 'src/sum.ts#sum']);
		for (const folder of [repo.root, other.root]) assert.equal((await app.call('listTurns', {}, folder)).total, 1);
		const row = [...(await app.rows(other.root, 'code')).rows.values()].find(({ metadata }) => metadata['symbol'] === 'total');
		assert.equal(row?.metadata['related_chat_ids'], turn.id);
		// Indexing one of them again leaves the other's links alone.
		repo.write('src/sum.ts', `// Adds.\n${after}`);
		await app.index(repo, 'changed');
		assert.deepEqual(await app.linked(turn.id, repo.root), ['lib/total.ts#total', 'src/sum.ts#sum']);
	});

	it('keeps a turn outside any repository without one', async () => {
		mkdirSync(app.outside('loose'));
		await app.capture('', turnOf(undefined, { cwd: app.outside('loose'), edits: [snippetEdit(app.outside('loose/a.txt'), 'a', 'b')] }));
		const turn = await storedTurn();
		assert.equal(turn.repo_id, undefined);
		assert.equal(turn.edits[0]?.repo_id, undefined);
		assert.equal((await app.rows('', 'turns')).rows.size, 1);
	});

	describe('edits seen in the editor', () => {
		const seen = (reason: 'typed' | 'undo' | 'redo' | 'unknown', beforeText: string, afterText: string, second: number) => ({
			file_path: join(repo.root, 'src/sum.ts'),
			symbol: 'sum',
			before: beforeText,
			after: afterText,
			start_line: 2,
			at: at(second),
			reason,
		});
		const bodies = () => [...app.ports.derived.records('edit')].map((record) => record.body as { turn_id?: string; reason: string; after: string });
		const made = () => turnOf(repo, { started_at: at(0), ended_at: at(20), edits: [wholeEdit(join(repo.root, 'src/sum.ts'), before, after)] });

		it('belong to the turn that is there', async () => {
			await app.capture(repo.root, made());
			const answer = await app.call('captureEdits', { edits: [seen('unknown', '\treturn a - b;', '\treturn a + b;', 5)] }, repo.root);
			assert.deepEqual(answer, { kept: 1, attached: 1 });
			assert.equal(bodies()[0]?.turn_id, (await storedTurn()).id);
		});

		it('are claimed by the turn that comes later', async () => {
			const edits = [seen('unknown', '\treturn a - b;', '\treturn a + b;', 5), seen('typed', '', '// by hand, of a person', 6)];
			assert.deepEqual(await app.call('captureEdits', { edits }, repo.root), { kept: 2, attached: 0 });
			await app.capture(repo.root, made());
			const { id } = await storedTurn();
			assert.deepEqual(
				bodies()
					.map((body) => [body.after.trim(), body.turn_id])
					.sort(),
				[
					['// by hand, of a person', undefined],
					['return a + b;', id],
				],
			);
		});

		it('are kept once, with the reason why they came to be', async () => {
			const edits = [seen('undo', '\treturn a + b;', '\treturn a - b;', 7), seen('redo', '\treturn a - b;', '\treturn a + b;', 8)];
			assert.equal((await app.call('captureEdits', { edits }, repo.root)).kept, 2);
			assert.equal((await app.call('captureEdits', { edits }, repo.root)).kept, 0);
			assert.deepEqual(
				bodies()
					.map((body) => body.reason)
					.sort(),
				['redo', 'undo'],
			);
		});

		it('are not kept outside a repository, nor of private files', async () => {
			const paths = [app.outside('a.ts'), join(repo.root, '.env'), join(repo.root, 'private/a.ts')];
			const edits = paths.map((file_path) => ({ ...seen('typed', '', 'some text', 3), file_path }));
			assert.deepEqual(await app.call('captureEdits', { edits }, repo.root), { kept: 0, attached: 0 });
		});
	});
});
