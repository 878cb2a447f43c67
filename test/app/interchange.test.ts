import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseNote } from '../../src/attribute/interchange/authorshipNote';
import type { AgentTrace } from '../../src/core/agentTrace';
import type { Output } from '../../src/core/api';
import { AppHarness, turnOf, wholeEdit } from '../support/appHarness';
import { projectRoot } from '../support/dist';
import type { GitRepository } from '../support/gitRepository';

const start = 'export function sum(values: number[]) {\n\treturn values.reduce((a, b) => a + b);\n}\n';
const written = 'export function mean(values: number[]) {\n\tif (values.length === 0) {\n\t\treturn 0;\n\t}\n\treturn sum(values) / values.length;\n}\n';
const other = '# Notes on means\n\nThe mean of nothing is zero.\n';

/** Name and lines of each turn, in order. */
function lines({ ranges }: Output<'authors'>): string[] {
	const told = ranges.flatMap(({ from, to, turn_id }) => Array.from({ length: to - from + 1 }, (_, at) => `${from + at} ${turn_id ?? ''}`));
	return told.filter((line) => !line.endsWith(' '));
}

describe('interchange', function () {
	this.timeout(30_000);
	let [here, there]: [AppHarness, AppHarness] = [] as never;
	let repo: GitRepository;
	beforeEach(async () => {
		[here, there] = [await AppHarness.open(), await AppHarness.open()];
		repo = here.repository({ 'src/sum.ts': start });
		repo.git('config', 'user.name', 'Ann');
		repo.git('config', 'user.email', 'ann@example.org');
	});
	afterEach(async () => {
		await here.close();
		await there.close();
	});

	/** Two files, written by one turn and committed. */
	async function work(): Promise<string> {
		repo.write('src/sum.ts', start + written);
		repo.write('docs/mean.md', other);
		const edits = [wholeEdit(join(repo.root, 'src/sum.ts'), start, start + written), wholeEdit(join(repo.root, 'docs/mean.md'), null, other)];
		await here.capture(repo.root, turnOf(repo, { turn_key: 'k', model: 'claude-opus-4-5', source_version: '2.1', edits }));
		return repo.commit('Add mean');
	}

	const authors = (harness: AppHarness, file = 'src/sum.ts') => harness.call('authors', { file }, repo.root);
	const trace = async (input: Parameters<typeof here.call<'exportTrace'>>[1] = {}) => (await here.call('exportTrace', input, repo.root)).records;
	function fileOf(records: unknown): string {
		const file = here.outside('records.jsonl');
		writeFileSync(file, Array.isArray(records) ? records.map((record) => `${JSON.stringify(record)}\n`).join('') : JSON.stringify(records));
		return file;
	}
	const take = (harness: AppHarness, records: unknown, more: object = {}) => harness.call('importTrace', { paths: [fileOf(records)], ...more }, repo.root);
	const noteOf = (commit: string) => repo.git('notes', '--ref=ai', 'show', commit);
	const turnsOf = async (harness: AppHarness) => (await harness.call('listTurns', { everywhere: true })).turns;

	describe('Agent Trace', () => {
		it('brings a turn to another data folder: the same lines, the same id', async () => {
			const commit = await work();
			const records = await trace();
			assert.deepEqual(
				records.map(({ tool, vcs, files }) => [tool, vcs, files.map(({ path }) => path)]),
				[
					[{ name: 'claude-code', version: '2.1' }, { type: 'git', revision: commit }, ['docs/mean.md', 'src/sum.ts']],
					[{ name: 'codelearn', version: records[1]?.tool?.version }, { type: 'git', revision: commit }, ['src/sum.ts']],
				],
			);
			const report = await take(there, records);
			assert.deepEqual([report.turns_new, report.lines, report.refused], [1, 9, []]);
			for (const file of ['src/sum.ts', 'docs/mean.md']) assert.deepEqual(lines(await authors(there, file)), lines(await authors(here, file)), file);
			assert.equal(lines(await authors(there)).length, 6);
			// Later the lines are moved: the texts are known, not only the places.
			repo.write('src/mean.ts', written);
			repo.write('src/sum.ts', start);
			assert.deepEqual(lines(await authors(there, 'src/mean.ts')), lines(await authors(here, 'src/mean.ts')));
		});

		it('adds nothing the second time, and nothing to a turn that was captured here', async () => {
			await work();
			const records = await trace();
			await take(there, records);
			const journal = there.journalBytes();
			const again = await take(there, records);
			assert.deepEqual([again.turns_new, again.turns_extended, again.turns_known], [0, 0, 1]);
			assert.equal(there.journalBytes(), journal);
			const own = await take(here, records);
			assert.deepEqual([own.turns_new, own.turns_extended, own.turns_known], [0, 0, 1]);
			assert.equal((await turnsOf(here)).length, 1);
		});

		it('becomes one with the turn when its transcript comes later', async () => {
			await work();
			await take(there, await trace());
			const [turn] = await turnsOf(here);
			const edits = [wholeEdit(join(repo.root, 'src/sum.ts'), start, start + written)];
			await there.capture(repo.root, turnOf(repo, { turn_key: 'k', edits, prompt: 'Mean.' }));
			assert.deepEqual(
				(await turnsOf(there)).map(({ id, prompt_summary }) => [id, prompt_summary]),
				[[turn?.id, 'Mean.']],
			);
		});

		it('fits the published schema', async function () {
			const schema = [join(projectRoot, '../shared'), join(projectRoot, '../../shared')]
				.map((folder) => join(folder, 'fixtures/agent-trace.schema.json'))
				.find(existsSync);
			if (schema === undefined) return this.skip();
			await work();
			const load = createRequire(import.meta.url);
			const { default: Ajv } = load('ajv/dist/2020') as {
				default: new (options: object) => { compile(schema: unknown): ((value: unknown) => boolean) & { errors: unknown } };
			};
			const ajv = new Ajv({ strict: false, allErrors: true });
			(load('ajv-formats') as (ajv: unknown) => void)(ajv);
			const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
			const records = [...(await trace()), ...(await trace({ working_tree: true })), ...(await trace({ range: 'HEAD' }))];
			assert.equal(records.length, 5);
			for (const record of records) assert.ok(validate(record), JSON.stringify(validate.errors));
			assert.ok(!validate({ ...records[0], id: 'x' }));
		});

		it('tells of a commit as it was then, of a range what each commit added, and of the working tree', async () => {
			const first = await work();
			repo.write('src/sum.ts', `// Sums and means.\n${start}${written}`);
			const second = repo.commit('Say what it is');
			const places = (records: readonly AgentTrace[]) =>
				records
					.filter(({ tool }) => tool?.name === 'claude-code')
					.map(({ vcs, files }) => [vcs?.revision, files.find(({ path }) => path === 'src/sum.ts')?.conversations[0]?.ranges[0]?.start_line]);
			assert.deepEqual(places(await trace({ revision: 'HEAD~1' })), [[first, 4]]);
			assert.deepEqual(places(await trace()), [[second, 5]]);
			assert.deepEqual(places(await trace({ range: 'HEAD' })), [[first, 4]]);
			repo.write('src/sum.ts', `// Sums and means.\n\n${start}${written}`);
			assert.deepEqual(places(await trace({ working_tree: true })), [[undefined, 6]]);
			assert.deepEqual(places(await trace({ working_tree: true, files: ['docs'] })), [[undefined, undefined]]);
			await assert.rejects(trace({ files: ['nowhere.ts'] }), /There is no file nowhere\.ts/);
			await assert.rejects(trace({ revision: 'nothing' }), /There is no commit nothing/);
			await assert.rejects(trace({ range: 'nothing..HEAD' }), /git knows no range/);
			// Without a commit the hashes tell whether the lines are those.
			const records = await trace({ working_tree: true });
			assert.equal((await take(there, records)).lines, 9);
			repo.write('src/sum.ts', '// nothing\n'.repeat(20));
			const changed = await take(there, records, { dry_run: true });
			assert.deepEqual([changed.lines, changed.refused.map(({ reason }) => reason)], [3, ['other lines stand there in that revision']]);
		});

		it('of another tool become a turn of that tool, which is counted and not judged', async () => {
			const commit = await work();
			const conversations = [{ contributor: { type: 'ai', model_id: 'openai/gpt-5' }, ranges: [{ start_line: 4, end_line: 9 }] }];
			const record = {
				version: '0.1.0',
				id: 'r-1',
				timestamp: '2026-01-23T14:30:00Z',
				vcs: { type: 'git', revision: commit },
				tool: { name: 'Amp' },
				files: [{ path: 'src/sum.ts', conversations }],
			};
			assert.equal((await take(there, record, { dry_run: true })).turns_new, 1);
			assert.deepEqual(await turnsOf(there), []);
			assert.deepEqual((await take(there, record)).turns_new, 1);
			const [turn] = (await authors(there)).turns;
			assert.deepEqual([turn?.assistant, turn?.model, turn?.started_at], ['amp', 'gpt-5', '2026-01-23T14:30:00.000Z']);
			const [amp] = (await there.call('captureStatus', { assistant: 'amp' })).assistants;
			assert.deepEqual([amp?.turns, amp?.channels, amp?.whole, amp?.last_whole_at], [1, { import: 1 }, { count: 0, of: 0 }, undefined]);
			// What was captured comes before what others say.
			await take(here, record);
			assert.deepEqual(new Set((await authors(here)).ranges.flatMap(({ from, turn_id }) => (from > 3 ? [turn_id] : []))).size, 1);
			assert.equal((await authors(here)).turns[0]?.assistant, 'claude-code');
		});

		it('that do not fit are refused, with the reason', async () => {
			const commit = await work();
			const record = (path: string, start_line: number, end_line: number, more: object = {}) => ({
				id: `${path}${start_line}`,
				timestamp: 'never',
				vcs: { type: 'git', revision: commit },
				files: [{ path, conversations: [{ contributor: { type: 'ai' }, ranges: [{ start_line, end_line, ...more }] }] }],
			});
			const records = [
				record('src/sum.ts', 8, 99),
				record('src/sum.ts', 1, 4_000_000_000),
				record('gone.ts', 1, 2),
				record('../sum.ts', 1, 2),
				record('/etc/passwd', 1, 1),
				record('src/sum.ts', 1, 2, { content_hash: 'sha256:00' }),
				{ ...record('src/sum.ts', 1, 1), vcs: { type: 'git', revision: 'f'.repeat(40) } },
				{ ...record('src/sum.ts', 1, 1), vcs: { type: 'git', revision: '--output=x' } },
				{ ...record('src/sum.ts', 1, 1), vcs: { type: 'jj', revision: 'kkmpptxz' } },
				{ ...record('src/sum.ts', 1, 1), vcs: undefined },
				{ nothing: true },
				'text',
			];
			const report = await take(there, records);
			assert.deepEqual(
				[report.turns_new, report.lines, Object.fromEntries(report.refused.map(({ reason, count }) => [reason, count]))],
				[
					0,
					0,
					{
						'the file has fewer lines in that revision': 2,
						'the revision has no such text file': 3,
						'other lines stand there in that revision': 1,
						'the revision is not in this repository': 3,
						'the record names neither a revision nor a sha256 of the lines': 1,
						'no trace record': 2,
					},
				],
			);
			assert.equal((await take(there, [record('src/sum.ts', 8, 9)], { revision: 'HEAD' })).lines, 2);
		});
	});

	describe('authorship notes', () => {
		it('are written for lines of turns, and say it to another data folder', async () => {
			const commit = await work();
			const report = await here.call('exportNotes', { range: 'HEAD' }, repo.root);
			assert.deepEqual([report.commits, report.written, report.empty], [2, 1, 1]);
			const note = parseNote(noteOf(commit));
			assert.deepEqual(
				note?.files.map(({ path, entries }) => [path, entries.map(({ ranges }) => ranges)]),
				[
					['docs/mean.md', [[{ from: 1, to: 3 }]]],
					['src/sum.ts', [[{ from: 4, to: 9 }]]],
				],
			);
			for (const text of ['basket', 'reduce', 'Notes on means']) assert.ok(!noteOf(commit).includes(text));
			const again = await here.call('exportNotes', {}, repo.root);
			assert.deepEqual([again.written, again.merged, again.unchanged], [0, 0, 1]);

			const taken = await there.call('importNotes', {}, repo.root);
			assert.deepEqual([taken.records, taken.turns_new, taken.lines, taken.refused], [1, 1, 9, []]);
			assert.deepEqual(lines(await authors(there)), lines(await authors(here)));
			const twice = await there.call('importNotes', {}, repo.root);
			assert.deepEqual([twice.turns_new, twice.turns_extended, twice.turns_known], [0, 0, 1]);
			assert.equal((await here.call('importNotes', {}, repo.root)).turns_known, 1);
		});

		it('of other tools stay as they are', async () => {
			const commit = await work();
			repo.git('notes', '--ref=ai', 'add', '-m', 'Looks good to me.', commit);
			const left = await here.call('exportNotes', {}, repo.root);
			assert.deepEqual([left.written, left.merged, left.refused.length], [0, 0, 1]);
			assert.equal(noteOf(commit), 'Looks good to me.\n');

			const metadata = {
				schema_version: 'authorship/3.0.0',
				git_ai_version: '1.6',
				base_commit_sha: commit,
				prompts: {},
				sessions: { s_00000000000000: { agent_id: { tool: 'cursor', id: 'c', model: 'm' }, human_author: 'Ann' } },
				later: [1],
			};
			const theirs = `src/sum.ts\n  s_00000000000000::t_11111111111111 8-9\n---\n${JSON.stringify(metadata, null, 2)}\n`;
			repo.git('notes', '--ref=ai', 'add', '--force', '-m', theirs, commit);
			assert.equal((await here.call('exportNotes', { dry_run: true }, repo.root)).merged, 1);
			assert.equal(noteOf(commit), theirs);
			assert.equal((await here.call('exportNotes', {}, repo.root)).merged, 1);
			const merged = parseNote(noteOf(commit));
			assert.deepEqual(
				merged?.files[0]?.entries.map(({ ranges }) => ranges),
				[[{ from: 8, to: 9 }], [{ from: 4, to: 7 }]],
			);
			assert.deepEqual(
				[merged.metadata['git_ai_version'], merged.metadata['later'], merged.metadata.sessions?.['s_00000000000000']],
				['1.6', [1], metadata.sessions.s_00000000000000],
			);
			assert.equal((await here.call('exportNotes', {}, repo.root)).unchanged, 1);
		});

		it('that are wrong are refused, with the reason', async () => {
			const commit = await work();
			const session = { schema_version: 'authorship/3.0.0', base_commit_sha: '', prompts: { aaaaaaaaaaaaaaaa: { agent_id: { tool: 'x', id: 'y' } } } };
			repo.git(
				'notes',
				'--ref=ai',
				'add',
				'-m',
				`src/sum.ts\n  aaaaaaaaaaaaaaaa 1-1000000\n../x\n  aaaaaaaaaaaaaaaa 1\n  bad\n---\n${JSON.stringify(session)}`,
				commit,
			);
			repo.git('notes', '--ref=ai', 'add', '-m', 'no log', 'HEAD~1');
			const report = await there.call('importNotes', {}, repo.root);
			assert.deepEqual([report.records, report.lines, report.turns_new, report.refused.length], [1, 0, 0, 4]);
			assert.equal((await there.call('importNotes', { range: 'HEAD~1' }, repo.root)).refused.length, 1);
		});
	});
});
