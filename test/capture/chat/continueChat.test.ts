import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { continueChat } from '../../../src/capture/chat/continueChat';
import type { TurnObservation } from '../../../src/core/turn';
import { inFolder, readAll, readText, type Reading } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const recording = (script: string): string => join(fixtures, 'continue', script, 'session.json');
const recorded = readFileSync(recording('two-turns'), 'utf8');

describe('continueChat', () => {
	for (const script of ['fix-sum', 'two-turns']) {
		it(`reads the recorded session ${script} as it was scripted, with the files as git had them`, async () => {
			const { turns, unknown } = await readAll(continueChat, recording(script));
			assert.deepEqual(unknown, []);
			// One of two edits that ran at once is not in the file.
			const standing = turns.map((turn) => ({ ...turn, edits: turn.edits.filter((edit) => edit.state === 'applied') }));
			assertTurns(standing, expectedOf(`continue/${script}`));
			for (const turn of turns) assert.deepEqual([turn.cwd, turn.model], [root, 'scripted-model']);
		});
	}

	it('marks an edit that another one overwrote, and gets the old text of a written file back', async () => {
		const [first, second] = (await readAll(continueChat, recording('two-turns'))).turns;
		assert.deepEqual(
			first?.edits.map((edit) => [edit.state, edit.fidelity, edit.whole]),
			[
				['undone', 'recorded', false],
				['applied', 'recorded', false],
			],
		);
		assert.deepEqual(
			second?.edits.map((edit) => [edit.kind, edit.fidelity, edit.whole]),
			[['edit', 'recorded', true]],
		);
	});

	it('gives turns the time of the file, in their order', async () => {
		await inFolder(async (folder) => {
			const path = join(folder, 's.json');
			copyFileSync(recording('two-turns'), path);
			utimesSync(path, 1_000, 1_000);
			const { turns } = await readAll(continueChat, path);
			assert.deepEqual(
				turns.map((turn) => turn.started_at),
				['1970-01-01T00:16:39.999Z', '1970-01-01T00:16:40.000Z'],
			);
			assert.deepEqual(
				turns.map((turn) => turn.turn_key.slice(0, 9)),
				['prompt-1-', 'prompt-2-'],
			);
		});
	});

	it('finds sessions with their folders, without the list of them', async () => {
		await inFolder(async (home) => {
			const sessions = join(home, '.continue/sessions');
			mkdirSync(sessions, { recursive: true });
			copyFileSync(recording('fix-sum'), join(sessions, 'a.json'));
			writeFileSync(join(sessions, 'b.json'), '{"sessionId":"b","workspaceDirectory":"file:///w/my%20app","history":[]}');
			writeFileSync(join(sessions, 'sessions.json'), '[]');
			const refs = await continueChat.find({ home, platform: 'linux', env: {} });
			assert.deepEqual(
				refs.map((ref) => ref.cwd),
				[root, '/w/my app'],
			);
			assert.equal((await continueChat.find({ home: '/nowhere', platform: 'win32', env: { CONTINUE_GLOBAL_DIR: join(home, '.continue') } })).length, 2);
			assert.deepEqual(await continueChat.find({ home: join(home, 'nobody'), platform: 'darwin', env: {} }), []);
		});
	});
});

const says = (content: unknown, more: object = {}): object => ({ message: { role: 'assistant', content }, ...more });
const user = (content: unknown): object => ({ message: { role: 'user', content } });
const done = (id: string, name: string, args: object, status: string, output: string): object => ({
	toolCallId: id,
	toolCall: { id, function: { name, arguments: JSON.stringify(args) } },
	status,
	parsedArgs: args,
	output: [{ content: output }],
});
const readItems = (...history: unknown[]): Promise<Reading> =>
	readText(continueChat, 's.json', JSON.stringify({ sessionId: 's', workspaceDirectory: '/w', history }));
const read = async (...history: unknown[]): Promise<TurnObservation[]> => (await readItems(...history)).turns;

