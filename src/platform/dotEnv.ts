/** What a `.env` file says, and the 1-based lines that say nothing readable. */
export interface DotEnv {
	readonly variables: ReadonlyMap<string, string>;
	readonly damaged: readonly number[];
}

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/;

/**
 * Reads NAME=value lines with optional quotes and comments, the common subset of the format. A value in
 * quotes may not span lines here; such lines are reported as damaged rather than guessed at.
 */
export function parseDotEnv(text: string): DotEnv {
	const variables = new Map<string, string>();
	const damaged: number[] = [];
	for (const [index, raw] of text
		.replace(/^\uFEFF/, '')
		.split(/\r?\n/)
		.entries()) {
		if (/^\s*(#|$)/.test(raw)) continue;
		const match = assignment.exec(raw);
		const value = match?.[2] === undefined ? undefined : valueOf(match[2]);
		if (match?.[1] === undefined || value === undefined) damaged.push(index + 1);
		else variables.set(match[1], value);
	}
	return { variables, damaged };
}

function valueOf(raw: string): string | undefined {
	const quote = raw[0];
	if (quote === '"' || quote === "'") {
		const end = raw.indexOf(quote, 1);
		return end < 0 ? undefined : raw.slice(1, end);
	}
	return raw.replace(/\s+#.*$/, '').trim();
}
