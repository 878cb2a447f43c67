import type { LineAuthor } from '../../../src/app/attribution';

/** A line as somebody wrote it. Each of its names ends in its number, so that it is known again in any layout and any place. */
interface Unit {
	/** Without white space. */
	readonly text: string;
	/** File that it was written into; '' when it was written into more than one. */
	home: string;
	readonly words: readonly string[];
	/** Turns and typed edits that wrote it. Empty: somebody whom nobody watched. */
	readonly writers: Set<string>;
	/** Turns whose text held it without the text before being known. */
	readonly weak: Set<string>;
	/** Its own writer laid it out anew, and so wrote each of its parts as a line. */
	inParts: boolean;
	/** Only a part of a line, so that nobody has to know it again. */
	readonly partial: boolean;
}

interface Standing {
	readonly unit: Unit;
	/** Lines that it covers, 0-based. */
	readonly lines: readonly number[];
}

/** Knows who wrote each line. */
export class Truth {
	private readonly units = new Map<number, Unit>();
	/** How many lines were compared, and how many of them have an author that must be found. */
	lines = 0;
	owned = 0;
	/** Lines that were not known where nothing could tell them. */
	unsure = 0;

	/** Writes a line: `make` gets the number that ends its names. */
	fresh(home: string, make: (n: number) => string, writer?: string, partial = false): string {
		const number = this.units.size + 1;
		const text = make(number);
		this.units.set(number, {
			text: squeezed(text),
			home,
			words: wordsOf(text),
			writers: new Set(writer === undefined ? [] : [writer]),
			weak: new Set(),
			inParts: false,
			partial,
		});
		return text;
	}

	/** The writer wrote what stands elsewhere too. */
	copiedBy(text: string, writer: string): void {
		for (const unit of this.unitsIn(text)) {
			unit.writers.add(writer);
			unit.home = '';
			// Perhaps only a part of what had been wrapped.
			unit.inParts = true;
		}
	}

	/** The writer laid out the text anew. */
	laidOutBy(text: string, writer: string): void {
		for (const unit of this.unitsIn(text)) if (unit.writers.has(writer)) unit.inParts = true;
	}

	/** The writer left a text of which it is not known what it was before. */
	perhapsBy(text: string, writer: string): void {
		for (const unit of this.unitsIn(text)) unit.weak.add(writer);
	}

	/** The writer moved what it had written in the same turn. */
	movedBy(text: string, writer: string, home: string): void {
		for (const unit of this.unitsIn(text)) if (unit.writers.has(writer) && unit.home !== '') unit.home = home;
	}

	/** What is wrong with the authors that the lines of the files of a tree were given. */
	problems(files: readonly AskedFile[]): string[] {
		const seen = files.map((file) => this.seen(file));
		const atHome = new Set(seen.flatMap((file) => file.standings.flatMap(({ unit }) => (isHome(unit, file) ? [unit] : []))));
		const all = seen.flatMap((file) => file.standings.map(({ unit }) => unit));
		const once = new Set(all.filter((unit, index) => all.indexOf(unit) === index && all.lastIndexOf(unit) === index));
		return seen.flatMap((file) => {
			this.lines += file.lines.filter((line) => wordsOf(line).length > 0).length;
			this.owned += file.standings.filter(({ unit }) => unit.writers.size > 0).length;
			return [...this.wrong(file), ...this.lost(file, { atHome, once }), ...twice(file)].map((problem) => `${file.paths[0] ?? ''}:${problem}`);
		});
	}

	private seen({ text, ...file }: AskedFile): SeenFile {
		const lines = text.split(/\r\n|\n|\r/);
		return { ...file, lines, standings: this.standings(lines) };
	}

	private *unitsIn(text: string): Generator<Unit> {
		for (const number of numbersIn(text)) {
			const unit = this.units.get(number);
			if (unit !== undefined) yield unit;
		}
	}

