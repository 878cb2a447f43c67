import { resolve } from 'node:path';
import { linesOf, likeness, said } from '../attribute/said';
import type { CallContext, CallOptions, Input } from '../core/api';
import type { AttributedLines, AuthorTurn, FileAuthors, LineCommit, LineCounts, LineState, Why } from '../core/attribution';
import { UserError } from '../core/errors';
import { planStatus } from '../core/status';
import { blame } from '../platform/gitBlame';
import type { Place } from '../platform/repositories';
import { withinTree } from '../platform/repositories';
import type { HunkLine, StoredHunk } from '../store/sqlite/hunkStore';
import type { Attribution, FileAttribution, LineAuthor } from './attribution';
import { textIn } from './attribution';
import { definedOnly } from './definedOnly';
import { formerPaths } from './linker';
import type { AppPorts } from './ports';
import { realPath } from './realPath';
import type { Stores } from './stores';

interface OpenFile {
	readonly place: Place;
	readonly path: string;
	readonly text: string;
	/** The file as it is on disk; undefined when it is not there. */
	readonly saved: string | undefined;
	readonly formerly: readonly string[];
}

/** Answers whose line this is, and why it stands there. */
export class WhyLine {
	constructor(
		private readonly ports: AppPorts,
		private readonly stores: Stores,
		private readonly attribution: Attribution,
	) {}

	async why(context: CallContext, { file, line, text }: Input<'why'>, options: CallOptions): Promise<Why> {
		const open = await this.open(context, file, text);
		const lines = linesOf(open.text);
		const shown = lines[line - 1];
		if (shown === undefined) throw new UserError(`${open.path} has ${lines.length} lines, so there is no line ${line}.`, 2);
		const [authors, commit] = await Promise.all([
			this.attribution.file(open.place, open.path, open.text, open.formerly, options),
			this.commitOf(open, lines, line, options.signal),
		]);
		const author = authors.authors.get(line - 1) ?? acrossBlank(authors, line - 1);
		const former = author === undefined ? this.formerLine(open, authors, line - 1) : undefined;
		return {
			file_path: open.path,
			line,
			text: shown,
			symbol: this.symbolAt(context, open, line),
			commit_sha: commit?.sha ?? '',
			...definedOnly({ commit }),
			...this.whose(author),
			...(author?.hunk.kind === 'turn' && { since: this.since(open, authors, author.hunk.author) }),
			...(former !== undefined && { state: 'rewritten' as const, was: former }),
			note: noteOf(authors, line - 1, author, former !== undefined),
		};
	}

	async authors(context: CallContext, { file, text }: Input<'authors'>, options: CallOptions): Promise<FileAuthors> {
		const open = await this.open(context, file, text);
		const { path, lines, authors } = await this.attribution.file(open.place, open.path, open.text, open.formerly, options);
		const counts = { ai: 0, human: 0, unknown: 0 };
		for (const [index, line] of lines.entries()) if (line.print !== 0) counts[attributed(authors.get(index))]++;
		const turns = new Set([...authors.values()].flatMap(({ hunk }) => (hunk.kind === 'turn' ? [hunk.author] : [])));
		return { file_path: path, lines: lines.length, counts, ranges: rangesOf({ path, lines, authors }), turns: [...turns].flatMap((id) => this.turn(id) ?? []) };
	}

	private async open(context: CallContext, file: string, text: string | undefined): Promise<OpenFile> {
		const absolute = realPath(resolve(context.folder, file));
		const place = await this.ports.repositories.ofFile(absolute);
		const path = place === undefined ? undefined : withinTree(place.tree.root, absolute);
		if (place === undefined || path === undefined) throw new UserError(`${file} lies in no git repository, so nothing is known of its lines.`);
		const saved = textIn(place.tree.root, path);
		const shown = text ?? saved;
		if (shown === undefined) throw new UserError(`There is no file ${file} to read.`, 2);
		const index = this.stores.codeIndex(place.checkout_id, this.stores.of(context));
		return { place, path, text: shown, saved, formerly: formerPaths(index, path).slice(1) };
	}

