import { lexicalTokens } from '../core/identifiers';

/** An FTS5 expression that finds any of the text's words; '' when it has none. */
export function anyWord(text: string): string {
	return quoted(tokensOf(text));
}

/** The same by the beginnings of longer words, so that `validate` finds `validation`. */
export function anyBeginning(text: string): string {
	const stems = tokensOf(text)
		.filter((token) => token.length >= 6)
		.map((token) => token.slice(0, Math.max(4, token.length - 3)));
	return [...new Set(stems)].map((stem) => `"${stem}"*`).join(' OR ');
}

export function tokensOf(text: string): string[] {
	return [...new Set(lexicalTokens(text).split(' '))].filter((token) => token !== '').slice(0, 64);
}

function quoted(tokens: readonly string[]): string {
	return tokens.map((token) => `"${token.replaceAll('"', '""')}"`).join(' OR ');
}
