import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CancellationToken, HoverProvider, TextDocument } from 'vscode';
import type { App } from '../../src/core/api';
import type { AuthorTurn, FileAuthors } from '../../src/core/attribution';
import { documentChanged, resetVscode, settings, vscodeDouble, visibleEditorsChanged } from '../support/vscodeDouble';
import { blocksOf, marksOf } from '../../src/views/attribution/blocks';
import { BlockLenses } from '../../src/views/attribution/codeLens';
import { GutterMarks } from '../../src/views/attribution/gutter';
import { lineHover } from '../../src/views/attribution/hover';
import { LineAuthors } from '../../src/views/attribution/lineAuthors';
import { fakeApp } from '../support/fakeApp';
import { fakeHost } from '../support/fakeHost';

const turn = (id: string, prompt_summary: string): AuthorTurn => ({
	id,
	assistant: 'claude-code',
	session_id: 's',
	started_at: '2026-01-07T08:50:00.000Z',
	prompt_summary,
	response_summary: '',
	modification_type: 'unknown',
	status: 'analyzed',
});
const answer: FileAuthors = {
	file_path: 'src/a.ts',
	lines: 12,
	counts: { ai: 6, human: 1, unknown: 2 },
	ranges: [
		{ from: 1, to: 1, attribution: 'unknown' },
		{ from: 2, to: 3, attribution: 'ai', turn_id: 't_1', state: 'kept' },
		{ from: 5, to: 5, attribution: 'ai', turn_id: 't_1', state: 'reformatted' },
		{ from: 6, to: 6, attribution: 'human', state: 'kept' },
		{ from: 7, to: 7, attribution: 'ai', turn_id: 't_1', state: 'kept' },
		{ from: 8, to: 9, attribution: 'ai', turn_id: 't_2', state: 'moved' },
	],
	turns: [turn('t_1', '[x](command:evil) <b>'), turn('t_2', 'Second')],
};
const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) } as unknown as CancellationToken;
const soon = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (holds: () => boolean): Promise<void> => {
	while (!holds()) await soon(5);
};

