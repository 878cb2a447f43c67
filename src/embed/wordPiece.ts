/** Text to token ids. */
export interface WordPiece {
	/** Ids of the text between the model's start and end marks, at most `limit` of them altogether. */
	encode(text: string, limit: number): number[];
}

/**
 * The tokeniser of uncased BERT models: lower case, accents off, words and single punctuation marks, each word cut to its longest known pieces.
 * `vocabulary` is the model's vocab.txt: a piece a line, its number is its id.
 */
export function createWordPiece(vocabulary: string): WordPiece {
	const ids = new Map(vocabulary.split('\n').map((piece, id) => [piece.trimEnd(), id]));
	const [start, end, unknown] = ['[CLS]', '[SEP]', '[UNK]'].map((mark) => idOf(ids, mark));
	if (start === undefined || end === undefined || unknown === undefined) throw new Error('The vocabulary is empty.');
	const known = new Map<string, readonly number[]>();

	function piecesOf(word: string): readonly number[] {
		const before = known.get(word);
		if (before !== undefined) return before;
		const pieces = cut(word, ids) ?? [unknown ?? 0];
		if (known.size >= mostKnown) known.clear();
		known.set(word, pieces);
		return pieces;
	}

	return {
		encode(text, limit) {
			const tokens = [start];
			for (const [word] of normalized(text.slice(0, limit * longestWord)).matchAll(words)) {
				for (const part of ascii.test(word) ? [word] : word.split(punctuation)) if (part !== '') tokens.push(...piecesOf(part));
				if (tokens.length >= limit) break;
			}
			return [...tokens.slice(0, limit - 1), end];
		},
	};
}

const longestWord = 100;
const mostKnown = 100_000;
const ascii = /^[\x20-\x7e]*$/;
const plain = /^[\x20-\x7e\t\n\r]*$/;
/** A mark of ASCII punctuation, or a run of anything else but white space. */
const words = /[!-/:-@[-`{-~]|[^\s!-/:-@[-`{-~]+/g;
const punctuation = /(\p{P})/u;

function idOf(ids: ReadonlyMap<string, number>, mark: string): number {
	const id = ids.get(mark);
	if (id === undefined) throw new Error(`The vocabulary has no ${mark}.`);
	return id;
}

function normalized(text: string): string {
	if (plain.test(text)) return text.toLowerCase();
	return text
		.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\uFFFD]/gu, (character) => (/[\t\n\r]/.test(character) ? ' ' : ''))
		.replace(/[\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu, ' $& ')
		.normalize('NFD')
		.replace(/\p{Mn}/gu, '')
		.toLowerCase();
}

/** The longest known piece again and again; undefined when some rest is no known piece. */
function cut(word: string, ids: ReadonlyMap<string, number>): number[] | undefined {
	if (word.length > longestWord && Array.from(word).length > longestWord) return undefined;
	const pieces: number[] = [];
	for (let from = 0; from < word.length;) {
		const prefix = from === 0 ? '' : '##';
		let to = word.length;
		while (to > from && !ids.has(prefix + word.slice(from, to))) to--;
		const id = ids.get(prefix + word.slice(from, to));
		if (to === from || id === undefined) return undefined;
		pieces.push(id);
		from = to;
	}
	return pieces;
}
