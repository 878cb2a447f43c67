import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { aider } from '../../../src/capture/chat/aider';
import { claudeCode } from '../../../src/capture/chat/claudeCode';
import { codex } from '../../../src/capture/chat/codex';
import { copilot } from '../../../src/capture/chat/copilot';
import { gemini } from '../../../src/capture/chat/gemini';
import { qwen } from '../../../src/capture/chat/qwen';
import type { ReadMark, TranscriptSource } from '../../../src/capture/captureSource';
import { mergeTurn, type MergedTurn } from '../../../src/capture/turnAssembler';
import { TurnObservation } from '../../../src/core/turn';
import { longer } from './longer';
import { inFolder } from './reading';
import { fixtures } from './recorded';

interface Recording {
	readonly source: TranscriptSource;
	/** Recorded session whose turns are repeated, so that some are finished long before the end. */
	readonly path: string;
	readonly name: string;
}

const recordings: readonly Recording[] = [
	{ source: claudeCode, path: 'claude-code/two-turns/session.jsonl', name: 's.jsonl' },
	{ source: claudeCode, path: 'claude-code/interactive-reject/session.jsonl', name: 's.jsonl' },
	{ source: claudeCode, path: 'claude-code/subagent/session.jsonl', name: 's.jsonl' },
	{ source: claudeCode, path: 'claude-code/api-error/session.jsonl', name: 's.jsonl' },
	{ source: codex, path: 'codex/two-turns/session.jsonl', name: 'rollout-s.jsonl' },
	{ source: codex, path: 'codex/two-turns-script/session.jsonl', name: 'rollout-s.jsonl' },
	{ source: codex, path: 'codex/api-error/session.jsonl', name: 'rollout-s.jsonl' },
	{ source: copilot, path: 'copilot/two-turns/events.jsonl', name: 'events.jsonl' },
	{ source: copilot, path: 'copilot/subagent/events.jsonl', name: 'events.jsonl' },
	{ source: qwen, path: 'qwen/two-turns/session.jsonl', name: 's.jsonl' },
	{ source: qwen, path: 'qwen/subagent/chats/e187df39-6ad4-4ca4-8372-282755ae8885.jsonl', name: 's.jsonl' },
	{ source: gemini, path: 'gemini/two-turns/session.jsonl', name: 'session-s.jsonl' },
	{ source: gemini, path: 'gemini/fix-sum/session.jsonl', name: 'session-s.jsonl' },
	{ source: aider, path: 'aider/two-chats/.aider.chat.history.md', name: '.aider.chat.history.md' },
];

class Reader {
	readonly turns = new Map<string, MergedTurn>();
	mark: ReadMark | undefined;
	readonly starts: number[] = [];

	constructor(
		private readonly source: TranscriptSource,
		private readonly usesMarks: boolean,
	) {}

	async read(path: string): Promise<void> {
		this.starts.push(this.mark?.offset ?? 0);
		// A mark is kept in a file between two readings.
		const from = this.usesMarks && this.mark !== undefined ? (JSON.parse(JSON.stringify(this.mark)) as ReadMark) : undefined;
		for await (const event of this.source.read(path, { from })) {
			if (event.type === 'mark') this.mark = event.mark;
			if (event.type !== 'turn') continue;
			const turn = TurnObservation.parse(event.turn);
			const id = `${turn.session_id} ${turn.turn_key}`;
			this.turns.set(id, mergeTurn(this.turns.get(id), turn));
		}
	}

	get all(): MergedTurn[] {
		return [...this.turns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, turn]) => turn);
	}
}

/** Writes the text piece by piece and reads it after each, with marks and without. */
async function grown({ source, path, name }: Recording, text: string, cuts: readonly number[]): Promise<{ marked: Reader; whole: Reader; once: Reader }> {
	return inFolder(async (folder) => {
		const file = join(folder, name);
		const beside = join(fixtures, dirname(path), 'rewind-file-snapshots');
		if (existsSync(beside)) cpSync(beside, join(folder, 'rewind-file-snapshots'), { recursive: true });
		const [marked, whole, once] = [new Reader(source, true), new Reader(source, false), new Reader(source, false)];
		const bytes = Buffer.from(text);
		writeFileSync(file, '');
		const ends = [...new Set([...cuts].sort((a, b) => a - b).map((cut) => Math.floor(cut * bytes.length))), bytes.length];
		for (const [place, end] of ends.entries()) {
			appendFileSync(file, bytes.subarray(ends[place - 1] ?? 0, end));
			await marked.read(file);
			await whole.read(file);
		}
		await once.read(file);
		return { marked, whole, once };
	});
}

