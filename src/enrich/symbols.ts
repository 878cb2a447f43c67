/**
 * Qualified names (`Foo.bar`) of the definitions that enclose the given lines, counted from 0.
 *
 * Looks at single lines only, by indentation and the usual words of definitions, so it works on snippets and in any
 * language roughly. The code index knows better; this serves texts that no index has seen.
 */
export function symbolsAt(text: string, places: readonly number[]): string[] {
	const lines = text.split('\n');
	const names = new Set<string>();
	for (const place of places) {
		const path = enclosing(lines, place);
		if (path.length > 0) names.add(path.join('.'));
	}
	return [...names];
}

/** A change is looked up over at most this many lines. */
const farthest = 2_000;

function enclosing(lines: readonly string[], place: number): string[] {
	const own = lines[place] ?? '';
	if (own.trim() === '') return [];
	let limit = indentOf(own);
	const path: string[] = [];
	const itself = definedName(own);
	if (itself !== undefined) path.unshift(itself);
	for (let index = place - 1; index >= Math.max(0, place - farthest) && limit > 0; index -= 1) {
		const line = lines[index] ?? '';
		if (line.trim() === '' || indentOf(line) >= limit) continue;
		const name = definedName(line);
		// A lone bracket or a continued signature does not end the block it stands in.
		if (name === undefined && /^\s*[)\]}>]/.test(line)) continue;
		limit = indentOf(line);
		if (name !== undefined) path.unshift(name);
	}
	return path;
}

function indentOf(line: string): number {
	const blank = /^[ \t]*/.exec(line)?.[0] ?? '';
	return blank.replaceAll('\t', '    ').length;
}

const modifiers =
	'(?:(?:export|default|declare|public|private|protected|internal|static|abstract|final|async|override|readonly|virtual|inline|unsafe|extern|sealed|partial|open|data|suspend|pub(?:\\([a-z]+\\))?|@\\w+)\\s+)*';

const definitions: readonly RegExp[] = [
	new RegExp(
		`^\\s*${modifiers}(?:class|interface|struct|enum|trait|module|namespace|object|protocol|extension|record|impl(?:<[^>]*>)?(?:\\s+\\w+\\s+for)?)\\s+([A-Za-z_$][\\w$]*)`,
	),
	new RegExp(`^\\s*${modifiers}(?:function\\s*\\*?|func|fn|def|fun|sub|proc)\\s+(?:\\([^)]*\\)\\s*)?(?:self\\.)?([A-Za-z_$][\\w$]*[?!]?)`),
	/^\s*(?:export\s+)?(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=]{1,200})?=\s*(?:async\s*)?(?:function\b|\([^)]*\)\s*(?::[^=]{1,100})?=>|[A-Za-z_$][\w$]*\s*=>)/,
	/^(?:export\s+)?(?:const|let|var|type)\s+([A-Za-z_$][\w$]*)\s*(?::[^=]{1,200})?=/,
	new RegExp(`^\\s+${modifiers}(?:(?:get|set)\\s+)?(?:\\*\\s*)?#?([A-Za-z_$][\\w$]*)\\s*(?:<[^>]*>)?\\([^;]*\\)\\s*(?::[^{;]+)?\\{\\s*$`),
	new RegExp(
		`^\\s*${modifiers}(?:[A-Za-z_][\\w<>\\[\\],.&*:]*\\s+){1,4}[*&]?([A-Za-z_~]\\w*)\\s*\\([^;={]*\\)\\s*(?:const\\s*)?(?:throws\\s[\\w, .]+)?\\{\\s*$`,
	),
];
const notNames = new Set([
	'if',
	'for',
	'while',
	'switch',
	'catch',
	'return',
	'else',
	'do',
	'function',
	'with',
	'new',
	'await',
	'yield',
	'elif',
	'when',
	'match',
	'loop',
	'constructor_',
]);
const notStarts = /^\s*(?:return|else|throw|new|await|yield|case|if|for|while|switch|catch|import|from|\/\/|#|\*)\b/;

/** The name that a line defines; undefined when it defines none. */
export function definedName(line: string): string | undefined {
	if (line.length > 300 || notStarts.test(line)) return undefined;
	for (const pattern of definitions) {
		const name = pattern.exec(line)?.[1];
		if (name !== undefined && !notNames.has(name)) return name;
	}
	return undefined;
}
