import type { Redactor } from './redact';

/** Something in a text that redaction takes out. */
export interface RedactionFind {
	readonly kind: string;
	/** From 1. */
	readonly line: number;
	/** From 1, in UTF-16 units. */
	readonly column: number;
	/** What may be shown of it: its beginning when it is long, and its length. */
	readonly preview: string;
}

const placed = /\[redacted:([a-z0-9-]+)\]|\[(private)\]/g;

/** What redaction would take out of a text. Told by comparing it with what is left, so that it is what really happens. */
export async function findsIn(text: string, redactor: Redactor): Promise<RedactionFind[]> {
	const { text: left, count } = await redactor.redact(text);
	if (count === 0) return [];
	const finds: RedactionFind[] = [];
	const marks = [...left.matchAll(placed)];
	let from = 0;
	let at = 0;
	for (const [place, mark] of marks.entries()) {
		from += mark.index - at;
		at = mark.index + mark[0].length;
		if (text.startsWith(mark[0], from)) {
			from += mark[0].length;
			continue;
		}
		const next = left.slice(at, marks[place + 1]?.index);
		const end = next === '' ? text.length : place === marks.length - 1 ? text.length - next.length : text.indexOf(next, from);
		const stop = end < from ? text.length : end;
		finds.push({ kind: mark[1] ?? mark[2] ?? '', ...placeOf(text, from), preview: masked(text.slice(from, stop)) });
		from = stop;
	}
	return finds;
}

function placeOf(text: string, index: number): { line: number; column: number } {
	const before = text.slice(0, index);
	return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

function masked(secret: string): string {
	const shown = secret.length >= 20 ? secret.slice(0, 4).replace(/\s/g, ' ') : '';
	return `${shown}… (${secret.length} characters)`;
}
