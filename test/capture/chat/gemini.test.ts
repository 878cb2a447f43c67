import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gemini } from '../../../src/capture/chat/gemini';
import { turnId } from '../../../src/core/ids';
import type { TurnObservation } from '../../../src/core/turn';
import { survivesDamage } from './damage';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root, type Expected } from './recorded';

const recording = (script: string): string => join(fixtures, 'gemini', script, 'session.jsonl');
const subagent = join(fixtures, 'gemini/subagent');
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('gemini', () => {
	for (const script of ['fix-sum', 'two-turns', 'api-error']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(gemini, recording(script));
			assert.deepEqual(unknown, []);
			assertTurns(turns, expectedOf(`gemini/${script}`));
			for (const turn of turns) {
				assert.equal(turn.model, 'gemini-2.5-pro');
				assert.equal(turn.cwd, root);
				assert.match(turn.turn_key, /^[0-9a-f]{8}-/);
				for (const edit of turn.edits) assert.deepEqual([edit.fidelity, edit.whole], ['recorded', true]);
			}
		});
	}

	it('reads a sub-agent as a turn of its own under the turn that started it', async () => {
		const chats = join(subagent, 'chats');
		const main = readdirSync(chats).find((name) => name.endsWith('.jsonl')) ?? '';
		const folder = readdirSync(chats).find((name) => !name.endsWith('.jsonl')) ?? '';
		const [agentFile = ''] = readdirSync(join(chats, folder));
		const [parent] = (await readAll(gemini, join(chats, main))).turns;
		const { turns } = await readAll(gemini, join(chats, folder, agentFile));
		assert.ok(parent);
		assertTurns([parent], expectedOf('gemini/subagent'));
		const { subagent: expected } = JSON.parse(readFileSync(join(subagent, 'expected.json'), 'utf8')) as { subagent: { turns: Expected[] } };
		assertTurns(turns, expected.turns);
		assert.equal(turns[0]?.session_id, parent.session_id);
		assert.equal(turns[0].turn_key, `agent-${agentFile.replace('.jsonl', '')}`);
		assert.equal(turns[0].parent_turn_id, turnId(sha, 'gemini-cli', parent.session_id, parent.turn_key));
	});

	it('takes the call with which a sub-agent hands in its work for the end of its turn', async () => {
		const call = { id: 'c', name: 'complete_task', args: { result: { response: 'Done.' } }, timestamp: '2026-01-01T00:00:02Z' };
		const state = async (status: string) => {
			const lines = [
				{ sessionId: 'a', projectHash: 'h', startTime: '2026-01-01T00:00:00Z', kind: 'subagent' },
				{ id: 'u', timestamp: '2026-01-01T00:00:00Z', type: 'user', content: 'Do' },
				{ id: 'g', timestamp: '2026-01-01T00:00:01Z', type: 'gemini', content: 'It is done.', toolCalls: [{ ...call, status }] },
			];
			return (await readText(gemini, 'a.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''))).turns[0]?.state;
		};
		assert.deepEqual([await state('success'), await state('error'), await state('executing')], ['complete', 'open', 'open']);
	});

	it('finds sessions and sub-agents, with the folder as it is noted, listed or hashed', async () => {
		await inFolder(async (home) => {
			const tmp = join(home, '.gemini/tmp');
			cpSync(subagent, join(tmp, 'noted'), { recursive: true });
			for (const project of ['listed', sha('/w/old'), 'lost']) {
				mkdirSync(join(tmp, project, 'chats'), { recursive: true });
				mkdirSync(join(tmp, project, 'logs'), { recursive: true });
				writeFileSync(join(tmp, project, 'chats/session-2026-01-01T00-00-abc.json'), '{"sessionId":"s","projectHash":"h"}');
				writeFileSync(join(tmp, project, 'logs/session-x.jsonl'), '{}');
			}
			writeFileSync(join(tmp, 'listed/chats/session-2026-01-01T00-00-abc.jsonl'), '{"sessionId":"s","projectHash":"h"}\n');
			writeFileSync(join(home, '.gemini/projects.json'), JSON.stringify({ projects: { '/w/listed': 'listed', '/w/old': 'old' } }));
			const refs = await gemini.find({ home, platform: 'linux', env: {} });
			assert.deepEqual(refs.map((ref) => [ref.cwd, ref.path.endsWith('.jsonl')]).sort(), [
				[undefined, false],
				[root, true],
				[root, true],
				['/w/listed', true],
				['/w/old', false],
			]);
			const noted = refs.filter((ref) => ref.cwd === root);
			assert.equal(noted[0]?.session_id, noted[1]?.session_id);
			assert.equal((await gemini.find({ home: '/nowhere', platform: 'win32', env: { GEMINI_CLI_HOME: home } })).length, 5);
			assert.deepEqual(await gemini.find({ home: join(home, 'nobody'), platform: 'darwin', env: {} }), []);
		});
	});
});

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const head = { sessionId: 's', projectHash: 'h', startTime: at(0), lastUpdated: at(0), kind: 'main' };
const user = (id: string, content: unknown, more: object = {}): object => ({ id, timestamp: at(1), type: 'user', content, ...more });
const says = (id: string, content: unknown, more: object = {}): object => ({ id, timestamp: at(2), type: 'gemini', content, model: 'gemini-x', ...more });
const call = (id: string, name: string, args: object, status: string, output: object, more: object = {}): object => ({
	id,
	name,
	args,
	status,
	result: [{ functionResponse: { id, name, response: output } }],
	timestamp: at(3),
	...more,
});
const log = (...records: object[]): string => [head, ...records].map((record) => JSON.stringify(record)).join('\n') + '\n';
const read = async (...records: object[]): Promise<TurnObservation[]> => (await readText(gemini, 's.jsonl', log(...records))).turns;