	private async commitOf(open: OpenFile, lines: readonly string[], line: number, signal: AbortSignal | undefined): Promise<LineCommit | undefined> {
		if (open.place.tree.head === '') return undefined;
		const at = open.saved === open.text ? line : savedLine(open.saved ?? '', lines, line);
		if (at === undefined) return { sha: '', subject: '', author: '', at: '' };
		const [found] = (await blame(open.place.tree.root, open.path, { lines: [at, at], ...definedOnly({ signal }) }).catch(() => undefined)) ?? [];
		return found === undefined ? undefined : { sha: found.sha, subject: found.subject, author: found.author, at: found.author_time };
	}

	private symbolAt(context: CallContext, { place, path, text, saved }: OpenFile, line: number): string {
		if (text !== saved) return '';
		const chunks = this.stores.codeIndex(place.checkout_id, this.stores.of(context)).chunksOf(path);
		return chunks.find((chunk) => chunk.start_line <= line && chunk.end_line >= line)?.symbol ?? '';
	}

	private whose(author: LineAuthor | undefined): Pick<Why, 'attribution' | 'state' | 'turn_id' | 'chat_id' | 'turn' | 'written' | 'learning'> {
		if (author === undefined) return { attribution: 'unknown', state: 'unknown', turn_id: '', chat_id: '' };
		const { hunk, written, state } = author;
		if (hunk.kind === 'edit') return { attribution: 'human', state, turn_id: '', chat_id: '' };
		const turn = this.turn(hunk.author);
		const learning = turn?.learning_id === undefined ? undefined : this.ports.derived.learning(turn.learning_id);
		return {
			attribution: 'ai',
			state,
			turn_id: hunk.author,
			chat_id: hunk.author,
			...definedOnly({ turn }),
			written: { file_path: hunk.path, line: written.line, edit: hunk.edit },
			...(learning !== undefined && { learning: { id: learning.learning_id, description: learning.description } }),
		};
	}

	/** The line that a turn had written where now another one stands. */
	private formerLine(open: OpenFile, { lines, authors }: FileAttribution, index: number): Why['was'] {
		const line = lines[index];
		if (line?.telling !== true) return undefined;
		const missing = missingLines(this.attribution.ofPaths(open.place.repo_id, [open.path, ...open.formerly]), authors);
		let best: { hunk: StoredHunk; line: HunkLine; likeness: number } | undefined;
		for (const { hunk, line: written } of missing) {
			const alike = likeness(written.words, line.words);
			if (alike >= sameLine && alike > (best?.likeness ?? 0)) best = { hunk, line: written, likeness: alike };
		}
		const turn = best === undefined ? undefined : this.turn(best.hunk.author);
		return best === undefined || turn === undefined ? undefined : { turn, text: this.writtenText(best.hunk, best.line) };
	}

	/** What became of the lines that the turn wrote into this file. */
	private since(open: OpenFile, { lines, authors }: FileAttribution, turnId: string): LineCounts {
		const counts = { written: 0, kept: 0, reformatted: 0, moved: 0, changed: 0, rewritten: 0, deleted: 0 };
		const own = this.attribution.ofPaths(open.place.repo_id, [open.path, ...open.formerly]).filter(({ author }) => author === turnId);
		const standing = standingLines(authors);
		const foreign = lines.filter((line, index) => line.telling && !authors.has(index));
		for (const hunk of own)
			for (const [index, line] of hunk.added.entries()) {
				if (!line.telling) continue;
				counts.written++;
				counts[
					countedAs(standing.get(`${hunk.n}:${index}`)) ?? (foreign.some(({ words }) => likeness(words, line.words) >= sameLine) ? 'rewritten' : 'deleted')
				]++;
			}
		return counts;
	}

	private writtenText({ author, edit }: StoredHunk, { line, words }: HunkLine): string {
		const after = this.ports.derived.turn(author)?.edits[edit]?.after;
		return linesOf(after ?? '')[line - 1]?.trim() ?? words.trim();
	}

