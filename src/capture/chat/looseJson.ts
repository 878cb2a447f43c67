/**
 * JSON in which raw control characters stand inside texts, as some assistants write it, with them escaped. Valid JSON stays as it is,
 * since there they only stand between values.
 */
export function withEscapedControls(json: string): string {
	return json.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (text) => text.replace(/\p{Cc}/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
