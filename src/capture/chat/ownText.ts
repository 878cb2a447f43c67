/**
 * The same text in memory of its own. What an expression finds in a line, or `slice` cuts out of it, is a view of that line:
 * kept for long, a short id keeps the whole line with it.
 */
export function ownText(text: string): string {
	return Buffer.from(text).toString();
}
