import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { AgentTrace, ForeignTrace } from '../../../src/core/agentTrace';
import { claimsOfTrace, tracesOf } from '../../../src/attribute/interchange/traceRecord';
import { modelIdOf, modelOf } from '../../../src/attribute/interchange/modelId';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const at = '2026-05-01T10:00:00.000Z';
const turn = { id: 't_1', assistant: 'claude-code', session_id: 'a b/ü', turn_key: 'k', started_at: at, model: 'claude-opus-4-5', source_version: '2.1' };
const lines = ['one', 'two', 'three', 'four'];
const ranges = [
	{ from: 1, to: 2, attribution: 'ai' as const, turn_id: 't_1', state: 'kept' as const },
	{ from: 3, to: 3, attribution: 'ai' as const, turn_id: 't_1', state: 'extended' as const },
	{ from: 4, to: 4, attribution: 'human' as const },
];
const of = { revision: 'a'.repeat(40), timestamp: at, version: '1.0.0', sha256, turn: (id: string) => (id === 't_1' ? turn : undefined) };

function claimed(value: unknown) {
	return claimsOfTrace(ForeignTrace.parse(value), at);
}

describe('trace records', () => {
	it('tell tool, model, lines and their hash, and where assistants were helped', () => {
		const [ai, human, ...others] = tracesOf([{ path: 'a.ts', lines, ranges }], of).map((record) => AgentTrace.parse(record));
		assert.deepEqual(others, []);
		assert.deepEqual(
			[ai?.tool, human?.tool],
			[
				{ name: 'claude-code', version: '2.1' },
				{ name: 'codelearn', version: '1.0.0' },
			],
		);
		const [conversation] = ai?.files[0]?.conversations ?? [];
		assert.deepEqual(conversation?.contributor, { type: 'ai', model_id: 'anthropic/claude-opus-4-5' });
		assert.deepEqual(conversation.ranges, [
			{ start_line: 1, end_line: 2, content_hash: `sha256:${sha256('one\ntwo')}` },
			{ start_line: 3, end_line: 3, content_hash: `sha256:${sha256('three')}`, contributor: { type: 'mixed', model_id: 'anthropic/claude-opus-4-5' } },
		]);
		assert.deepEqual(
			conversation.related?.map(({ url }) => url),
			['urn:codelearn:session:claude-code:a%20b%2F%C3%BC', 'urn:codelearn:turn:t_1'],
		);
		assert.equal(human?.files[0]?.conversations[0]?.contributor?.type, 'human');
	});

	it('have the same id for the same lines, whenever they are written', () => {
		const ids = (more: object) => tracesOf([{ path: 'a.ts', lines, ranges }], { ...of, ...more }).map(({ id }) => id);
		assert.deepEqual(ids({}), ids({ timestamp: '2027-01-01T00:00:00.000Z' }));
		assert.notDeepEqual(ids({}), ids({ revision: 'b'.repeat(40) }));
	});

	it('of Codelearn are read as the turns they were made of', () => {
		const [record] = tracesOf([{ path: 'a.ts', lines, ranges }], of);
		const { turns } = claimed(record);
		assert.deepEqual(
			turns.map(({ assistant, session_id, turn_key, own, model, files }) => [assistant, session_id, turn_key, own, model, files[0]?.ranges.length]),
			[['claude-code', 'a b/ü', 'k', true, 'claude-opus-4-5', 2]],
		);
	});

	it('of others become one turn a conversation and model', () => {
		const conversation = (url: string, model_id: string, ...where: [number, number][]) => ({
			url,
			contributor: { type: 'ai', model_id },
			ranges: where.map(([start_line, end_line]) => ({ start_line, end_line, content_hash: 'murmur3:9f2e8a1b' })),
		});
		const record = {
			version: '1.0',
			id: '550e8400-e29b-41d4-a716-446655440000',
			timestamp: '2026-01-23T14:30:00Z',
			vcs: { type: 'git', revision: 'a1b2c3d4' },
			tool: { name: 'Cursor', version: '2.4.0' },
			files: [
				{
					path: 'a.ts',
					conversations: [
						conversation('https://x.example/1', 'anthropic/claude-opus-4-5', [42, 67]),
						conversation('https://x.example/2', 'openai/gpt-4o', [1, 2]),
					],
				},
				{ path: 'b.ts', conversations: [conversation('https://x.example/1', 'anthropic/claude-opus-4-5', [10, 25], [30, 31])] },
			],
		};
		const { turns, refused } = claimed(record);
		assert.deepEqual(refused, []);
		assert.deepEqual(
			turns.map(({ assistant, session_id, model, version, files }) => [assistant, session_id, model, version, files.map(({ path }) => path)]),
			[
				['cursor', 'https://x.example/1', 'claude-opus-4-5', '2.4.0', ['a.ts', 'b.ts']],
				['cursor', 'https://x.example/2', 'gpt-4o', '2.4.0', ['a.ts']],
			],
		);
		assert.notEqual(turns[0]?.turn_key, turns[1]?.turn_key);
	});

	it('lose their bad parts only', () => {
		const range = { start_line: 1, end_line: 1 };
		const ai = { contributor: { type: 'ai' } };
		const record = {
			id: 'x',
			metadata: { codelearn: { turns: 'none' } },
			files: [
				7,
				{
					path: 'a.ts',
					conversations: [null, { ...ai, ranges: [{ start_line: 0, end_line: 1 }, { start_line: 3, end_line: 2 }, { start_line: 1.5, end_line: 2 }, range] }],
				},
				{ path: '__proto__', conversations: [{ ...ai, ranges: [range], related: [{ type: 'turn', url: 'urn:codelearn:turn:__proto__' }] }] },
				{ path: 'c.ts', conversations: [{ contributor: { type: 'human' }, ranges: [range] }, { ranges: [range] }] },
			],
		};
		const { turns, otherLines, refused } = claimed(record);
		assert.deepEqual(
			turns.map(({ assistant, own, files }) => [assistant, own, files.map(({ path }) => path)]),
			[['unknown', false, ['a.ts', '__proto__']]],
		);
		assert.equal(otherLines, 2);
		assert.equal(refused.length, 5);
	});

	it('name models as models.dev does, and back', () => {
		for (const [model, id] of [
			['claude-opus-4-5', 'anthropic/claude-opus-4-5'],
			['gpt-5', 'openai/gpt-5'],
			['gemini-3-pro', 'google/gemini-3-pro'],
			['glm-5', 'glm-5'],
			['openrouter/x', 'openrouter/x'],
		] as const) {
			assert.equal(modelIdOf(model), id);
			assert.equal(modelOf(id), model);
		}
		assert.equal(modelIdOf('x'.repeat(251)), undefined);
		assert.equal(modelIdOf(undefined), undefined);
	});
});
