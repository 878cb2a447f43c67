import assert from 'node:assert/strict';
import { cpSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { cursor } from '../../../src/capture/chat/cursor';
import { isCursorTranscriptKey } from '../../../src/capture/chat/cursorTurnKey';
import { turnId } from '../../../src/core/ids';
import { sha256 } from '../../../src/platform/hash';
import { inFolder, readAll, readText } from './reading';
import { assertEdits, expectedOf, fixtures, root } from './recorded';

const projects = join(fixtures, 'cursor/projects');
const transcripts = join(projects, 'home-dev-demo/agent-transcripts');
const session = '668320d2-aaaa-4888-b33c-2a466fec86e7';
const path = join(transcripts, session, `${session}.jsonl`);
const recorded = readFileSync(path, 'utf8');
const lines = recorded.trimEnd().split('\n');

describe("cursor's agent transcripts", () => {
	it('tell prompts, answers, calls and edits, but no results', async () => {
		const { turns, unknown } = await readAll(cursor, path);
		const expected = expectedOf('cursor');
		assert.deepEqual(unknown, []);
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response, turn.state]),
			expected.map((turn) => [turn.prompt, turn.response, turn.state]),
		);
		for (const [place, turn] of turns.entries()) assertEdits(turn, expected[place]?.files ?? {});
		assert.deepEqual(
			turns[0]?.tools.map((tool) => [tool.name, tool.kind, tool.ok]),
			[
				['Read', 'read', undefined],
				['StrReplace', 'edit', undefined],
				['Task', 'agent', undefined],
				['Shell', 'run', undefined],
			],
		);
		for (const turn of turns) {
			assert.deepEqual([turn.session_id, turn.cwd], [session, root]);
			assert.ok(isCursorTranscriptKey(turn.turn_key));
		}
	});

	it("put a sub-agent's work under the turn that asked for it", async () => {
		const [parent] = (await readAll(cursor, path)).turns;
		const [turn] = (await readAll(cursor, join(transcripts, session, 'subagents/sub-1.jsonl'))).turns;
		assert.ok(turn !== undefined && parent !== undefined && isCursorTranscriptKey(turn.turn_key));
		assert.deepEqual([turn.session_id, turn.parent_turn_id], [session, turnId(sha256, 'cursor', session, parent.turn_key)]);
		assert.deepEqual(
			turn.edits.map(({ file_path, before, after, fidelity }) => [file_path, before, after, fidelity]),
			[[`${root}/NOTES.md`, null, '# sum\n\nAdds every number of the list.\n', 'partial']],
		);
	});

	it('are read in their older form too', async () => {
		const { turns } = await readAll(cursor, join(transcripts, '0f0f0f0f-aaaa-4888-b33c-000000000000.txt'));
		assert.deepEqual(
			turns.map((turn) => [turn.prompt, turn.response, turn.state, turn.edits.map(({ before, after }) => [before, after])]),
			[['Rename foo\nto bar', 'Renamed.', 'complete', [['const foo = 1;\nconst foo2 = 2;', 'const bar = 1;']]]],
		);
	});

	it('are found with the folder whose name their project bears', async () => {
		await inFolder(async (home) => {
			cpSync(projects, join(home, '.cursor/projects'), { recursive: true });
			const ids = ['0f0f0f0f-aaaa-4888-b33c-000000000000', session, session];
			for (const places of [
				{ home, platform: 'linux' as const, env: {}, folders: ['/other', root] },
				{ home: '/nowhere', platform: 'win32' as const, env: { CODELEARN_CURSOR_PROJECTS: projects }, folders: [root] },
			])
				assert.deepEqual(
					(await cursor.find(places)).map((ref) => [ref.session_id, ref.cwd]),
					ids.map((id) => [id, root]),
				);
			assert.equal((await cursor.find({ home, platform: 'darwin', env: {} }))[0]?.cwd, undefined);
		});
	});

	it('keep keys and calls while they grow, and have the time of the file', async () => {
		await inFolder(async (folder) => {
			const copy = join(folder, 's.jsonl');
			cpSync(path, copy);
			utimesSync(copy, 1_000, 1_000);
			assert.equal((await readAll(cursor, copy)).turns[1]?.started_at, '1970-01-01T00:16:40.000Z');
		});
		const whole = (await readText(cursor, 's.jsonl', recorded)).turns;
		for (let count = 0; count <= lines.length; count += 1) {
			const { turns } = await readText(cursor, 's.jsonl', lines.slice(0, count).join('\n'));
			assert.deepEqual(
				turns.map((turn) => turn.turn_key),
				whole.slice(0, turns.length).map((turn) => turn.turn_key),
			);
			for (const [place, turn] of turns.entries()) for (const tool of turn.tools) assert.ok(whole[place]?.tools.some(({ id }) => id === tool.id));
		}
	});

	it('are not harmed by garbage between the lines, which is counted', async () => {
		const garbage = ['not json', '{"role":"user"', '{"role":"oracle","message":{"content":[]}}', '\u0000', '[]', 'null', '{"role":"user","message":7}'];
		const mixed = lines.flatMap((line, place) => [line, garbage[place % garbage.length] ?? '']).join('\n');
		const [odd, whole] = [await readText(cursor, 's.jsonl', `${mixed}\n`), await readText(cursor, 's.jsonl', recorded)];
		assert.equal(odd.unknown.length, lines.length);
		assert.deepEqual(
			odd.turns.map((turn) => [turn.turn_key, turn.response, turn.edits]),
			whole.turns.map((turn) => [turn.turn_key, turn.response, turn.edits]),
		);
	});

	it('never throw, whatever stands in the file', async () => {
		const part = fc.oneof(
			fc.jsonValue(),
			fc.record({
				type: fc.constantFrom('text', 'tool_use'),
				text: fc.jsonValue(),
				name: fc.constantFrom('Write', 'ApplyPatch', 'Task'),
				input: fc.jsonValue(),
			}),
		);
		const message = fc.record({ role: fc.constantFrom('user', 'assistant'), message: fc.record({ content: fc.array(part, { maxLength: 4 }) }) });
		const line = fc.oneof(
			fc.string(),
			fc.json(),
			fc.constantFrom(...lines),
			message.map((value) => JSON.stringify(value)),
		);
		for (const name of ['s.jsonl', 's.txt'])
			await fc.assert(
				fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (some) => {
					await readText(cursor, name, `${lines[0] ?? ''}\n${some.join('\n')}`);
				}),
				{ numRuns: 100 },
			);
	});
});
