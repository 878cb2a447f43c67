import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { aider } from '../../../src/capture/chat/aider';
import type { TurnObservation } from '../../../src/core/turn';
import { inFolder, readAll, readText } from './reading';
import { assertTurns, expectedOf, fixtures, root } from './recorded';

const name = '.aider.chat.history.md';
const folder = (script: string): string => join(fixtures, 'aider', script);
const recorded = readFileSync(join(folder('two-chats'), name), 'utf8');

/** The file's own folder stands for the one that was recorded in. */
const atRoot = (turn: TurnObservation): TurnObservation => ({
	...turn,
	edits: turn.edits.map((edit) => ({ ...edit, file_path: edit.file_path.replace(turn.cwd ?? '', root) })),
});

describe('aider', () => {
	for (const script of ['fix-sum', 'two-chats', 'api-error']) {
		it(`reads the recorded history ${script} as it was scripted, with the files as its commits have them`, async () => {
			const { turns, unknown } = await readAll(aider, join(folder(script), name));
			assert.deepEqual(unknown, []);
			assertTurns(turns.map(atRoot), expectedOf(`aider/${script}`));
			for (const turn of turns) {
				assert.deepEqual([turn.cwd, turn.model, turn.source_version, turn.turn_key], [folder(script), 'openai/scripted-model', '0.86.2', 'prompt-1']);
				for (const edit of turn.edits) assert.deepEqual([edit.fidelity, edit.whole], ['arguments', edit.kind === 'create']);
			}
		});
	}

	it('takes the time of a prompt from the history of the input line, or else that of the chat', async () => {
		const { turns } = await readAll(aider, join(folder('two-chats'), name));
		assert.deepEqual(
			turns.map((turn) => turn.started_at),
			[new Date('2026-11-23T19:47:17.702').toISOString(), new Date('2026-11-23T19:47:25.261').toISOString()],
		);
		assert.equal(new Set(turns.map((turn) => turn.session_id)).size, 2);
		await inFolder(async (place) => {
			cpSync(join(folder('two-chats'), name), join(place, name));
			const alone = (await readAll(aider, join(place, name))).turns;
			assert.equal(alone[0]?.started_at, new Date(/started at (.{19})/.exec(recorded)?.[1]?.replace(' ', 'T') ?? '').toISOString());
		});
	});

	it('finds histories in the folders that are worked in, at home, and where the variable says', async () => {
		await inFolder(async (home) => {
			const project = join(home, 'project');
			mkdirSync(project);
			cpSync(join(folder('fix-sum'), name), join(project, name));
			const refs = await aider.find({ home, platform: 'linux', env: {}, folders: [project, join(home, 'other')] });
			assert.deepEqual(
				refs.map((ref) => [ref.path, ref.cwd]),
				[[join(project, name), project]],
			);
			assert.deepEqual(await aider.find({ home, platform: 'darwin', env: {} }), []);
			cpSync(join(folder('fix-sum'), name), join(home, 'chats.md'));
			const named = await aider.find({ home: '/nowhere', platform: 'win32', env: { AIDER_CHAT_HISTORY_FILE: join(home, 'chats.md') }, folders: [project] });
			assert.deepEqual(
				named.map((ref) => [ref.path, ref.cwd]),
				[[join(home, 'chats.md'), undefined]],
			);
		});
	});
});

const chat = (...lines: string[]): string =>
	`\n# aider chat started at 2026-01-02 03:04:05\n\n> Aider v0.80.0  \n> Main model: gpt-x with diff edit format  \n${lines.join('\n')}\n`;
const read = async (...lines: string[]): Promise<TurnObservation[]> => (await readText(aider, name, chat(...lines))).turns;
const block = (path: string, search: string, replace: string): string[] => [
	path,
	'```',
	'<<<<<<< SEARCH',
	...(search === '' ? [] : [search]),
	'=======',
	replace,
	'>>>>>>> REPLACE',
	'```',
	'',
];

