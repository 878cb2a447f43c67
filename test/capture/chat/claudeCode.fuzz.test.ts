import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { claudeCode } from '../../../src/capture/chat/claudeCode';
import { readText } from './reading';

const recorded = readFileSync(join(__dirname, '../../fixtures/claude-code/two-turns/session.jsonl'));
const recordedLines = recorded.toString('utf8').trimEnd().split('\n');
const secondPrompt = recordedLines.findIndex((line) => line.includes('"content":"Now add a test for the empty list."') && line.includes('"type":"user"'));

describe('claudeCode, damaged transcripts', () => {
	it('reads what is whole when the file ends anywhere', async () => {
		const whole = await readText(claudeCode, 's.jsonl', recorded);
		for (let part = 0; part <= 50; part += 1) {
			const { turns, unknown } = await readText(claudeCode, 's.jsonl', recorded.subarray(0, Math.floor((recorded.length * part) / 50)));
			assert.deepEqual(unknown, []);
			assert.ok(turns.length <= whole.turns.length);
			// A second prompt proves that the first turn was read to its end.
			if (turns.length === 2) assert.deepEqual(turns[0], whole.turns[0]);
			for (const turn of turns) assert.ok(whole.turns.some((one) => one.turn_key === turn.turn_key && one.prompt === turn.prompt));
		}
	});

	it('loses nothing of the other turns to garbage between the lines', async () => {
		const garbage = [
			'not json',
			'{"type":"user"',
			'{}',
			'[]',
			'null',
			'42',
			'"text"',
			'{"type":7}',
			'{"type":"user","message":5}',
			'{"type":"user","message":{"content":{"a":1}}}',
			'{"type":"assistant","message":{"content":[null,1,[],{"type":"tool_use"},{"type":"tool_result"}]}}',
			`{"type":"user","uuid":"deep","message":{"content":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
			`{"type":"assistant","message":{"id":"d","content":[{"type":"tool_use","id":"deep","name":"X","input":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}]}}`,
			`{"type":"unheard-of","blob":"${'x'.repeat(3_000_000)}"}`,
			'\u0000\u0000\u0000',
			'{"type":"__proto__","__proto__":{"type":"user"}}',
		];
		const mixed = recordedLines.flatMap((line, place) => [line, garbage[place % garbage.length] ?? '']).join('\n');
		const { turns, unknown } = await readText(claudeCode, 's.jsonl', mixed);
		const whole = await readText(claudeCode, 's.jsonl', recorded);
		assert.ok(unknown.length > 0);
		const shown = (list: typeof turns): unknown =>
			list.map((turn) => [
				turn.turn_key,
				turn.prompt,
				turn.response,
				turn.edits,
				turn.tools.filter((tool) => tool.id !== 'deep').map((tool) => [tool.id, tool.ok, tool.output]),
			]);
		assert.deepEqual(shown(turns), shown(whole.turns));
	});

	it('keeps turns intact when another session writes lines between theirs', async () => {
		const other = recordedLines.map((line) =>
			line
				.replace(/"(uuid|parentUuid|leafUuid|promptId)":"/g, '"$1":"other-')
				.replaceAll('toolu_', 'toolu_other_')
				.replaceAll('"id":"msg_', '"id":"msg_other_'),
		);
		const whole = await readText(claudeCode, 's.jsonl', recorded);
		const mixed = recordedLines.slice(0, secondPrompt).flatMap((line, place) => [line, other[place] ?? '']);
		const { turns } = await readText(claudeCode, 's.jsonl', mixed.join('\n'));
		const first = turns.find((turn) => turn.turn_key === whole.turns[0]?.turn_key);
		assert.deepEqual(first?.edits, whole.turns[0]?.edits);
		assert.deepEqual(
			first?.tools.map((tool) => tool.id),
			whole.turns[0]?.tools.map((tool) => tool.id),
		);
	});

	it('never throws, whatever stands in the file', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...recordedLines)), { maxLength: 12 }), async (lines) => {
				await readText(claudeCode, 's.jsonl', lines.join('\n'));
			}),
			{ numRuns: 150 },
		);
	});
});
