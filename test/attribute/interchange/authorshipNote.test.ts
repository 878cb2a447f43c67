import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { boundedDraft, disputedLines, formatNote, mergedNote, parseNote } from '../../../src/attribute/interchange/authorshipNote';
import type { NotedTurn } from '../../../src/attribute/interchange/noteClaims';
import { claimsOfNote, noteDraft } from '../../../src/attribute/interchange/noteClaims';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const at = '2026-05-01T10:00:00.000Z';
const commit = '7734793b756b3921c88db5375a8c156e9532447b';

/** Sessions, a person and a record of the older form in one note, as section 1.2.7 of the standard has it. */
const mixed = [
	'src/main.rs',
	'  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10',
	'  h_31dce776f88375 15-20',
	'"src/my file.rs"',
	'  abcd1234abcd1234 1-50',
	'---',
	JSON.stringify(
		{
			schema_version: 'authorship/3.0.0',
			git_ai_version: '1.4.5',
			base_commit_sha: commit,
			prompts: {
				abcd1234abcd1234: {
					agent_id: { tool: 'cursor', id: 'old_session_id', model: 'gpt-4' },
					human_author: 'Developer <dev@example.com>',
					messages: [
						{ type: 'user', text: 'Add a parser.' },
						{ type: 'assistant', text: 'Done.' },
					],
					total_additions: 50,
					total_deletions: 0,
					accepted_lines: 50,
					overriden_lines: 0,
				},
			},
			humans: { h_31dce776f88375: { author: 'Developer <dev@example.com>' } },
			sessions: { s_c9883b05a2487d: { agent_id: { tool: 'claude', id: 'conv_abc123', model: 'claude-sonnet-4-5' }, human_author: 'dev@example.com' } },
		},
		null,
		2,
	),
].join('\n');

const turn: NotedTurn = {
	id: `t_${'0123456789abcdef'.repeat(2)}`,
	assistant: 'claude-code',
	session_id: 'conv-1',
	turn_key: 'prompt-1',
	model: 'claude-opus-4-5',
};

function parsed(text: string | undefined) {
	const note = parseNote(text ?? '');
	assert.ok(note !== undefined);
	return note;
}

