import { strict as assert } from 'node:assert';
import { matchLines } from '../../../src/attribute/matchLines';
import { said } from '../../../src/attribute/said';
import type { Hunk } from '../../../src/attribute/writes';
import { hunksOf } from '../../../src/attribute/writes';
import type { TurnEdit } from '../../../src/core/turn';
import { Random } from './random';

const histories = Number(process.env['CODELEARN_FUZZ'] ?? 20) * 5;

/** Lines as they stand in every file, none of which says who wrote it. */
const common = [
	...['return result;', 'if (error) {', '} else {', 'continue;', 'const result = [];', 'for (const item of items) {', 'items.push(item);', 'throw error;'],
	...['await this.save();', 'const items = await load();', 'if (items.length === 0) return;', 'export default {', 'name: string;', 'id: number;', 'try {'],
	...['} catch (error) {', 'console.error(error);', 'return undefined;', 'break;', 'default:', 'done();', 'return items;', 'this.items = items;'],
	...['const index = 0;', 'index += 1;', 'while (true) {', 'private items: string[] = [];', 'constructor() {', 'super();', 'return this;'],
];
const brackets = ['}', '}', '});', ']', '{', ''];

interface Line {
	readonly text: string;
	/** undefined: nobody watched. */
	readonly author: string | undefined;
	/** Lines that were written together. */
	readonly block: number;
}

/** A file, the people at work on it and what they wrote. */
class Model {
	lines: Line[] = [];
	readonly hunks: { author: string; at: string; hunk: Hunk }[] = [];
	readonly sizes = new Map<number, number>();
	/** How often an author wrote a line. */
	readonly written = new Map<string, number>();
	private turns = 0;

	constructor(private readonly random: Random) {}

	block(author: string | undefined): Line[] {
		const block = this.sizes.size;
		const lines = Array.from({ length: 3 + this.random.below(12) }, () => ({
			text: '\t'.repeat(this.random.below(3)) + (this.random.chance(0.3) ? this.random.pick(brackets) : this.random.pick(common)),
			author,
			block,
		}));
		this.sizes.set(block, lines.length);
		if (author !== undefined) for (const { text } of lines) this.written.set(key(author, text), (this.written.get(key(author, text)) ?? 0) + 1);
		return lines;
	}

	turn(): void {
		const author = `t${++this.turns}`;
		const edits: TurnEdit[] = [];
		for (let left = 1 + this.random.below(3); left > 0; left--) edits.push(this.random.chance(0.5) ? this.whole(author) : this.snippet(author));
		const at = new Date(Date.UTC(2026, 0, 1) + this.turns * 60_000).toISOString();
		for (const hunk of hunksOf(edits, 'r')) this.hunks.push({ author, at, hunk });
	}

	/** What nobody watches. */
	person(): void {
		const { from, to } = this.span(6);
		const how = this.random.pick(['insert', 'delete', 'move', 'indent'] as const);
		if (how === 'insert') this.lines.splice(from, 0, ...this.block(undefined));
		else if (how === 'delete') this.lines.splice(from, to - from);
		else if (how === 'indent') this.lines = this.lines.map((line) => ({ ...line, text: `\t${line.text}` }));
		else {
			const moved = this.lines.splice(from, to - from);
			this.lines.splice(this.random.below(this.lines.length + 1), 0, ...moved);
		}
	}

	private whole(author: string): TurnEdit {
		const before = textOf(this.lines);
		this.change(author, this.lines, 0, this.lines.length);
		return edit(before, textOf(this.lines), true);
	}

	private snippet(author: string): TurnEdit {
		const { from, to } = this.span(10);
		const part = this.lines.slice(from, to);
		const before = textOf(part);
		this.change(author, part, 0, part.length);
		this.lines.splice(from, to - from, ...part);
		return edit(before, textOf(part), false);
	}

	private change(author: string, lines: Line[], start: number, end: number): void {
		const at = start + this.random.below(end - start + 1);
		lines.splice(at, this.random.chance(0.5) ? 0 : Math.min(end - at, this.random.below(5)), ...this.block(author));
	}

	private span(most: number): { from: number; to: number } {
		const from = this.random.below(this.lines.length + 1);
		return { from, to: Math.min(this.lines.length, from + this.random.below(most)) };
	}
}

function edit(before: string, after: string, whole: boolean): TurnEdit {
	return { file_path: 'a.ts', kind: 'edit', before, after, whole, fidelity: 'recorded', state: 'applied', repo_id: 'r' };
}

function textOf(lines: readonly Line[]): string {
	return lines.map((line) => `${line.text}\n`).join('');
}

function key(author: string, text: string): string {
	return `${author} ${said(text).print}`;
}

interface Figures {
	untouched: number;
	known: number;
	/** Brackets, lone keywords and the like, with their writer or not. */
	brackets: number;
	bracketsKnown: number;
}

/** Adds what is wrong to `problems`. */
function check(model: Model, figures: Figures, problems: string[]): void {
	const lines = model.lines.map((line) => said(line.text));
	const claims = model.hunks.map(({ at, hunk }, id) => ({ id, home: true, weak: hunk.weak, at, lines: hunk.added, above: hunk.above, below: hunk.below }));
	const given = new Map<string, number>();
	const authors = new Map<number, string>();
	for (const [index, { claim }] of matchLines(lines, claims)) {
		const author = model.hunks[claim]?.author ?? '';
		const line = key(author, model.lines[index]?.text ?? '');
		authors.set(index, author);
		given.set(line, (given.get(line) ?? 0) + 1);
		if ((given.get(line) ?? 0) > (model.written.get(line) ?? 0))
			problems.push(`line ${index + 1}, "${model.lines[index]?.text ?? ''}", was written less often by ${author}`);
	}
	for (const [index, { author, block, text }] of model.lines.entries()) {
		if (author === undefined || said(text).print === 0 || !isUntouched(model, index, block)) continue;
		const isKnown = Number(authors.get(index) === author);
		if (said(text).telling) {
			figures.untouched++;
			figures.known += isKnown;
		} else {
			figures.brackets++;
			figures.bracketsKnown += isKnown;
		}
	}
}

/** All lines of the block stand together. */
function isUntouched({ lines, sizes }: Model, index: number, block: number): boolean {
	let [from, to] = [index, index + 1];
	while (lines[from - 1]?.block === block) from--;
	while (lines[to]?.block === block) to++;
	return to - from === sizes.get(block);
}

describe('Attribution of lines that stand everywhere', function () {
	this.timeout(histories * 1000);

	it('gives nobody more than was written, and blocks that nobody touched to their writers', () => {
		const problems: string[] = [];
		const figures = { untouched: 0, known: 0, brackets: 0, bracketsKnown: 0 };
		for (let seed = 1; seed <= histories; seed++) {
			const random = new Random(seed);
			const model = new Model(random);
			for (let deed = 0; deed < 25; deed++) {
				if (random.chance(0.5)) model.turn();
				else model.person();
				if (deed % 5 === 4) check(model, figures, problems);
			}
			problems.splice(20);
		}
		const share = (known: number, all: number) => Number(((100 * known) / all).toFixed(2));
		const [lines, brackets] = [share(figures.known, figures.untouched), share(figures.bracketsKnown, figures.brackets)];
		if (histories > 300) console.log(`      ${histories} histories: ${lines} % of ${figures.untouched} lines, ${brackets} % of ${figures.brackets} brackets`);
		assert.deepEqual(problems, []);
		assert.ok(lines >= 95, `${lines} % of the lines of untouched blocks have their writer`);
		assert.ok(brackets >= 80, `${brackets} % of the brackets of untouched blocks have their writer`);
	});
});
