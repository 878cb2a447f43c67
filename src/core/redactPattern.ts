/** A rule of the user's own for what must not be kept. */
export interface RedactPattern {
	/** Stands in the placeholder: `[redacted:<name>]`. */
	readonly name: string;
	readonly source: string;
	readonly flags: string;
}

const unnamed = 'own-pattern';

/**
 * Reads patterns, one a line: a regular expression, `/expression/flags`, or `name: /expression/flags`. Flags are `i`, `m`, `s` and `u`.
 * Blank lines and lines that begin with `#` say nothing. Throws an Error that names the line it cannot use.
 */
export function parseRedactPatterns(text: string): RedactPattern[] {
	return text
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'))
		.map(parsed);
}

function parsed(line: string): RedactPattern {
	const [, name = unnamed, source, flags = ''] = /^(?:([a-z0-9][a-z0-9-]{0,39}):\s*)?\/(.+)\/([imsu]*)$/.exec(line) ?? [];
	const pattern = { name, source: source ?? line, flags };
	if (pattern.source.length > longest) throw new Error(`"${line.slice(0, 60)}…" is longer than ${longest} characters`);
	if (expressionOf(pattern, line).test('')) throw new Error(`"${line}" matches the empty text, so it would match everywhere`);
	return pattern;
}

const longest = 1000;

function expressionOf({ source, flags }: RedactPattern, line: string): RegExp {
	try {
		return new RegExp(source, flags);
	} catch (cause) {
		throw new Error(`"${line}" is no regular expression (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
	}
}