	/** Whole lines that somebody wrote, as they stand in the text in whatever layout. */
	private standings(lines: readonly string[]): Standing[] {
		const stream = lines.flatMap((line, index) => wordsOf(line).map((word) => ({ word, index })));
		const places = new Map<string, number[]>();
		for (const [at, { word }] of stream.entries()) {
			const known = places.get(word);
			if (known === undefined) places.set(word, [at]);
			else known.push(at);
		}
		const found: Standing[] = [];
		for (const number of numbersIn(lines.join('\n'))) {
			const unit = this.units.get(number);
			const offset = unit?.words.findIndex((word) => word.endsWith(`_${number}`)) ?? -1;
			for (const place of places.get(unit?.words[offset] ?? '') ?? []) {
				const from = place - offset;
				if (!unit?.words.every((word, step) => stream[from + step]?.word === word)) continue;
				found.push({ unit, lines: [...new Set(stream.slice(from, from + unit.words.length).map(({ index }) => index))] });
			}
		}
		return found;
	}

	/** Lines that were given to somebody who did not write them. */
	private wrong(file: SeenFile): string[] {
		const { lines, standings, authors } = file;
		const allowed = lines.map(() => new Set<string>());
		for (const { unit, lines: covered } of standings) {
			const writers = [
				...unit.writers,
				...(unit.writers.size === 0 || unit.partial || !isHome(unit, file) || standings.filter((one) => one.unit === unit).length > 1 ? unit.weak : []),
			];
			for (const line of covered) for (const writer of writers) allowed[line]?.add(writer);
		}
		// Who wrote one of several equal lines nobody can tell.
		// Nor which of two that stand in one file, laid out anew, was moved. A wrapped one may begin with a line without names.
		const isTwice = ({ unit }: Standing) => standings.filter((one) => one.unit === unit).length > 1;
		const unclear = new Set(
			standings.flatMap((standing) =>
				standing.unit.home === '' || (isTwice(standing) && !isVerbatim(standing, file)) ? [(standing.lines[0] ?? 0) - 1, ...standing.lines] : [],
			),
		);
		const verbatim = new Set(standings.flatMap((standing) => (isVerbatim(standing, file) ? standing.lines : [])));
		for (const [index, line] of lines.entries())
			for (const { inParts, writers, weak } of this.unitsIn(line))
				for (const writer of [...(inParts ? writers : []), ...(verbatim.has(index) ? [] : weak)]) allowed[index]?.add(writer);
		return [...authors].flatMap(([index, { hunk, state }]) => {
			// Brackets have no names to know them by.
			if (!isWordy(lines[index]) || unclear.has(index) || allowed[index]?.has(hunk.author) === true) return [];
			return [`${index + 1}: not written by ${hunk.author} (${state}): ${lines[index] ?? ''}`];
		});
	}

	/** Lines whose author should be known and is not. */
	private lost(file: SeenFile, places: Places): string[] {
		const missing = new Map<Unit, string>();
		const found = new Set<Unit>();
		for (const standing of file.standings) {
			const { unit, lines } = standing;
			if (unit.writers.size === 0 || unit.partial || isMixed(standing, file)) continue;
			const gone = lines.filter((line) => !file.authors.has(line));
			if (gone.length === 0) found.add(unit);
			else if (mustBeKnown(standing, file, places))
				missing.set(unit, `${(gone[0] ?? 0) + 1}: by ${[...unit.writers].join(', ')} and not known: ${gone.map((line) => file.lines[line]).join('⏎')}`);
			else this.unsure++;
		}
		// One of several equal lines is enough: its writer wrote it once.
		return [...missing].flatMap(([unit, problem]) => (found.has(unit) ? [] : [problem]));
	}
}

/** A file with the authors of its lines by index. The first path is the one it has, the others are known to be earlier ones. */
export interface AskedFile {
	readonly paths: readonly string[];
	readonly text: string;
	readonly authors: ReadonlyMap<number, LineAuthor>;
}