describe('who wrote the lines of a document', () => {
	let root: string;
	before(() => {
		root = mkdtempSync(join(tmpdir(), 'codelearn-authors-'));
		mkdirSync(join(root, 'repo', '.git'), { recursive: true });
	});
	after(() => rmSync(root, { recursive: true }));
	beforeEach(resetVscode);

	/** A document of a repository, and what was asked about it. */
	async function opened(overrides: Partial<App> = {}, folder = 'repo', rest = 5) {
		const app = fakeApp({ authors: () => Promise.resolve(answer), ...overrides });
		const host = fakeHost(app);
		await host.capture.allow();
		const work = { name: 'repo', path: join(root, 'repo'), app };
		const authors = new LineAuthors({ ...host, folderOf: () => work }, rest);
		const document = {
			uri: vscodeDouble.Uri.file(join(root, folder, 'a.ts')),
			version: 1,
			isDirty: false,
			isClosed: false,
			lineCount: 12,
			reads: 0,
			getText: () => `read ${++document.reads}`,
		};
		const asked = (): number => app.calls.filter((call) => call === 'authors').length;
		const hover = async (provider: HoverProvider, line: number): Promise<string | undefined> => {
			const found = await provider.provideHover(document as unknown as TextDocument, { line: line - 1, character: 0 } as never, token);
			const content: unknown = found?.contents;
			return content instanceof vscodeDouble.MarkdownString ? content.value : undefined;
		};
		return { host, app, authors, document, text: document as unknown as TextDocument, asked, hover };
	}

	it('is asked once a version, and again when the data changed', async () => {
		const { authors, document, text, asked, app } = await opened();
		await Promise.all([authors.of(text), authors.of(text)]);
		await authors.of(text);
		assert.equal(asked(), 1);
		document.version = 2;
		await authors.of(text);
		assert.equal(asked(), 2);
		await app.put({ prompt: 'another turn' });
		authors.forget();
		await authors.of(text);
		assert.equal(asked(), 3);
		assert.equal(document.reads, 0);
	});

	it('is asked with the text of the editor once typing has come to rest', async () => {
		const { authors, document, text, asked } = await opened({}, 'repo', 100);
		document.isDirty = true;
		const answered = authors.of(text);
		for (let times = 0; times < 3; times++) {
			document.version++;
			await soon(1);
		}
		assert.equal(document.reads, 0);
		assert.equal((await answered)?.authors, answer);
		assert.deepEqual([document.reads, asked()], [1, 1]);
	});

	it('costs nothing outside a repository, nor before capture was allowed', async () => {
		const outside = await opened({}, '.');
		assert.equal(await outside.authors.of(outside.text), undefined);
		const waiting = await opened();
		await waiting.host.capture.pause();
		assert.ok(waiting.authors.mayAsk);
		const fresh = fakeHost();
		const before = new LineAuthors({ ...fresh, folderOf: () => ({ name: 'repo', path: root, app: fresh.app }) });
		assert.equal(await before.of(waiting.text), undefined);
		assert.deepEqual([outside.app.calls, fresh.app.calls], [[], []]);
	});

	it('is not asked again at once after a failure', async () => {
		const { authors, text, asked } = await opened({ authors: () => Promise.reject(new Error('no server')) });
		assert.deepEqual([await authors.of(text), await authors.of(text), asked()], [undefined, undefined, 1]);
	});

	describe('on hover', () => {
		it('is told for lines of turns alone, as text that cannot be markup, with links to commands', async () => {
			const { authors, hover } = await opened();
			const provider = lineHover(authors);
			const text = (await hover(provider, 3)) ?? '';
			assert.match(text, /claude\\-code\*\* · 2026\\-01\\-07 08:50 UTC · kept word for word/);
			assert.ok(!text.includes('[x](') && !text.includes('<b>'));
			assert.match(text, /\[Open the Turn\]\(command:codelearn\.turn\.open\?%5B%7B/);
			assert.deepEqual([await hover(provider, 1), await hover(provider, 6), await hover(provider, 11)], [undefined, undefined, undefined]);
		});

		it('is not told when it is switched off, and nothing is asked then', async () => {
			const { authors, hover, app } = await opened();
			settings.set('codelearn.hover.enabled', false);
			assert.equal(await hover(lineHover(authors), 3), undefined);
			assert.deepEqual(app.calls, []);
		});

		it('does not wait for a server that is slow, and has the answer at the next hover', async () => {
			let answered: (value: FileAuthors) => void = () => undefined;
			const { authors, hover, asked } = await opened({ authors: () => new Promise((resolve) => (answered = resolve)) });
			const provider = lineHover(authors, 20);
			assert.equal(await hover(provider, 3), undefined);
			answered(answer);
			assert.match((await hover(provider, 3)) ?? '', /claude/);
			assert.equal(asked(), 1);
		});
	});

	it('is told above each block of one turn once that is switched on', async () => {
		const { authors, text } = await opened();
		const lenses = new BlockLenses(authors);
		assert.deepEqual(await lenses.provideCodeLenses(text, token), []);
		settings.set('codelearn.codeLens.enabled', true);
		const shown = (await lenses.provideCodeLenses(text, token)).map(({ range, command }) => [range.start.line, command?.title]);
		assert.deepEqual(shown, [
			[1, 'claude-code · [x](command:evil) <b> (3 of 4 lines)'],
			[6, 'claude-code · [x](command:evil) <b> (1 of 4 lines)'],
			[7, 'claude-code · Second (2 of 2 lines)'],
		]);
	});

	describe('in the gutter', () => {
		async function editorWithMarks() {
			const made = await opened();
			const drawn: number[][] = [];
			const setDecorations = (_type: unknown, ranges: { start: { line: number } }[]) => void drawn.push(ranges.map(({ start }) => start.line + 1));
			vscodeDouble.window.visibleTextEditors = [{ document: made.document, setDecorations }];
			return { ...made, drawn, gutter: new GutterMarks(made.authors, vscodeDouble.Uri.file('/ext') as never, 10) };
		}

		it('is drawn in visible editors while it is switched on', async () => {
			const { gutter, drawn } = await editorWithMarks();
			await soon(20);
			assert.deepEqual([gutter.isOn, drawn], [false, []]);
			settings.set('codelearn.gutter.enabled', true);
			gutter.settingsChanged();
			await until(() => drawn.length >= 2);
			assert.deepEqual(drawn, [
				[2, 7],
				[5, 8],
			]);
			vscodeDouble.window.visibleTextEditors = [];
			visibleEditorsChanged.fire(undefined);
			assert.equal(gutter.isOn, false);
			gutter.dispose();
		});

		it('does nothing while somebody types but to set a timer', async () => {
			const { gutter, document, app, drawn } = await editorWithMarks();
			settings.set('codelearn.gutter.enabled', true);
			gutter.settingsChanged();
			await until(() => drawn.length >= 2);
			const before = [app.calls.length, document.reads, drawn.length];
			document.isDirty = true;
			for (let key = 0; key < 1000; key++) {
				document.version++;
				documentChanged.fire({ document });
			}
			assert.deepEqual([app.calls.length, document.reads, drawn.length], before);
			await until(() => drawn.length >= 4);
			assert.equal(document.reads, 1);
			gutter.dispose();
		});
	});

	it('has no blocks and marks where no turn wrote anything', () => {
		const human: FileAuthors = { ...answer, ranges: [{ from: 1, to: 9, attribution: 'human', state: 'kept' }], turns: [] };
		assert.deepEqual([blocksOf(human), marksOf(human)], [[], { written: [], moved: [] }]);
	});
});
