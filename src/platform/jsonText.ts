/** A value of a JSON text with its place in it. */
export interface JsonNode {
	readonly kind: 'object' | 'array' | 'other';
	readonly start: number;
	readonly end: number;
	/** Members of an object, items of an array (key '' there). */
	readonly children: readonly JsonChild[];
}

export interface JsonChild {
	readonly key: string;
	/** Where the member or item begins: at its key, if it has one. */
	readonly start: number;
	readonly value: JsonNode;
}

/** Text put into another, at a place that counts in the text before it. */
export interface Insertion {
	readonly at: number;
	readonly text: string;
}

/** The tree of a text that is known to be JSON. */
export function parseJsonText(text: string): JsonNode {
	return valueAt(text, skipBlanks(text, text.startsWith('\uFEFF') ? 1 : 0));
}

/** What is to be added at the end of an object or array, written as the text around it is. */
export function addition(text: string, container: JsonNode, depth: number, value: unknown, key?: string): Insertion {
	const style = styleOf(text);
	const inner = style.unit.repeat(depth + 1);
	const written = (unit: string) => `${key === undefined ? '' : `${JSON.stringify(key)}: `}${JSON.stringify(value, undefined, unit)}`;
	const block = `${style.newline}${inner}${written(style.unit).replaceAll('\n', `${style.newline}${inner}`)}`;
	const first = container.children[0];
	const last = container.children.at(-1);
	if (first === undefined || last === undefined) {
		const closes = text.slice(container.start, container.end).includes('\n') ? '' : `${style.newline}${style.unit.repeat(depth)}`;
		return { at: container.start + 1, text: `${block}${closes}` };
	}
	const onOneLine = !text.slice(container.start, first.start).includes('\n');
	return { at: last.value.end, text: onOneLine ? `, ${written('')}` : `,${block}` };
}

/** The text without one child of a container, and without the comma that parted it from its neighbour. */
export function withoutChild(text: string, container: JsonNode, child: JsonChild): string {
	const place = container.children.indexOf(child);
	const before = container.children[place - 1];
	const next = container.children[place + 1];
	if (before !== undefined) return text.slice(0, before.value.end) + text.slice(child.value.end);
	if (next !== undefined) return text.slice(0, child.start) + text.slice(next.start);
	return text.slice(0, container.start + 1) + text.slice(container.end - 1);
}

export function insert(text: string, { at, text: added }: Insertion): string {
	return text.slice(0, at) + added + text.slice(at);
}

/** Takes an insertion back; undefined when it does not stand there. */
export function takeBack(text: string, { at, text: added }: Insertion): string | undefined {
	return text.startsWith(added, at) ? text.slice(0, at) + text.slice(at + added.length) : undefined;
}

function styleOf(text: string): { unit: string; newline: string } {
	const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
	return { unit, newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

function valueAt(text: string, start: number): JsonNode {
	if (text[start] === '{' || text[start] === '[') return containerAt(text, start);
	if (text[start] === '"') return { kind: 'other', start, end: stringEnd(text, start), children: [] };
	let end = start;
	while (end < text.length && !/[\s,\]}]/.test(text[end] ?? '')) end++;
	return { kind: 'other', start, end, children: [] };
}

function containerAt(text: string, start: number): JsonNode {
	const kind = text[start] === '{' ? 'object' : 'array';
	const children: JsonChild[] = [];
	let at = skipBlanks(text, start + 1);
	while (at < text.length && text[at] !== '}' && text[at] !== ']') {
		const child = kind === 'object' ? memberAt(text, at) : { key: '', start: at, value: valueAt(text, at) };
		children.push(child);
		at = skipBlanks(text, child.value.end);
		if (text[at] === ',') at = skipBlanks(text, at + 1);
	}
	return { kind, start, end: at + 1, children };
}

function memberAt(text: string, start: number): JsonChild {
	const end = stringEnd(text, start);
	const colon = skipBlanks(text, end);
	return { key: String(JSON.parse(text.slice(start, end))), start, value: valueAt(text, skipBlanks(text, colon + 1)) };
}

function stringEnd(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
	return at + 1;
}

function skipBlanks(text: string, start: number): number {
	let at = start;
	while (/\s/.test(text[at] ?? '')) at++;
	return at;
}
