/** How far back a definition is looked for. */
const reach = 400;

const definitions: readonly RegExp[] = [
	/^\s*(?:export\s+)?(?:default\s+)?(?:public\s+|private\s+|protected\s+|static\s+|abstract\s+|async\s+|override\s+|pub(?:\([^)]*\))?\s+|unsafe\s+)*(?:function\*?|def|fn|func|class|interface|struct|enum|trait|impl|module|namespace|type)\s+(?:\([^)]*\)\s*)?([A-Za-z_$][\w$]*)/,
	/^\s*(?:export\s+)?(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\([^)]*\)|[A-Za-z_$][\w$]*)\s*(?::[^=]+)?=>/,
	/^\s+(?:public\s+|private\s+|protected\s+|static\s+|async\s+|override\s+|get\s+|set\s+|readonly\s+)*([A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\([^;]*\)\s*(?::[^={]+)?\{\s*$/,
];

const noNames = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'with', 'else', 'do']);

/**
 * Name of the definition that a place lies in, guessed from the nearest line above it that looks like one and is
 * not indented deeper than the place. '' where none is near. A guess is enough here: the index knows better
 * and is asked later, off the typing path.
 */
export function enclosingSymbol(text: string, offset: number): string {
	const lineEnd = text.indexOf('\n', offset);
	const lines = text
		.slice(0, lineEnd === -1 ? text.length : lineEnd)
		.split('\n')
		.slice(-reach);
	let indent = Number.POSITIVE_INFINITY;
	for (const [back, line] of lines.reverse().entries()) {
		if (line.trim() === '') continue;
		const depth = line.length - line.trimStart().length;
		if (depth > indent || (back > 0 && depth === indent)) continue;
		indent = depth;
		const name = definedName(line);
		if (name !== undefined) return name;
	}
	return '';
}

function definedName(line: string): string | undefined {
	if (line.length > 400) return undefined;
	for (const definition of definitions) {
		const name = definition.exec(line)?.[1];
		if (name !== undefined && !noNames.has(name)) return name;
	}
	return undefined;
}