describe('aider, lines of every kind', () => {
	it('tells prompts and its own words from headings and quotes of the model', async () => {
		const turns = await read(
			'',
			'#### First line  ',
			'#### second line  ',
			'',
			'#### A heading',
			'> a quote',
			'Text',
			'',
			'> Tokens: 1 sent, 1 received.  ',
			'',
			'#### /add a.ts  ',
			'> Added a.ts to the chat.  ',
			'',
			'#### /ask Why?  ',
			'',
			'Because.',
			'',
			'#### Waits  ',
		);
		assert.deepEqual(
			turns.map((turn) => [turn.turn_key, turn.prompt, turn.response, turn.state, turn.model]),
			[
				['prompt-1', 'First line\nsecond line', '#### A heading\n> a quote\nText', 'complete', 'gpt-x'],
				['prompt-3', '/ask Why?', 'Because.', 'complete', 'gpt-x'],
				['prompt-4', 'Waits', '', 'open', 'gpt-x'],
			],
		);
	});

	it('reports the blocks that were applied, and of other formats that the file changed', async () => {
		const [turn] = await read(
			'#### Do  ',
			'',
			...block('**src/a.ts**', 'old', 'new'),
			...block('b.ts', '', '#### inside  '.trimEnd()),
			...block('c.ts', '', 'at the end'),
			...block('refused.ts', 'x', 'y'),
			'> Tokens: 1 sent, 1 received.  ',
			'> b.ts  ',
			'> Create new file? (Y)es/(N)o [Yes]: y  ',
			'> Applied edit to src/a.ts  ',
			'> Applied edit to b.ts  ',
			'> Applied edit to c.ts  ',
			'> Applied edit to whole.ts  ',
		);
		assert.deepEqual(
			turn?.edits.map(({ file_path, kind, before, after, whole, fidelity }) => [
				file_path.slice((turn.cwd ?? '').length),
				kind,
				before,
				after,
				whole,
				fidelity,
			]),
			[
				['/src/a.ts', 'edit', 'old', 'new', false, 'arguments'],
				['/b.ts', 'create', null, '#### inside\n', true, 'arguments'],
				['/c.ts', 'edit', null, 'at the end', false, 'partial'],
				['/whole.ts', 'edit', null, null, false, 'partial'],
			],
		);
		assert.deepEqual(turn.tools, []);
	});

	it('loses no prompt after an answer that was stopped inside a block', async () => {
		const turns = await read('#### One  ', '', 'a.ts', '```', '<<<<<<< SEARCH', 'x', '', '> ^C again to exit  ', '', '#### Two  ', '', 'Done', '> Tokens: 1  ');
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.state, turn.edits.length]),
			[
				['One', 'complete', 0],
				['Two', 'complete', 0],
			],
		);
		const [stopped] = await read('#### One  ', '', 'Half', '', '> ^C KeyboardInterrupt  ');
		assert.equal(stopped?.state, 'cancelled');
	});
});

describe('aider, damaged histories', () => {
	it('reads what is whole when the file ends anywhere', async () => {
		await inFolder(async (place) => {
			const whole = await readAll(aider, join(folder('two-chats'), name));
			cpSync(join(folder('two-chats'), '.aider.input.history'), join(place, '.aider.input.history'));
			for (let part = 0; part <= 40; part += 1) {
				const { turns } = await readText(aider, name, recorded.slice(0, Math.floor((recorded.length * part) / 40)));
				assert.ok(turns.length <= whole.turns.length);
				for (const [index, turn] of turns.entries()) assert.equal(turn.prompt, whole.turns[index]?.prompt);
				if (turns.length === 2) assert.equal(turns[0]?.response, whole.turns[0]?.response);
			}
		});
	});

	it('never throws, whatever stands in the file', async () => {
		const odd = [
			'<<<<<<< SEARCH',
			'>>>>>>> REPLACE',
			'=======',
			'# aider chat started at 9999-99-99 99:99:99',
			'####   ',
			'> # 1 SEARCH/REPLACE block failed to match!',
			'\u0000',
			'x'.repeat(300_000),
		];
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.constantFrom(...odd, ...recorded.split('\n'))), { maxLength: 20 }), async (lines) => {
				await readText(aider, name, `${lines.join('\n')}\n`);
			}),
			{ numRuns: 150 },
		);
	});

	it('reports the same turns when the file is read again', async () => {
		const path = join(folder('two-chats'), name);
		assert.deepEqual(await readAll(aider, path), await readAll(aider, path));
	});
});
