import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import {
	ChatHistoryRow,
	CodebaseRow,
	LearningRow,
	ThoughtRow,
	decodeChatHistory,
	decodeCodebase,
	decodeLearning,
	decodeList,
	decodeThought,
	encodeChatHistory,
	encodeCodebase,
	encodeLearning,
	encodeList,
	encodeThought,
} from '../../src/core/record';
import { projectRoot } from '../support/dist';

const word = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom(',', '%', '%2C', '%25', '%252C', 'a,b', '100%', '%2', '2C'));
const list = fc.array(word, { maxLength: 6 });
const text = fc.oneof(fc.constant(''), fc.string({ maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const whole = fc.integer({ min: 0, max: 100_000 });
const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
const modification_type = fc.constantFrom('refactor', 'bugfix', 'feature', 'documentation', 'unknown');

const chat = fc.record({
	id: word,
	session_id: text,
	timestamp: time,
	prompt_summary: text,
	response_summary: text,
	involved_entities: list,
	raw_prompt_hash: text,
	raw_response_hash: text,
	status: fc.constantFrom('captured', 'analyzed', 'promoted_to_learning', 'exported_for_reward', 'rewarded_implemented', 'ignored_not_implemented'),
	code_context: text,
	diff_summary: text,
	tool_sequence: text,
	modification_type,
	confidence_score: unit,
	related_code_chunks: list,
	derived_learning_id: text,
	repo_id: text,
	source: text,
	model: text,
	model_version: text,
	files: list,
	commit_sha: text,
	capture_fidelity: text,
	context_richness: unit,
	tags: list,
	attachments: list,
});

const code = fc.record({
	id: word,
	document: text,
	chunk_id: text,
	chunk_index: whole,
	file_path: text,
	commit_sha: text,
	start_line: whole,
	end_line: whole,
	last_indexed_utc: time,
	related_chat_ids: list,
	repo_id: text,
	checkout_id: text,
	language: text,
	symbol: text,
	symbol_kind: text,
	content_hash: text,
	role: fc.constantFrom('source', 'test', 'example', 'generated'),
	chunker_version: whole,
});

const learning = fc.record({
	learning_id: fc.uuid(),
	description: text,
	pattern: text,
	example_code_reference: text,
	tags: list,
	category: text,
	confidence: unit,
	source_chat_id: text,
	repo_id: text,
	state: fc.constantFrom('candidate', 'active', 'stale', 'superseded', 'retired'),
	code_context: text,
	diff_summary: text,
	modification_type,
	tool_sequence: text,
	cites: list,
	created_at: time,
	updated_at: time,
	times_served: whole,
	times_kept: whole,
});

const thought = fc.record({
	id: word,
	thought: text,
	session_id: fc.string({ minLength: 1 }),
	thought_number: fc.integer({ min: 1, max: 500 }),
	total_thoughts: fc.integer({ min: 1, max: 500 }),
	next_thought_needed: fc.boolean(),
	branch_id: text,
	branch_from_thought: whole,
	revision: whole,
	timestamp: time,
	repo_id: text,
});

describe('records', () => {
	it('of chat_history_v1 come back as they were written', () => {
		fc.assert(fc.property(chat, (raw) => assertSame(decodeChatHistory(encodeChatHistory(ChatHistoryRow.parse(raw))), raw)));
	});

	it('of codebase_v1 come back as they were written', () => {
		fc.assert(fc.property(code, (raw) => assertSame(decodeCodebase(encodeCodebase(CodebaseRow.parse(raw))), raw)));
	});

	it('of derived_learnings_v1 come back as they were written', () => {
		fc.assert(fc.property(learning, (raw) => assertSame(decodeLearning(encodeLearning(LearningRow.parse(raw))), raw)));
	});

	it('of thinking_sessions_v1 come back as they were written', () => {
		fc.assert(fc.property(thought, (raw) => assertSame(decodeThought(encodeThought(ThoughtRow.parse(raw))), raw)));
	});

	it('hold scalars only, and say their version', () => {
		fc.assert(
			fc.property(chat, (raw) => {
				const { metadata } = encodeChatHistory(ChatHistoryRow.parse(raw));
				assert.equal(metadata['schema_version'], 1);
				for (const value of Object.values(metadata)) assert.ok(['string', 'number', 'boolean'].includes(typeof value));
			}),
		);
	});

	it('ignore fields they do not know and fill in those they miss', () => {
		const row = decodeCodebase({ id: 'c_1', document: 'x', metadata: { file_path: 'a.ts', colour: 'green', schema_version: 7 } });
		assert.equal(row.file_path, 'a.ts');
		assert.equal(row.start_line, 1);
		assert.deepEqual(row.related_chat_ids, []);
		assert.ok(!('colour' in row));
	});

	it('read a role, state or type of a later version as the plain one', () => {
		assert.equal(decodeCodebase({ id: 'c', document: '', metadata: { role: 'fuzz' } }).role, 'source');
		assert.equal(decodeLearning({ id: 'l', document: 'd', metadata: { state: 'sleeping', modification_type: 'magic' } }).state, 'active');
		assert.equal(decodeChatHistory({ id: 't', document: '', metadata: { modification_type: 'magic', confidence_score: 7 } }).modification_type, 'unknown');
	});
});

describe('lists in metadata', () => {
	it('come back whatever their items hold', () => {
		fc.assert(fc.property(list, (items) => assert.deepEqual(decodeList(encodeList(items)), items)));
	});

	it('are plain comma-separated words where nothing needs care', () => {
		assert.equal(encodeList(['src/a.ts', 'Config.load', '100%']), 'src/a.ts,Config.load,100%');
		assert.equal(encodeList(['f(a, b)', '%2C']), 'f(a%2C b),%252C');
	});

	it('are capped', () => {
		assert.equal(decodeList(encodeList(Array.from({ length: 500 }, (_, index) => `item ${index}`))).length, 64);
	});
});

describe('records of chroma-mcp-server', () => {
	const Row = z.object({ id: z.string(), document: z.string(), metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) });
	const file: unknown = JSON.parse(readFileSync(join(projectRoot, 'test/fixtures/peer/records.json'), 'utf8'));
	const rows = (name: string) => z.array(Row).parse(z.record(z.string(), z.unknown()).parse(file)[name]);

	it('decode as turns, with its words for what a person decided', () => {
		const turns = rows('chat_history_v1').map(decodeChatHistory);
		assert.deepEqual(
			turns.map((turn) => turn.status),
			['promoted_to_learning', 'analyzed', 'captured', 'captured'],
		);
		assert.deepEqual(turns[0]?.involved_entities, ['src/flask/config.py', 'Config.from_prefixed_env']);
		assert.equal(turns[0].related_code_chunks.length, 6);
		assert.equal(turns[0].tool_sequence, 'read_file→edit_file→run_terminal_cmd');
		assert.equal(turns[0].modification_type, 'bugfix');
		assert.equal(decodeChatHistory({ id: 'x', document: '', metadata: { status: 'ignored' } }).status, 'ignored_not_implemented');
	});

	it('decode as chunks, with the time in seconds read as a time', () => {
		const [first] = rows('codebase_v1').map(decodeCodebase);
		assert.equal(first?.file_path, 'src/flask/config.py');
		assert.deepEqual([first.start_line, first.end_line], [1, 19]);
		assert.equal(first.last_indexed_utc, '2026-11-23T15:27:10.130Z');
		assert.deepEqual(first.related_chat_ids, ['28d0e18b-ce58-4f91-a146-3c06da7119cf']);
	});

	it('decode as learnings, with its name of the code reference', () => {
		const [promoted, manual] = rows('derived_learnings_v1').map(decodeLearning);
		assert.equal(promoted?.description, 'Sort environ keys before building nested config');
		assert.match(promoted.example_code_reference, /^src\/flask\/config\.py:/);
		assert.deepEqual(promoted.tags, ['python', 'config']);
		assert.equal(promoted.confidence, 0.9);
		assert.equal(promoted.state, 'active');
		assert.equal(manual?.example_code_reference, 'src/flask/config.py:x:1');
	});

	it('decode as thoughts', () => {
		const thoughts = rows('sequential_thoughts_v1').map(decodeThought);
		assert.deepEqual(
			thoughts.map((row) => [row.session_id, row.thought_number, row.branch_id, row.branch_from_thought, row.next_thought_needed]),
			[
				['11111111-1111-1111-1111-111111111111', 1, '', 0, true],
				['sess-1', 1, '', 0, true],
				['sess-1', 2, 'b1', 1, false],
			],
		);
		assert.equal(thoughts[0]?.timestamp, '2026-11-23T15:29:26.000Z');
	});
});

/** Equal but for the sign of a zero, which JSON does not keep. */
function assertSame(actual: unknown, expected: unknown) {
	assert.deepEqual(JSON.parse(JSON.stringify(actual)), JSON.parse(JSON.stringify(expected)));
}
