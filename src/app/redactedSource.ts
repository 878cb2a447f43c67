import type { Redactor } from '../enrich/redact';

/** Source text without its secrets, with as many lines as before, so that chunks still name the lines of the file. */
export async function redactedSource(text: string, redactor: Redactor): Promise<string> {
	const done = await redactor.redact(text);
	return done.count === 0 ? text : aligned(text.split('\n'), done.text.split('\n')).join('\n');
}

/** A secret of several lines became one: blank lines fill the place of the others. */
function aligned(original: readonly string[], redacted: readonly string[]): string[] {
	let missing = original.length - redacted.length;
	const lines: string[] = [];
	for (const [index, line] of redacted.entries()) {
		const next = redacted[index + 1];
		const changed = line !== original[lines.length];
		lines.push(line);
		if (!changed || missing <= 0) continue;
		const skipped = next === undefined ? missing : Math.max(0, original.slice(lines.length, lines.length + missing + 1).indexOf(next));
		for (let blank = 0; blank < skipped; blank++) lines.push('');
		missing -= skipped;
	}
	return lines;
}