describe('gemini, records of every kind', () => {
	it('reads the older form, one JSON for all, to the same turns', async () => {
		const records = readFileSync(recording('fix-sum'), 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { id?: string });
		const last = new Map(records.filter((record) => record.id !== undefined).map((record) => [record.id, record]));
		const whole = { ...records[0], messages: [...last.values()] };
		const { turns, unknown } = await readText(gemini, 'session-x.json', JSON.stringify(whole, null, 2));
		assert.deepEqual(unknown, []);
		const { turns: logged } = await readAll(gemini, recording('fix-sum'));
		assert.deepEqual(
			turns.map((turn) => ({ ...turn, cwd: root })),
			logged,
		);
		const damaged = await readText(gemini, 'session-x.json', JSON.stringify(whole).slice(0, -9));
		assert.deepEqual([damaged.turns, damaged.unknown], [[], ['line:unreadable']]);
	});

	it('takes only what a person typed for a prompt', async () => {
		const turns = await read(
			user('0', [{ text: '<session_context>\nworld' }]),
			user('1', [{ text: 'Look at @a.ts' }, { text: '\n--- Content from referenced files ---' }, { text: 'secret' }]),
			says('2', 'Seen'),
			user('3', [{ functionResponse: { id: 'x', response: { output: 'y' } } }]),
			user('4', [{ text: 'expanded' }], { displayContent: '/review 12' }),
			user('5', 'Plain'),
			{ id: '6', timestamp: at(5), type: 'info', content: 'Request cancelled.' },
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.state]),
			[
				['Look at @a.ts', 'complete'],
				['/review 12', 'cancelled'],
				['Plain', 'cancelled'],
			],
		);
	});

	it('keeps what was seen first when a resumed session repeats its history in a poorer form', async () => {
		const first = [
			user('a', 'Do'),
			says('b', 'Doing', { toolCalls: [call('c', 'read_file', { file_path: 'x' }, 'success', { output: 'text' })] }),
			says('d', 'Done'),
		];
		const history = [
			user('0123456789abcdef0123456789abcdef', [{ text: 'A summary that nobody typed' }]),
			user('a', [{ text: 'Do' }]),
			{ id: 'b', type: 'gemini', content: [{ text: 'Doing' }, { functionCall: { id: 'c', name: 'read_file', args: {} } }] },
			{ id: 'b', type: 'user', content: [{ functionResponse: { id: 'c', response: { output: 'text' } } }] },
			{ id: 'd', type: 'gemini', content: [{ text: 'Done' }] },
		];
		const once = await read(...first, user('e', 'More'), says('f', 'Did'));
		const again = await read(
			...first,
			head,
			{ $set: { sessionId: 's' } },
			{ $set: { messages: history } },
			{ $rewindTo: 'zz' },
			user('e', 'More'),
			says('f', 'Did'),
		);
		assert.deepEqual(again, once);
		assert.deepEqual(
			once.map((turn) => [turn.prompt, turn.response, turn.tools.length]),
			[
				['Do', 'Doing\n\nDone', 1],
				['More', 'Did', 0],
			],
		);
	});

	it('keeps a turn that was rewound, since it happened', async () => {
		const turns = await read(user('a', 'First'), says('b', 'One'), { $rewindTo: 'a' }, user('c', 'Second'), says('d', 'Two'));
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.response]),
			[
				['a', 'One'],
				['c', 'Two'],
			],
		);
	});

	it('tells edits by their arguments where no record of both sides is', async () => {
		const [turn] = await read(
			user('a', 'Edit'),
			says('b', '', {
				toolCalls: [
					call('1', 'replace', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }, 'success', { output: 'ok' }),
					call('2', 'write_file', { file_path: '/w/b.ts', content: 'new' }, 'success', { output: 'Successfully created and wrote to new file: /w/b.ts.' }),
					call('3', 'write_file', { file_path: '/w/c.ts', content: 'over' }, 'success', { output: 'Successfully overwrote file: /w/c.ts.' }),
					call('4', 'replace', { file_path: '/w/d.ts', old_string: 'x', new_string: 'y' }, 'error', { error: 'no match' }),
					call('5', 'replace', { file_path: '/w/e.ts', old_string: 'x', new_string: 'y' }, 'cancelled', { error: 'declined' }),
					call('6', 'write_file', { file_path: '/w/f.ts', content: 'later' }, 'awaiting_approval', {}),
					call('7', 'run_shell_command', { command: 'false' }, 'success', { output: 'Output: (empty)\nExit Code: 1' }),
				],
			}),
		);
		assert.deepEqual(
			turn?.edits.map(({ file_path, kind, before, after, fidelity, state }) => [file_path, kind, before, after, fidelity, state]),
			[
				['a.ts', 'edit', 'x', 'y', 'arguments', 'applied'],
				['/w/b.ts', 'create', null, 'new', 'arguments', 'applied'],
				['/w/c.ts', 'edit', null, 'over', 'partial', 'applied'],
				['/w/e.ts', 'edit', 'x', 'y', 'arguments', 'rejected'],
			],
		);
		assert.deepEqual(
			turn.tools.map((tool) => [tool.id, tool.kind, tool.ok]),
			[
				['1', 'edit', true],
				['2', 'create', true],
				['3', 'edit', true],
				['4', 'edit', false],
				['5', 'edit', false],
				['6', 'create', undefined],
				['7', 'run', false],
			],
		);
		assert.equal(turn.state, 'open');
	});

	it('counts what it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readText(
			gemini,
			's.jsonl',
			log(
				user('a', 'Hi'),
				{ id: 'x', type: 'hologram' },
				{ other: 1 },
				says('b', '', { toolCalls: [{ id: 7 }, call('1', 'run_shell_command', { command: 'x'.repeat(9_000) }, 'success', { output: 'y'.repeat(9_000) })] }),
			),
		);
		assert.deepEqual(unknown, ['message:hologram', 'record', 'toolCall']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});

describe('gemini, damaged sessions', () => {
	survivesDamage(gemini, 'session-x.jsonl', readFileSync(recording('two-turns'), 'utf8'));
});
