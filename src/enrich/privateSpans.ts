/** With or without attributes. */
const tag = /<(\/?)private(?:\s[^<>]{0,400})?>/gi;
const replacement = '[private]';

/**
 * Replaces what stands between `<private>` and `</private>` by `[private]`.
 * Spans may be nested; one that is never closed reaches to the end, since leaving too much out is the safe mistake.
 */
export function redactPrivate(text: string): { text: string; count: number } {
	if (!text.includes('<') || !/<private(?:\s[^<>]{0,400})?>/i.test(text)) return { text, count: 0 };
	let kept = '';
	let from = 0;
	let depth = 0;
	let count = 0;
	for (const match of text.matchAll(tag)) {
		const closing = match[1] === '/';
		if (depth === 0 && closing) continue;
		if (depth === 0) {
			kept += text.slice(from, match.index) + replacement;
			count += 1;
		}
		depth += closing ? -1 : 1;
		if (depth === 0) from = match.index + match[0].length;
	}
	return { text: depth > 0 ? kept : kept + text.slice(from), count };
}