interface SeenFile extends Omit<AskedFile, 'text'> {
	readonly lines: readonly string[];
	readonly standings: readonly Standing[];
}

interface Places {
	/** Lines that stand in the file they were written into. */
	readonly atHome: ReadonlySet<Unit>;
	/** Lines that stand in one place only. A single line that stands in two may be nobody's: it may have been written twice. */
	readonly once: ReadonlySet<Unit>;
}

function isHome(unit: Unit, { paths }: SeenFile): boolean {
	return paths.includes(unit.home);
}

/** Joined with the words of others. */
function isMixed({ unit, lines }: Standing, file: SeenFile): boolean {
	const own = new Set(file.standings.flatMap((one) => (sameWriters(one.unit, unit) ? one.unit.words : [])));
	return lines.some((line) => wordsOf(file.lines[line] ?? '').some((word) => !own.has(word)));
}

/** In another file a line is known by what it says word for word: alone where it is no more at home, else with others from there. */
function mustBeKnown(standing: Standing, file: SeenFile, { atHome, once }: Places): boolean {
	const { unit, lines } = standing;
	// Of a line whose last mark was torn off only the words are there.
	if (!loose(lines.map((line) => file.lines[line] ?? '').join('')).includes(loose(unit.text))) return false;
	if (isHome(unit, file)) return true;
	if (unit.home === '') return false;
	const away = file.standings.filter((one) => one.unit.home === unit.home && one.unit.writers.size > 0 && isVerbatim(one, file));
	const [above, below] = [wordyLine(file.lines, lines[0] ?? 0, -1), wordyLine(file.lines, lines.at(-1) ?? 0, 1)];
	const inBlock = away.some((one) => one.unit !== unit && (one.lines.includes(above) || one.lines.includes(below)));
	if (!isVerbatim(standing, file)) return inBlock && !atHome.has(unit);
	return inBlock || (!atHome.has(unit) && once.has(unit));
}

/** Without what formatters add and take away. */
function loose(text: string): string {
	return text.replaceAll(/[\s,;()'"`\\|]/g, '');
}

function isVerbatim({ unit, lines }: Standing, file: SeenFile): boolean {
	return lines.length === 1 && squeezed(file.lines[lines[0] ?? 0] ?? '') === unit.text;
}

function sameWriters(one: Unit, other: Unit): boolean {
	return one.writers.size === other.writers.size && [...one.writers].every((writer) => other.writers.has(writer));
}

/** Lines of an author that stand for more than one line of the file. */
function twice({ lines, authors }: SeenFile): string[] {
	const last = new Map<string, number>();
	const problems: string[] = [];
	for (const [index, { hunk, index: written, state }] of [...authors].sort(([a], [b]) => a - b)) {
		const key = `${hunk.n}:${written}`;
		const previous = last.get(key);
		const wrapped = previous !== undefined && lines.slice(previous + 1, index).every((line) => !isWordy(line));
		if (previous !== undefined && !wrapped)
			problems.push(`${index + 1}: ${hunk.author}'s line stands for line ${previous + 1} already (${state}): ${lines[index] ?? ''}`);
		last.set(key, index);
	}
	return problems;
}

function wordyLine(lines: readonly string[], index: number, step: 1 | -1): number {
	let at = index + step;
	while (lines[at] !== undefined && !isWordy(lines[at])) at += step;
	return at;
}

function isWordy(line: string | undefined): boolean {
	return wordsOf(line ?? '').length > 0;
}

function squeezed(text: string): string {
	return text.replaceAll(/\s/g, '');
}

function wordsOf(text: string): string[] {
	return text.match(/[\p{L}\p{N}_$]+/gu) ?? [];
}

function numbersIn(text: string): Set<number> {
	return new Set(Array.from(text.matchAll(/_(\d+)\b/g), ([, digits]) => Number(digits)));
}