describe('authorship notes', () => {
	it('are written as they were read', () => assert.equal(formatNote(parsed(mixed)), mixed));

	it('tell the turns of sessions and of older prompt records, and leave out persons', () => {
		const { turns, otherLines, refused } = claimsOfNote(parsed(mixed), commit, at);
		assert.deepEqual(
			turns.map(({ assistant, session_id, turn_key, model, prompt, response, own }) => [assistant, session_id, turn_key, model, prompt, response, own]),
			[
				['claude-code', 'conv_abc123', 'git-ai:s_c9883b05a2487d::t_9f8e7d6c5b4a32', 'claude-sonnet-4-5', undefined, undefined, false],
				['cursor', 'old_session_id', 'git-ai:abcd1234abcd1234', 'gpt-4', 'Add a parser.', 'Done.', false],
			],
		);
		assert.deepEqual(turns[1]?.files, [{ path: 'src/my file.rs', ranges: [{ from: 1, to: 50 }] }]);
		assert.equal(otherLines, 6);
		assert.deepEqual(refused, []);
	});

	it('give a line to the last entry that names it', () => {
		const note = parsed(mixed.replace('h_31dce776f88375 15-20', 'h_31dce776f88375 5-20'));
		assert.deepEqual(claimsOfNote(note, commit, at).turns[0]?.files, [{ path: 'src/main.rs', ranges: [{ from: 1, to: 4 }] }]);
	});

	it('say who wrote what, and nothing of what was said or written', () => {
		const draft = noteDraft(
			[
				{
					path: 'a b.ts',
					lines: [
						{ from: 3, to: 4, by: turn },
						{ from: 9, to: 9, by: 'human' },
						{ from: 12, to: 12, by: turn },
					],
				},
			],
			'1.0.0',
			'Ann <a@b.c>',
			sha256,
		);
		const text = mergedNote(undefined, draft, commit);
		const session = `s_${sha256('claude:conv-1').slice(0, 14)}`;
		const human = `h_${sha256('Ann <a@b.c>').slice(0, 14)}`;
		assert.deepEqual(text?.split('\n').slice(0, 4), ['"a b.ts"', `  ${session}::t_0123456789abcd 3-4,12`, `  ${human} 9`, '---']);
		const note = parsed(text);
		assert.deepEqual([note.metadata.base_commit_sha, note.metadata.prompts], [commit, {}]);
		const [claimed, ...others] = claimsOfNote(note, commit, at).turns;
		assert.deepEqual(others, []);
		assert.deepEqual([claimed?.assistant, claimed?.session_id, claimed?.turn_key, claimed?.own], ['claude-code', 'conv-1', 'prompt-1', true]);
	});

	it('keep what another tool wrote, and get only lines that it does not tell of', () => {
		const draft = noteDraft([{ path: 'src/main.rs', lines: [{ from: 8, to: 12, by: turn }] }], '1.0.0', 'Ann <a@b.c>', sha256);
		const note = parsed(mergedNote(parsed(mixed), draft, commit));
		const theirs = parsed(mixed);
		assert.deepEqual(note.files[0]?.entries.slice(0, 2), theirs.files[0]?.entries);
		assert.deepEqual(note.files[0]?.entries[2]?.ranges, [{ from: 11, to: 12 }]);
		assert.deepEqual(note.files[1], theirs.files[1]);
		assert.deepEqual(note.metadata.prompts, theirs.metadata.prompts);
		assert.equal(note.metadata['git_ai_version'], '1.4.5');
		// Once more changes nothing, and without anything to say only what was Codelearn's goes.
		assert.equal(mergedNote(note, draft, commit), formatNote(note));
		assert.equal(mergedNote(note, { files: [], sessions: {}, humans: {} }, commit), mixed);
	});

	it('keep entries that others add to a session of Codelearn, and what they say of persons', () => {
		const draft = noteDraft([{ path: 'a.ts', lines: [{ from: 1, to: 4, by: turn }] }], '1.0.0', '', sha256);
		const text = mergedNote(undefined, draft, commit) ?? '';
		const [, entry = ''] = text.split('\n');
		const session = entry.trim().split('::')[0] ?? '';
		const note = parsed(text.replace(entry, `  ${session}::t_ffffffffffffff 5-6\n  h_31dce776f88375 2-3`));
		assert.equal(disputedLines(note, draft), 2);
		const described = parsed(text.replace('"custom_attributes"', '"human_author": null, "custom_attributes"'));
		assert.equal(mergedNote(described, draft, commit), formatNote(described));
		assert.deepEqual(
			parsed(mergedNote(note, draft, commit)).files[0]?.entries.map(({ ranges }) => ranges),
			[
				[{ from: 5, to: 6 }],
				[{ from: 2, to: 3 }],
				[
					{ from: 1, to: 1 },
					{ from: 4, to: 4 },
				],
			],
		);
	});

	it('are kept small by leaving out the files with the fewest lines', () => {
		const files = [1, 5, 3].map((lines) => ({ path: `file${lines}.ts`, lines: [{ from: 1, to: lines, by: turn }] }));
		const draft = noteDraft(files, '1.0.0', '', sha256);
		const { draft: fitting, left } = boundedDraft(draft, (some) => some.files.length <= 2);
		assert.deepEqual([fitting.files.map(({ path }) => path), left], [['file5.ts', 'file3.ts'], 1]);
	});

	it('are none when they are something else', () => {
		for (const text of [
			'',
			'---',
			'Reviewed-by: Ann',
			'---\n[]',
			'---\nnull',
			'---\n{"schema_version":"authorship/4.0.0"}',
			mixed.replace('\n---\n', '\n----\n'),
		])
			assert.equal(parseNote(text), undefined, text);
	});

	it('tell what could not be read, and do not trip over names that every object has', () => {
		const hostile = [
			'  s_1 1-2',
			'a.ts',
			'  nonsense',
			'  s_1::t_1 4294967296-1',
			'  __proto__ 1',
			'  constructor::x 2',
			'  s_none::t_1 3',
			'---',
			'{"schema_version":"authorship/3.0.0","prompts":{"a":7},"sessions":{}}',
		];
		const note = parsed(hostile.join('\n'));
		assert.equal(note.damaged, 3);
		const { turns, refused } = claimsOfNote(note, commit, at);
		assert.deepEqual(turns, []);
		assert.equal(refused.length, 4);
	});
});
