/** Paragraphs of a chat text without code, logs, tables and the blocks that programs paste in; markdown marks are dropped. */
export function proseOf(text: string): string[] {
	const bare = text
		.replace(/(```|~~~)[\s\S]*?(?:\1|$)/g, '\n\n')
		.replace(/<([a-z][\w-]*)(?:\s[^<>]*)?>[\s\S]*?<\/\1>/gi, '\n\n')
		.replace(/<!--[\s\S]*?-->/g, '');
	return bare
		.split(/\n\s*\n/)
		.map((paragraph) => paragraph.split('\n').filter(isProse).map(withoutMarks).join('\n').trim())
		.filter((paragraph) => paragraph !== '');
}

/** Sentences of a paragraph on one line each. List items and lines that end like a sentence stand alone. */
export function sentencesOf(paragraph: string): string[] {
	return paragraph
		.split('\n')
		.flatMap((line) => line.split(/(?<=[.!?…])["')\]]?\s+(?=[\p{Lu}\p{N}"'([])/u))
		.map((sentence) => sentence.replace(/\s+/g, ' ').trim())
		.filter((sentence) => sentence !== '');
}

const pasted: readonly RegExp[] = [
	/^\s*(?:at\s+\S+\s*\(|at\s+\S+:\d+|File ".*", line \d+|Traceback \(most recent)/,
	/^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d/,
	/^\s*(?:\[\w+\]|\d\d:\d\d:\d\d|(?:INFO|WARN(?:ING)?|ERROR|DEBUG|TRACE|FATAL)\b[\s:|[])/,
	/^\s*(?:[$%#>❯]\s|\+\+\+ |--- |@@ |diff --git|index [0-9a-f]{7,}|\d+\s*[|│→])/,
	/^\s*\|.*\|\s*$/,
	/[{};]\s*$/,
	/^\s*(?:import|export|const|let|var|def|return|#include|package|using)\s[^.]*[=({'"]/,
	/^\s*[-=*_]{3,}\s*$/,
	/^\s*(?:npm|yarn|pnpm) (?:ERR!|WARN|error)/i,
];

/** False for a line of code, of a log, of a table or of a diff. */
function isProse(line: string): boolean {
	if (pasted.some((pattern) => pattern.test(line))) return false;
	const letters = line.replace(/[^\p{L}\s]/gu, '').length;
	return line.trim() === '' || letters >= line.length * 0.6;
}

function withoutMarks(line: string): string {
	return line
		.replace(/^\s*#{1,6}\s+/, '')
		.replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '')
		.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
		.replace(/(\*\*|__)(.+?)\1/g, '$2')
		.replace(/(?<![\w*])\*([^*\s][^*]*)\*(?!\w)/g, '$1')
		.replaceAll('`', '')
		.trim();
}
