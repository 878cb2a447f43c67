import type { CodeChunk } from '../core/chunk';
import { plainWords } from '../core/identifiers';
import { docText } from './docText';

/**
 * The text whose vector stands for a chunk: words of the path, of the qualified symbol, of the documentation, then of the code.
 * The model reads about a hundred words, so what names the chunk comes first and nothing is said twice.
 */
export function embedText(filePath: string, chunk: CodeChunk): string {
	const doc = chunk.doc.split('\n').slice(0, docLines).join('\n');
	return [filePath, chunk.symbol, doc, codeOf(chunk)]
		.map((part) => plainWords(part.slice(0, mostCharacters)))
		.filter((part) => part !== '')
		.join(' ');
}

const docLines = 6;
/** More than fills the model's window, however short the words are. */
const mostCharacters = 2000;

/** The chunk's lines without those of its documentation. */
function codeOf({ text, doc }: CodeChunk): string {
	if (doc === '') return text;
	const said = new Set(doc.split('\n'));
	return text
		.split('\n')
		.filter((line) => !said.has(docText(line.trim())))
		.join('\n');
}
