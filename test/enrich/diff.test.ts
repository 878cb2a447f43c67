import assert from 'node:assert/strict';
import { applyPatch, parsePatch } from 'diff';
import fc from 'fast-check';
import { TurnEdit } from '../../src/core/turn';
import { codeContext, diffSummary, unifiedDiff } from '../../src/enrich/diff';
import { fileChanges } from '../../src/enrich/fileChanges';
import { symbolsAt } from '../../src/enrich/symbols';

const edit = (part: object): TurnEdit =>
	TurnEdit.parse({ file_path: '/r/src/a.ts', before: 'a\nb\n', after: 'a\nc\n', whole: true, fidelity: 'recorded', ...part });

describe('unifiedDiff', () => {
	it('shows edited, created, deleted and renamed files', () => {
		const changes = fileChanges(
			[
				edit({}),
				edit({ file_path: '/r/new.md', kind: 'create', before: null, after: 'x\n' }),
				edit({ file_path: '/r/old.md', kind: 'delete', before: 'y\n', after: null }),
				edit({ file_path: '/r/to.ts', kind: 'rename', renamed_from: '/r/from.ts', before: 'k\n', after: 'k\n' }),
			],
			'/r',
		);
		assert.equal(
			unifiedDiff(changes),
			[
				'--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n',
				'--- /dev/null\n+++ b/new.md\n@@ -0,0 +1,1 @@\n+x\n',
				'--- a/old.md\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-y\n',
				'rename from from.ts\nrename to to.ts\n--- a/from.ts\n+++ b/to.ts\n',
			].join(''),
		);
		assert.equal(diffSummary(changes), 'src/a.ts: +1 -1\nnew.md: created, +1 -0\nold.md: deleted, +0 -1\nto.ts: renamed from from.ts, +0 -0');
	});

	it('makes one change of edits that follow on each other, and none of what was taken back', () => {
		const first = edit({ before: '1\n2\n', after: '1\n3\n' });
		assert.equal(
			unifiedDiff(fileChanges([first, edit({ before: '1\n3\n', after: '4\n3\n' })], '/r')),
			'--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,2 +1,2 @@\n-1\n-2\n+4\n+3\n',
		);
		assert.equal(unifiedDiff(fileChanges([first, edit({ before: '1\n3\n', after: '1\n2\n' })], '/r')), '');
	});

	it('says where only a snippet or one side is known, and leaves out what was refused', () => {
		const text = unifiedDiff(
			fileChanges(
				[edit({ whole: false }), edit({ file_path: '/r/b', before: null, fidelity: 'partial' }), edit({ file_path: '/r/c', state: 'rejected' })],
				'/r',
			),
		);
		assert.match(text, /^# src\/a\.ts: a snippet, line numbers count within it\n--- a\/src\/a\.ts/);
		assert.match(text, /# b: the text before is not known\n--- a\/b/);
		assert.ok(!text.includes('/c'));
	});

	it('applies to the text before and gives the text after', () => {
		const text = fc.array(fc.constantFrom('a', 'b', 'function f() {', '', '}'), { maxLength: 30 }).map((lines) => lines.join('\n'));
		fc.assert(
			fc.property(text, text, (before, after) => {
				const [patch] = parsePatch(unifiedDiff(fileChanges([edit({ before, after })], '/r')));
				assert.equal(patch === undefined || before === after ? after : applyPatch(before, patch), after);
			}),
			{ numRuns: 300 },
		);
	});

	it('shows files that differ beyond comparing as replaced from the first to the last difference', () => {
		const lines = (word: string, end: string): string =>
			['top', 'same', ...Array.from({ length: 1_500 }, (_, line) => `${word} ${line}`), 'below'].join('\n') + end;
		for (const [oldEnd, newEnd] of [
			['\n', '\n'],
			['', '\n'],
			['\n', ''],
			['', ''],
		]) {
			const before = lines('old', oldEnd ?? '');
			const after = lines('new', newEnd ?? '');
			const changes = fileChanges([edit({ before, after })], '/r');
			const extra = oldEnd === newEnd ? 0 : 1;
			assert.equal(diffSummary(changes), `src/a.ts: +${1_500 + extra} -${1_500 + extra}`);
			const [patch] = parsePatch(unifiedDiff(changes));
			assert.ok(patch);
			assert.equal(applyPatch(before, patch), after);
		}
	});
});

describe('codeContext', () => {
	it('shows the changed places before and after, within 4,000 characters', () => {
		assert.equal(codeContext(fileChanges([edit({})], '/r')), 'src/a.ts:1\nbefore:\na\nb\nafter:\na\nc');
		const many = Array.from({ length: 50 }, (_, place) => edit({ file_path: `/r/f${place}.ts`, before: 'x\n'.repeat(100), after: 'y\n'.repeat(100) }));
		const text = codeContext(fileChanges(many, '/r'));
		assert.ok(text.length <= 4_000 && text.length > 2_000);
	});
});

describe('symbolsAt', () => {
	const at = (text: string, word: string): string[] => symbolsAt(text, [text.split('\n').findIndex((line) => line.includes(word))]);

	it('names the enclosing definitions in many languages', () => {
		assert.deepEqual(at('export class Foo {\n\tprivate async bar(a: string): Promise<void> {\n\t\tif (a) {\n\t\t\tHERE;\n\t\t}\n\t}\n}', 'HERE'), ['Foo.bar']);
		assert.deepEqual(at('export const make = async (a: number) => {\n  return HERE;\n};', 'HERE'), ['make']);
		assert.deepEqual(at('class A:\n    x = 1\n\n    def run(self):\n        for i in y:\n            HERE', 'HERE'), ['A.run']);
		assert.deepEqual(at('func (s *Server) Start(ctx context.Context) error {\n\tHERE\n}', 'HERE'), ['Start']);
		assert.deepEqual(at('impl Display for Point {\n    pub fn fmt(&self) -> Result {\n        HERE\n    }\n}', 'HERE'), ['Point.fmt']);
		assert.deepEqual(at('public class A {\n  public static void main(String[] args) {\n    HERE();\n  }\n}', 'HERE'), ['A.main']);
		assert.deepEqual(at('function a() {}\n\nHERE\n', 'HERE'), []);
		assert.deepEqual(at('function changed() {\n}', 'changed'), ['changed']);
	});
});