describe('continueChat, messages of every kind', () => {
	it('reads prompts of parts, and results that come as messages', async () => {
		const turns = await read(
			user([
				{ type: 'text', text: 'Look' },
				{ type: 'imageUrl', imageUrl: {} },
			]),
			{ message: { role: 'assistant', content: '', toolCalls: [{ id: '1', function: { name: 'builtin_read_file', arguments: '{"filepath":"a"}' } }] } },
			{ message: { role: 'tool', toolCallId: '1', content: 'text' } },
			{ message: { role: 'thinking', content: 'hm' } },
			says('Seen'),
			user('Next'),
		);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response, turn.state, turn.tools.map((tool) => [tool.kind, tool.ok, tool.output])]),
			[
				['Look\n[image]', 'Seen', 'complete', [['read', true, 'text']]],
				['Next', '', 'open', []],
			],
		);
	});

	it('reads the edits of every tool', async () => {
		const [turn] = await read(
			user('Edit'),
			says('', { toolCallStates: [done('1', 'Edit', { file_path: 'a.ts', old_string: 'x', new_string: 'y' }, 'done', 'ok')] }),
			says('', {
				toolCallStates: [
					done('2', 'MultiEdit', { file_path: '/w/b.ts', edits: [{ old_string: '1', new_string: '2' }] }, 'done', 'ok'),
					done('3', 'builtin_create_new_file', { filepath: 'c.ts', contents: 'new' }, 'done', ''),
					done('4', 'Write', { filepath: 'd.ts', content: 'over' }, 'done', 'Successfully wrote to file: d.ts'),
					done('5', 'Write', { filepath: 'e.ts', content: 'no' }, 'errored', 'denied'),
					done('6', 'Write', { filepath: 'f.ts', content: 'no' }, 'canceled', ''),
					done('7', 'Bash', {}, 'generated', ''),
				],
			}),
		);
		assert.deepEqual(
			turn?.edits.map(({ file_path, kind, before, after, fidelity, state }) => [file_path, kind, before, after, fidelity, state]),
			[
				['/w/a.ts', 'edit', 'x', 'y', 'arguments', 'applied'],
				['/w/b.ts', 'edit', '1', '2', 'arguments', 'applied'],
				['/w/c.ts', 'create', null, 'new', 'arguments', 'applied'],
				['/w/d.ts', 'edit', null, 'over', 'partial', 'applied'],
				['/w/f.ts', 'edit', null, 'no', 'partial', 'rejected'],
			],
		);
		assert.equal(turn.state, 'open');
	});

	it('counts what it does not know, and cuts what is too long', async () => {
		const { turns, unknown } = await readItems(
			user('Hi'),
			{ message: { role: 'oracle', content: 'x' } },
			7,
			says('', { toolCallStates: [done('1', 'Bash', { command: 'x'.repeat(9_000) }, 'done', 'y'.repeat(9_000)), 9] }),
		);
		assert.deepEqual(unknown, ['role:oracle', 'item']);
		assert.ok((turns[0]?.tools[0]?.output ?? '').length < 4_200);
		assert.ok(JSON.stringify(turns[0]?.tools[0]?.args).length < 4_200);
	});
});

describe('continueChat, damaged sessions', () => {
	it('reports a cut file as unknown, since it is rewritten whole', async () => {
		for (let part = 0; part < 20; part += 1) {
			const { turns, unknown } = await readText(continueChat, 's.json', recorded.slice(0, Math.floor((recorded.length * part) / 20)));
			assert.deepEqual([turns, unknown], [[], ['session']]);
		}
	});

	it('never throws, whatever stands in place of a value', async () => {
		const odd: unknown[] = [
			null,
			42,
			'text',
			[],
			{},
			[null, 1, []],
			JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`),
			JSON.parse('{"__proto__":{"role":"user"}}'),
			'x'.repeat(300_000),
		];
		const spots = [...recorded.matchAll(/"[A-Za-z_]+":/g)].length;
		for (let round = 0; round < 200; round += 1) {
			let count = 0;
			const target = (round * 11) % spots;
			const state: unknown = JSON.parse(recorded, (key, value: unknown) => (key !== '' && (count += 1) === target ? odd[round % odd.length] : value));
			await readText(continueChat, 's.json', JSON.stringify(state));
		}
	});

	it('never throws, whatever stands in the file', async () => {
		const items = (JSON.parse(recorded) as { history: unknown[] }).history;
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom(...items)), { maxLength: 8 }), async (history) => {
				await readItems(...history);
			}),
			{ numRuns: 100 },
		);
	});

	it('reports the same turns when the file is read again', async () => {
		assert.deepEqual(await readAll(continueChat, recording('two-turns')), await readAll(continueChat, recording('two-turns')));
	});
});
