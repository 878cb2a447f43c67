/** Longest output kept of a tool call, in characters. */
export const outputLimit = 4_096;

/** Longest string kept inside a tool call's arguments: whole files stand in the turn's edits, not here too. */
const argumentLimit = 4_096;

/** How deep arguments are kept; what lies deeper is named, so that no later step meets unbounded recursion. */
const depthLimit = 24;

/** The text, cut at the limit with a note of how much was left out. Never cuts a surrogate pair in two. */
export function boundedText(text: string, limit: number = outputLimit): string {
	return text.length <= limit ? text : `${beginning(text, limit)}… [cut, ${text.length} characters]`;
}

/** A tool's output, cut in its middle: how it ended stands at its end. */
export function boundedOutput(text: string): string {
	if (text.length <= outputLimit) return text;
	const tail = outputLimit / 4;
	const start = text.length - tail + (isHighSurrogate(text.charCodeAt(text.length - tail - 1)) ? 1 : 0);
	return `${beginning(text, outputLimit - tail)}… [cut, ${text.length} characters] …${text.slice(start)}`;
}

function beginning(text: string, limit: number): string {
	return text.slice(0, isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit);
}

/** Arguments of a tool call with long strings cut and deep nesting left out, so that they are safe to compare and to store. */
export function boundedArgs(value: unknown, depth = 0): unknown {
	if (typeof value === 'string') return boundedText(value, argumentLimit);
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= depthLimit) return '[cut, nested too deeply]';
	if (Array.isArray(value)) return value.map((part) => boundedArgs(part, depth + 1));
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, boundedArgs(part, depth + 1)]));
}

function isHighSurrogate(code: number): boolean {
	return code >= 0xd800 && code <= 0xdbff;
}