describe('reading on from a mark', function () {
	this.timeout(60_000);
	for (const recording of recordings) {
		const text = longer(readFileSync(join(fixtures, recording.path), 'utf8'), 4);

		it(`gives the same turns of ${recording.path} as reading the file anew, wherever it was cut`, async () => {
			let resumed = 0;
			await fc.assert(
				fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), async (cuts) => {
					const { marked, whole } = await grown(recording, text, cuts);
					assert.deepEqual(marked.all, whole.all);
					resumed += marked.starts.filter((start) => start > 0).length;
				}),
				{ numRuns: 40 },
			);
			assert.ok(resumed > 0, 'no reading began at a mark');
		});

		it(`gives the same turns of ${recording.path} line by line as one reading at the end`, async () => {
			const lines = [...text.matchAll(/\n/g)].map((match) => match.index + 1);
			const some = lines.filter((_, place) => place % 5 === 2).map((at) => at / Buffer.byteLength(text));
			const { marked, once } = await grown(recording, text, some);
			// An end that was seen stays, though the assistant may have gone on.
			const facts = (reader: Reader): unknown => reader.all.map((turn) => ({ ...turn, state: '', ended_at: '' }));
			assert.deepEqual(facts(marked), facts(once));
		});
	}

	/** Reads what stands there, then what is added, and once more the whole. */
	async function added({ source, path, name }: Recording, more: (text: string) => string): Promise<{ marked: Reader; whole: Reader; streamed: Reader }> {
		return inFolder(async (folder) => {
			const file = join(folder, name);
			const text = longer(readFileSync(join(fixtures, path), 'utf8'), 4);
			const [marked, whole, streamed] = [new Reader(source, true), new Reader(source, false), new Reader(source, false)];
			writeFileSync(file, text);
			await marked.read(file);
			assert.ok(marked.mark !== undefined);
			await whole.read(file);
			appendFileSync(file, more(text));
			for (const reader of [marked, whole, streamed]) await reader.read(file);
			return { marked, whole, streamed };
		});
	}

	it("does not lose a result that comes turns after Claude Code's call, nor an answer that hangs on an old line", async () => {
		const recording: Recording = { source: claudeCode, path: 'claude-code/two-turns/session.jsonl', name: 's.jsonl' };
		const { marked, whole, streamed } = await added(recording, (text) => {
			const first = text.split('\n').find((line) => line.includes('"type":"tool_use"')) ?? '';
			const line = JSON.parse(first) as { uuid: string; sessionId: string };
			const common = { sessionId: line.sessionId, timestamp: '2026-11-23T23:30:00.000Z', parentUuid: line.uuid };
			const call = { type: 'tool_use', id: 'late-call', name: 'Bash', input: { command: 'sleep 9' } };
			const late = [
				{ ...common, type: 'assistant', uuid: 'late-1', message: { id: 'late-m', content: [{ type: 'text', text: 'Said much later.' }, call] } },
				{
					...common,
					type: 'user',
					uuid: 'late-2',
					parentUuid: 'late-1',
					message: { content: [{ type: 'tool_result', tool_use_id: 'late-call', content: 'woken' }] },
				},
			];
			return `${late.map((one) => JSON.stringify(one)).join('\n')}\n`;
		});
		assert.deepEqual(marked.all, whole.all);
		assert.deepEqual(streamed.all, whole.all);
		const [turn, ...others] = whole.all.filter((one) => one.response.includes('Said much later.'));
		assert.deepEqual([others.length, turn?.tools.find((tool) => tool.id === 'late-call')?.output], [0, 'woken']);
		assert.notEqual(turn?.turn_key, whole.all.at(-1)?.turn_key);
	});

	it('does not lose what Codex says later on of a turn that ended', async () => {
		const recording: Recording = { source: codex, path: 'codex/two-turns/session.jsonl', name: 'rollout-s.jsonl' };
		const { marked, whole, streamed } = await added(recording, (text) => {
			const turn = /"turn_id":"([^"]+)"/.exec(text)?.[1] ?? '';
			const item = { type: 'AgentMessage', id: 'late', content: [{ type: 'Text', text: 'Said much later.' }] };
			return `${JSON.stringify({ timestamp: '2026-11-23T23:30:00.000Z', type: 'event_msg', payload: { type: 'item_completed', turn_id: turn, item } })}\n`;
		});
		assert.deepEqual(marked.all, whole.all);
		assert.deepEqual(streamed.all, whole.all);
		assert.equal(whole.all.filter((one) => one.response.includes('Said much later.')).length, 1);
	});

	it("opens no turn for a history that Gemini's log repeats", async () => {
		const recording: Recording = { source: gemini, path: 'gemini/two-turns/session.jsonl', name: 'session-s.jsonl' };
		const { marked, whole, streamed } = await added(recording, (text) => {
			const messages = text.split('\n').filter((line) => line.startsWith('{"id"'));
			return `{"$set":{"messages":[${messages.slice(0, 30).join(',')}]}}\n`;
		});
		assert.deepEqual(marked.all, whole.all);
		assert.deepEqual(streamed.all, whole.all);
	});
});
