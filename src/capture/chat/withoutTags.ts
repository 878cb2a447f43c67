/**
 * The text without `<name>…</name>` of the given names and the white space behind each. One that is not closed stays.
 * Looks at every character a fixed number of times: a pattern that runs to the end for each opening would stand still
 * on a long text full of openings.
 */
export function withoutTags(text: string, names: readonly string[]): string {
	if (!names.some((name) => text.includes(`<${name}>`))) return text;
	const unclosed = new Set<string>();
	const parts: string[] = [];
	let kept = 0;
	for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
		const name = names.find((one) => !unclosed.has(one) && text.startsWith(`<${one}>`, at));
		const close = name === undefined ? -1 : text.indexOf(`</${name}>`, at);
		if (name === undefined || close === -1) {
			if (name !== undefined) unclosed.add(name);
			at += 1;
			continue;
		}
		parts.push(text.slice(kept, at));
		kept = endOfSpace(text, close + name.length + 3);
		at = kept;
	}
	return parts.join('') + text.slice(kept);
}

/** What stands between `<name>` and `</name>`, the first time; undefined when there is no such pair. */
export function tagged(text: string, name: string): string | undefined {
	const open = text.indexOf(`<${name}>`);
	const close = open === -1 ? -1 : text.indexOf(`</${name}>`, open);
	return close === -1 ? undefined : text.slice(open + name.length + 2, close);
}

function endOfSpace(text: string, from: number): number {
	const space = /\S/g;
	space.lastIndex = from;
	return space.exec(text)?.index ?? text.length;
}
