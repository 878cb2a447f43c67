/**
 * Words of source text and of questions about it. The lexical index and the query must both go through `lexicalTokens`,
 * so that `parseHeaders`, `parse_header` and "parsing a header" meet in the same tokens.
 */

/** The words of every identifier in lower case, in order; an identifier of several words is followed by its whole self. */
export function splitIdentifiers(text: string): string[] {
	const words: string[] = [];
	for (const [identifier] of text.normalize('NFC').matchAll(identifiers)) words.push(...wordsOf(identifier));
	return words;
}

/** Stemmed tokens joined by blanks, as they stand in a full-text column or are quoted one by one in a MATCH. Common English words are left out. */
export function lexicalTokens(text: string): string {
	const tokens: string[] = [];
	for (const [identifier] of text.normalize('NFC').matchAll(identifiers)) {
		const known = tokensOfIdentifier.get(identifier);
		if (known !== undefined) {
			if (known !== '') tokens.push(known);
			continue;
		}
		const made = wordsOf(identifier)
			.filter((word) => !stopWords.has(word))
			.map(stem)
			.join(' ');
		if (tokensOfIdentifier.size >= cacheLimit) tokensOfIdentifier.clear();
		tokensOfIdentifier.set(identifier, made);
		if (made !== '') tokens.push(made);
	}
	return tokens.join(' ');
}

/** The text as plain words for an embedding model: identifiers split, lower case, punctuation and layout dropped. */
export function plainWords(text: string): string {
	return splitWords(text.normalize('NFC')).replace(notWord, ' ').trim().toLowerCase();
}

/**
 * Takes off plural and verb endings until nothing more comes off, so that `parse`, `parses`, `parsed` and `parsing` are one token.
 * Crude on purpose: both sides of a search do the same, and a stem need not be a word.
 */
export function stem(word: string): string {
	const next = withoutEnding(word);
	return next === word ? word : stem(next);
}

function withoutEnding(word: string): string {
	if (word.length < 4 || word.endsWith('ss')) return word;
	for (const [ending, replacement] of endings) {
		const rest = word.slice(0, -ending.length) + replacement;
		if (word.endsWith(ending) && rest.length >= 3) return verbal.has(ending) && rest.length > 3 ? rest.replace(doubled, '$1') : rest;
	}
	return word;
}

const identifiers = /[\p{L}_][\p{L}\p{M}\p{N}_]*|\p{N}+/gu;
const notWord = /[^\p{L}\p{M}\p{N}]+/gu;
const endings = [
	['ies', 'y'],
	['sses', 'ss'],
	['ches', 'ch'],
	['shes', 'sh'],
	['xes', 'x'],
	['s', ''],
	['ing', ''],
	['ed', ''],
	['e', ''],
] as const;
const verbal = new Set<string>(['ing', 'ed']);
/** `stopp` of `stopping`. */
const doubled = /([bdgmnprt])\1$/;
const stopWords = new Set('the a an of to in for and or is are be it this that with as by on at from if not'.split(' '));
const cacheLimit = 50_000;
const tokensOfIdentifier = new Map<string, string>();

function wordsOf(identifier: string): string[] {
	const parts = splitWords(identifier)
		.toLowerCase()
		.split(' ')
		.filter((part) => part !== '');
	return parts.length > 1 ? [...parts, identifier.toLowerCase()] : parts;
}

/** `parseHTTPHeader2` to `parse HTTP Header 2`, `a_b` to `a b`. */
function splitWords(text: string): string {
	return text
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
		.replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
		.replace(/(\p{L})(\p{N})/gu, '$1 $2')
		.replaceAll('_', ' ');
}