	private turn(id: string): AuthorTurn | undefined {
		const turn = this.ports.derived.turn(id);
		if (turn === undefined) return undefined;
		const facts = this.ports.derived.facts(id);
		const { assistant, session_id, started_at, prompt_summary, response_summary, modification_type, model } = turn;
		return {
			id,
			assistant,
			session_id,
			started_at,
			prompt_summary,
			response_summary,
			modification_type,
			status: planStatus(facts),
			...definedOnly({ model, learning_id: facts.learning_id }),
		};
	}
}

/** Of so many words the same, one line is the other one rewritten. */
const sameLine = 0.6;

/** State of each line of a hunk that stands in the file, by hunk and index. */
function standingLines(authors: FileAttribution['authors']): Map<string, LineState> {
	const standing = new Map<string, LineState>();
	for (const { hunk, index, last, state } of authors.values()) for (let at = index; at <= last; at++) standing.set(`${hunk.n}:${at}`, state);
	return standing;
}

/** Telling lines that turns wrote and that stand nowhere in the file. */
function missingLines(hunks: readonly StoredHunk[], authors: FileAttribution['authors']): { hunk: StoredHunk; line: HunkLine }[] {
	const standing = standingLines(authors);
	return hunks
		.filter((hunk) => hunk.kind === 'turn')
		.flatMap((hunk) => hunk.added.flatMap((line, index) => (line.telling && !standing.has(`${hunk.n}:${index}`) ? [{ hunk, line }] : [])));
}

function countedAs(state: LineState | undefined): 'kept' | 'reformatted' | 'moved' | undefined {
	if (state === 'moved' || state === 'copied') return 'moved';
	return state === 'extended' ? 'kept' : state;
}

function attributed(author: LineAuthor | undefined): 'ai' | 'human' | 'unknown' {
	if (author === undefined) return 'unknown';
	return author.hunk.kind === 'turn' ? 'ai' : 'human';
}

/** A blank line between two lines of one author is that author's. */
function acrossBlank({ lines, authors }: FileAttribution, index: number): LineAuthor | undefined {
	if (lines[index]?.print !== 0) return undefined;
	const [above, below] = [nearest(lines, authors, index, -1), nearest(lines, authors, index, 1)];
	return above !== undefined && above.hunk.n === below?.hunk.n ? above : undefined;
}

function nearest(lines: FileAttribution['lines'], authors: FileAttribution['authors'], index: number, step: 1 | -1): LineAuthor | undefined {
	let at = index + step;
	while (lines[at]?.print === 0) at += step;
	return authors.get(at);
}

/** Who wrote which lines, in order. */
export function rangesOf(file: FileAttribution): AttributedLines[] {
	const ranges: AttributedLines[] = [];
	for (const [index, line] of file.lines.entries()) {
		const author = file.authors.get(index) ?? acrossBlank(file, index);
		if (line.print === 0 && author === undefined) continue;
		const range: AttributedLines = {
			from: index + 1,
			to: index + 1,
			attribution: attributed(author),
			...(author?.hunk.kind === 'turn' && { turn_id: author.hunk.author }),
			...(author !== undefined && { state: author.state }),
		};
		const last = ranges.at(-1);
		if (last?.to === index && last.attribution === range.attribution && last.turn_id === range.turn_id && last.state === range.state) last.to = range.to;
		else ranges.push(range);
	}
	return ranges;
}

function noteOf({ lines }: FileAttribution, index: number, author: LineAuthor | undefined, rewritten: boolean): string {
	if (author?.hunk.weak === true) return 'The file as it was before this turn is not known, so the line may be older.';
	if (author !== undefined) return '';
	if (rewritten) return 'The line differs from what the turn had written; who changed it was not seen.';
	if (lines[index]?.print === 0) return 'A blank line between lines of different authors.';
	if (lines[index]?.telling === false) return 'Brackets and lone keywords are told by the lines beside them, and those are not of one author.';
	return 'No captured turn wrote this line, and nobody was seen typing it.';
}

/** The saved file's line that says the same, nearest to where the line stands in the editor. */
function savedLine(saved: string, shown: readonly string[], line: number): number | undefined {
	const { print } = said(shown[line - 1] ?? '');
	const places = linesOf(saved).flatMap((text, index) => (said(text).print === print ? [index + 1] : []));
	return places.sort((a, b) => Math.abs(a - line) - Math.abs(b - line))[0];
}
