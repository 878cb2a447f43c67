import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonStatus, Link, TurnDetail, TurnSummary } from '../../src/core/api';
import type { Learning } from '../../src/core/learning';
import type { QueryHit } from '../../src/core/query';
import { CliHome } from '../support/cliHome';
import { GitRepository } from '../support/gitRepository';

describe('chroma-client from a turn to a learning', function () {
	this.timeout(60_000);
	const home = new CliHome({ CODELEARN_LINGER_MS: '8000' });
	const before_ = 'export function parsePort(text: string) {\n\treturn Number(text);\n}\n';
	const after_ = 'export function parsePort(text: string) {\n\tif (!/^[0-9]+$/.test(text)) throw new Error("no port");\n\treturn Number(text);\n}\n';
	const repo = new GitRepository({ 'src/port.ts': after_ }, home.env);
	after(async () => {
		await home.remove();
		repo.remove();
	});
	const json = <T>(...args: string[]) => home.json<T>(args, { cwd: repo.root });
	let turn = '';
	let learning: Learning;

	it('keeps a turn with its edit, and links it to the code it changed', async () => {
		await json('index', '--all');
		repo.write('../before.ts', before_);
		repo.write('../after.ts', after_);
		const kept = await json<{ turn_id: string; outcome: string }>(
			...['log-chat', '--raw-prompt', 'Refuse ports that are no numbers', '--raw-response', 'parsePort now throws for letters.', '--session-id', 's1'],
			...[
				'--turn-key',
				'k1',
				'--file',
				'src/port.ts',
				'--before',
				join(repo.root, '../before.ts'),
				'--after',
				join(repo.root, '../after.ts'),
				'--tool',
				'read_file',
				'--tool',
				'edit_file',
			],
		);
		turn = kept.turn_id;
		assert.equal(kept.outcome, 'new');
		const { links } = await json<{ links: Link[] }>('links', turn);
		assert.ok(
			links.some((link) => link.kind === 'changed' && link.to.type === 'chunk' && link.to.label.includes('parsePort')),
			JSON.stringify(links),
		);
	});

	it('keeps it once, however often it is logged, and shows it for review', async () => {
		const again = await json<{ outcome: string }>('log-chat', '--raw-prompt', 'Refuse ports that are no numbers', '--session-id', 's1', '--turn-key', 'k1');
		assert.equal(again.outcome, 'unchanged');
		const { turns } = await json<{ turns: TurnSummary[] }>('review-and-promote');
		assert.deepEqual(
			turns.map((each) => [each.id, each.files, each.status, each.tool_sequence]),
			[[turn, ['src/port.ts'], 'captured', 'read_file→edit_file']],
		);
	});

	it('shows a turn whole, with its place in its session, and by the beginning of its id', async () => {
		const next = await json<{ turn_id: string }>('log-chat', '--raw-prompt', 'And \u001b[31mports above 65535?', '--session-id', 's1', '--turn-key', 'k2');
		const detail = await json<TurnDetail>('show', turn.slice(0, 12));
		assert.equal(detail.turn.id, turn);
		assert.deepEqual(detail.session, { turns: 2, position: 1, next_id: next.turn_id });
		assert.equal((await json<TurnDetail>('show', next.turn_id)).session.previous_id, turn);
		const { stdout } = await home.run(['show', turn], { cwd: repo.root });
		for (const part of [
			'Refuse ports that are no numbers',
			'parsePort now throws',
			'read_file→edit_file',
			'edit src/port.ts (arguments)',
			's1, turn 1 of 2',
			'captured',
		])
			assert.ok(stdout.includes(part), `${part} in ${stdout}`);
		for (const part of [/^Confidence 0\.\d\d\n {2}\+0\.45 to begin with$/m, /^Richness 0\.\d\d\n {2}\+0\.15 prompt$/m, /^ {2}\+\tif \(!/m, /changed→ chunk/])
			assert.match(stdout, part);
		const controls = await home.run(['show', next.turn_id], { cwd: repo.root });
		assert.ok(!controls.stdout.includes('\u001b') && controls.stdout.includes('And [31mports'));
		const unknown = await home.run(['show', 't_nothing'], { cwd: repo.root });
		assert.equal(unknown.code, 1);
		assert.match(unknown.stderr, /There is no turn t_nothing/);
		await json('review-and-promote', '--ignore', next.turn_id);
	});

	it('takes secrets out before anything is kept', async () => {
		const kept = await json<{ turn_id: string; redactions: number }>(
			'log-chat',
			'--raw-prompt',
			'use ghp_16C7e42F292c6912E7710c838347Ae178B4a for it',
			'--session-id',
			's2',
		);
		assert.ok(kept.redactions >= 1);
		const everything = await home.run(['review-and-promote', '--review', 'any', '--json'], { cwd: repo.root });
		assert.doesNotMatch(everything.stdout, /16C7e42F292c/);
		await json('review-and-promote', '--ignore', kept.turn_id);
	});

	it('promotes it, with what is left out taken from the turn', async () => {
		learning = await json<Learning>(
			'promote-learning',
			'--from-chat',
			turn.slice(0, 12),
			'--description',
			'Check a port before it is parsed',
			'--tags',
			'ports, parsing',
			'--confidence',
			'0.9',
		);
		assert.equal(learning.source_chat_id, turn);
		assert.deepEqual([learning.tags, learning.confidence, learning.state], [['ports', 'parsing'], 0.9, 'active']);
		assert.match(learning.diff_summary, /port\.ts/);
		const { turns } = await json<{ turns: TurnSummary[] }>('review-and-promote', '--review', 'promoted');
		assert.deepEqual(
			turns.map((each) => [each.id, each.status, each.learning_id]),
			[[turn, 'promoted_to_learning', learning.learning_id]],
		);
	});

	it('gives it back to a question, beside the code', async () => {
		const { results } = await json<{ results: QueryHit[] }>('query', 'how to check a port');
		assert.ok(
			results.some((hit) => hit.collection === 'derived_learnings_v1' && hit.id === learning.learning_id),
			JSON.stringify(results),
		);
		assert.ok(results.some((hit) => hit.collection === 'codebase_v1' && hit.symbol === 'parsePort'));
		assert.ok(!results.some((hit) => hit.collection === 'chat_history_v1'));
		const withTurns = await json<{ results: QueryHit[] }>('query', 'refuse ports that are no numbers', '--turns');
		assert.ok(withTurns.results.some((hit) => hit.collection === 'chat_history_v1' && hit.id === turn));
	});

	it('makes a learning from scratch, and keeps two of the same words apart', async () => {
		const ids = await Promise.all(
			[1, 2].map(async () => (await json<Learning>('promote-learning', '--description', 'Prefer early returns', '--pattern', 'if (bad) return;')).learning_id),
		);
		assert.notEqual(ids[0], ids[1]);
		const { learnings } = await json<{ learnings: Learning[] }>('learnings', 'list');
		assert.equal(learnings.length, 3);
	});

	it('loses nothing when the process is killed, and nothing when all vectors are lost', async () => {
		process.kill(home.daemon()?.pid ?? 0, 'SIGKILL');
		assert.equal((await json<{ learnings: Learning[] }>('learnings')).learnings.length, 3);
		await home.run(['server', 'stop']);

		rmSync(join(home.data, 'chroma'), { recursive: true });
		rmSync(join(home.data, 'derived.db'));
		const report = await json<{ turns: number; learnings: number; rows_written: number }>('rebuild');
		assert.deepEqual([report.turns, report.learnings], [3, 3]);
		const { results } = await json<{ results: QueryHit[] }>('query', 'check a port before it is parsed');
		assert.ok(results.some((hit) => hit.id === learning.learning_id));
		assert.ok(results.some((hit) => hit.symbol === 'parsePort'));
	});

	it('prints JSON that parses, and nothing else on stdout, for every command', async () => {
		const commands = [
			...[
				['setup-collections'],
				['server', 'start'],
				['server', 'status'],
				['index', '--all'],
				['index', '--changed'],
				['index', 'src'],
				['index', '--explain', 'src/port.ts'],
			],
			...[
				['query', 'port'],
				['log-chat', '--raw-prompt', 'p'],
				['show', turn],
				['import', '--list'],
				['import'],
				['import', '--dry-run'],
				['review-and-promote'],
				['promote-learning', '--description', 'd'],
			],
			...[
				['learnings', 'list'],
				['learnings', '--everywhere'],
				['links'],
				['links', 'src/port.ts'],
				['rebuild'],
				['doctor'],
				['doctor', '--no-mend'],
				['hooks', 'status'],
				['hooks', 'install'],
				['hooks', 'uninstall'],
			],
			...[['attachments'], ['approve'], ['server', 'stop'], ['server', 'status'], ['server', 'stop']],
		];
		for (const args of commands) {
			const { code, stdout, stderr } = await home.run([...args, '--json'], { cwd: repo.root });
			assert.ok(code === 0 || code === 1, `${args.join(' ')}: ${stderr}`);
			assert.doesNotThrow(() => JSON.parse(stdout) as unknown, `${args.join(' ')}: ${stdout}${stderr}`);
			assert.equal(stdout.trim().split('\n').length, 1, args.join(' '));
		}
	});

	it('shows in its status what runs and how much there is', async () => {
		const status = await json<DaemonStatus>('server', 'start');
		assert.equal(status.pid, home.daemon()?.pid);
		assert.equal(status.data_dir, home.data);
		assert.equal(status.chroma[0]?.running, true);
		assert.equal(status.outbox, 0);
		assert.ok(status.turns >= 3 && status.learnings >= 4);
		assert.ok(status.leases.some((lease) => lease.what === 'server start'));
		await json('server', 'stop');
		assert.deepEqual(await json('server', 'status'), { running: false });
		assert.deepEqual(await json('server', 'stop'), { stopped: false });
	});
});
