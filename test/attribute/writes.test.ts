import { strict as assert } from 'node:assert';
import { hunksOf } from '../../src/attribute/writes';
import type { TurnEdit } from '../../src/core/turn';

function edit(before: string | null, after: string | null, more: Partial<TurnEdit> = {}): TurnEdit {
	return { repo_id: 'r', file_path: 'a.ts', kind: 'edit', before, after, whole: true, fidelity: 'recorded', state: 'applied', ...more };
}

/** Words of what was added and removed, in order. */
function written(...edits: TurnEdit[]): { added: string[]; removed: string[] } {
	const hunks = hunksOf(edits, 'r');
	const words = (lines: readonly { readonly words: string }[]) => lines.map((line) => line.words.trim());
	return { added: hunks.flatMap((hunk) => words(hunk.added)), removed: hunks.flatMap((hunk) => words(hunk.removed)) };
}

const nothing = { added: [], removed: [] };

describe('hunksOf', () => {
	it('tells what an edit added and removed, and what stood beside it', () => {
		const [hunk] = hunksOf([edit('one line\n\nlast line\n', 'one line\nnew line\n\nlast line\n')], 'r');
		assert.deepEqual(
			hunk?.added.map(({ line, words }) => ({ line, words })),
			[{ line: 2, words: ' new line ' }],
		);
		assert.ok(hunk.above !== 0 && hunk.below !== 0 && hunk.above !== hunk.below);
	});

	it('leaves out what the turn took back', () => {
		assert.deepEqual(written(edit('first line', 'first line\nsecond line'), edit('first line\nsecond line', 'first line')), nothing);
		const snippet = { whole: false } as const;
		assert.deepEqual(written(edit('', 'tried line\nother line', snippet), edit('tried line\nother line', '', snippet)), nothing);
	});

	it('leaves out what the turn moved, in a file and between files', () => {
		assert.deepEqual(written(edit('the first line\nthe second line\nthe third line', 'the third line\nthe first line\nthe second line')), nothing);
		const gone = edit('the first line\nthe second line', 'the first line');
		assert.deepEqual(written(gone, edit('other line', 'other line\nthe second line', { file_path: 'b.ts' })), nothing);
		assert.deepEqual(written(gone, edit('', "the\nsecond('line')", { file_path: 'b.ts' })), nothing);
	});

	it('leaves out what the turn only laid out anew', () => {
		assert.deepEqual(written(edit('call(first, second);\nnext(line);', "call(\n\tfirst,\n\tsecond,\n);\nnext('line')")), nothing);
	});

	it('keeps a short line of one place apart from an equal one of another', () => {
		const { added, removed } = written(
			edit('return result;\nfirst(line);', 'first(line);', { whole: false }),
			edit('other(line);\nreturn result;', 'other(line);\nnew(line);\nreturn result;\nreturn result;', { whole: false }),
		);
		assert.deepEqual({ added, removed }, { added: ['new line', 'return result'], removed: ['return result'] });
	});

	it('takes nothing from edits that were refused, or of which the text after is not known', () => {
		assert.deepEqual(written(edit('', 'new line', { state: 'rejected' }), edit('', 'new line', { state: 'undone' }), edit('old line', null)), nothing);
	});

	it('marks lines that may have stood there before, and ends of snippets', () => {
		const [weak] = hunksOf([edit(null, 'some line')], 'r');
		const [created] = hunksOf([edit(null, 'some line', { kind: 'create' })], 'r');
		assert.deepEqual([weak?.weak, created?.weak], [true, false]);
		const [snippet] = hunksOf([edit('', 'first line\nsecond line\nthird line', { whole: false })], 'r');
		assert.deepEqual(
			snippet?.added.map(({ edge }) => edge),
			[true, false, true],
		);
	});

	it('does not take line breaks and indentation for changes', () => {
		assert.deepEqual(written(edit('\tfirst line\n\tsecond line\n', '    first line\r\n    second line\r\n')), nothing);
	});

	it('ends in time on large texts', function () {
		this.timeout(20_000);
		const lines = Array.from({ length: 20_000 }, (_line, index) => `line number ${index}`);
		assert.deepEqual(written(edit(lines.join('\n'), [...lines.slice(10_000), ...lines.slice(0, 10_000)].join('\n'))), nothing);
		assert.equal(written(edit(lines.join('\n'), lines.map((line) => `${line} more`).join('\n'))).added.length, 20_000);
	});
});
