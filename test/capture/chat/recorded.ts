import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TurnObservation } from '../../../src/core/turn';

export const fixtures = join(__dirname, '../../fixtures');
/** Folder in which every recording was made. */
export const root = '/home/dev/demo';

/** What a recorded turn was told to do, with the files as git had them before and after it. */
export interface Expected {
	prompt: string;
	response: string;
	state: string;
	tools: [name: string, kind: string, ok: boolean][];
	files: Record<string, { before: string | null; after: string }>;
}

export function expectedOf(folder: string): Expected[] {
	return (JSON.parse(readFileSync(join(fixtures, folder, 'expected.json'), 'utf8')) as { turns: Expected[] }).turns;
}

export function assertTurns(turns: readonly TurnObservation[], expected: readonly Expected[]): void {
	assert.deepEqual(
		turns.map((turn) => turn.prompt),
		expected.map((turn) => turn.prompt),
	);
	for (const [place, wanted] of expected.entries()) {
		const turn = turns[place];
		assert.ok(turn);
		assert.equal(turn.response, wanted.response);
		assert.equal(turn.state, wanted.state);
		assert.deepEqual(
			turn.tools.map((tool) => [tool.name, tool.kind, tool.ok]),
			wanted.tools,
		);
		assertEdits(turn, wanted.files);
		assert.ok(turn.ended_at === undefined || turn.ended_at >= turn.started_at);
		const times = turn.tools.map((tool) => tool.at ?? '');
		assert.deepEqual(times, [...new Set(times)].sort());
	}
}

/** Does the edits again, one after the other, on what git had before; the end must be what git had after. */
export function assertEdits(turn: TurnObservation, files: Expected['files']): void {
	const texts = new Map(Object.entries(files).map(([path, { before }]) => [`${root}/${path}`, before]));
	for (const edit of turn.edits) {
		const text = texts.get(edit.file_path);
		assert.notEqual(text, undefined, `${edit.file_path} was not changed`);
		assert.ok(edit.after !== null && (edit.tool_id === undefined || turn.tools.some((tool) => tool.id === edit.tool_id)));
		if (edit.whole) {
			if (edit.fidelity !== 'partial') assert.equal(edit.before, text);
			texts.set(edit.file_path, edit.after);
		} else {
			const before = edit.before;
			assert.ok(before !== null && typeof text === 'string' && text.split(before).length === 2, `${before} stands once in ${text}`);
			texts.set(
				edit.file_path,
				text.replace(before, () => edit.after ?? ''),
			);
		}
	}
	assert.deepEqual(Object.fromEntries(texts), Object.fromEntries(Object.entries(files).map(([path, { after }]) => [`${root}/${path}`, after])));
}
