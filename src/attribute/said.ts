/**
 * What a line says, whatever its layout. Lines are compared by their *print*, a hash of the words and marks without white space,
 * and, where a formatter may have been at work, by their *words*: without the marks that formatters add and take away.
 */
export interface Said {
	/** 53-bit hash of words and marks; 0 for a blank line. */
	readonly print: number;
	/** Words and the marks that no formatter touches, each between blanks: ` a = b `; one blank when there are none. */
	readonly words: string;
	/** False for brackets, lone keywords and the like, which stand everywhere and tell nothing about where they came from. */
	readonly telling: boolean;
}

/** The rest of a longer line, minified code or data, counts as one word. */
const longestLine = 4000;
const pieces = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;
/** Quotes, brackets and separators: Prettier, Black and gofmt add, drop or exchange them. */
const layoutMarks = new Set([',', ';', '(', ')', "'", '"', '`', '\\']);

export function said(line: string): Said {
	const parts: string[] = [...(line.slice(0, longestLine).match(pieces) ?? [])];
	if (parts.length === 0) return blank;
	if (line.length > longestLine) parts.push(String(hash53(line.slice(longestLine))));
	const words = parts.filter((part) => !layoutMarks.has(part));
	return {
		print: hash53(parts.join(' ')),
		words: words.length === 0 ? ' ' : ` ${words.join(' ')} `,
		telling: isTelling(parts),
	};
}

export const blank: Said = { print: 0, words: ' ', telling: false };

/** Lines of a text; a last line break ends a line and begins none. */
export function linesOf(text: string): string[] {
	const lines = text.split(/\r\n|\n|\r/);
	if (lines.at(-1) === '') lines.pop();
	return lines;
}

/** Five letters or digits: `return x` tells, `} else {` and `end` do not. */
function isTelling(parts: readonly string[]): boolean {
	let letters = 0;
	for (const part of parts) if (/^[\p{L}\p{N}_$]/u.test(part) && !everywhere.has(part)) letters += part.length;
	return letters >= 3 && parts.join('').length >= 5;
}

/** Words that stand alone on a line in one language or another. */
const everywhere = new Set([
	'else',
	'end',
	'endif',
	'fi',
	'done',
	'esac',
	'return',
	'break',
	'continue',
	'try',
	'finally',
	'do',
	'begin',
	'pass',
	'default',
	'then',
	'null',
	'import',
	'export',
]);

/** cyrb53, public domain: fast, well spread, and small enough for a whole number of JavaScript and SQLite. */
export function hash53(text: string): number {
	let [h1, h2] = [0xdeadbeef, 0x41c6ce57];
	for (let index = 0; index < text.length; index++) {
		const code = text.charCodeAt(index);
		h1 = Math.imul(h1 ^ code, 2654435761);
		h2 = Math.imul(h2 ^ code, 1597334677);
	}
	h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
	h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
	return 4294967296 * (2097151 & h2) + (h1 >>> 0) + 1;
}

/** How much of the words of two lines is the same, in the same order or not: 0 to 1. */
export function likeness(one: string, other: string): number {
	const [a, b] = [one.trim().split(' '), other.trim().split(' ')];
	if (a.length > mostWords || b.length > mostWords) return 0;
	const counts = new Map<string, number>();
	for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
	let shared = 0;
	for (const word of b) {
		const left = counts.get(word) ?? 0;
		if (left > 0) {
			shared++;
			counts.set(word, left - 1);
		}
	}
	return (2 * shared) / (a.length + b.length);
}

const mostWords = 500;
