import { redactAssignments } from './secretAssignments';
import { redactRandom } from './secretEntropy';
import { foundBySecretlint } from './secretlint';
import { redactTokens } from './secretTokens';
import { redactPrivate } from './privateSpans';
import { suspectsIn } from './suspectLines';

/** A text without its secrets, and how many were taken out. */
export interface Redacted {
	readonly text: string;
	readonly count: number;
}

/** All rules, over every character of the text. */
export async function applyRules(text: string): Promise<Redacted> {
	let done: Redacted = { text, count: 0 };
	for (const step of [redactPrivate, redactTokens, redactAssignments, redactRandom]) {
		const next = step(done.text);
		done = { text: next.text, count: done.count + next.count };
	}
	const found = await foundBySecretlint(done.text);
	return found.count === 0 ? done : { text: found.text, count: done.count + found.count };
}

/** No rule reaches over it. */
const border = '\n\0\n';

/** The same as `applyRules`, with the rules looking at suspect lines only. */
export async function applyRulesWhereNeeded(text: string): Promise<Redacted> {
	const suspects = suspectsIn(text);
	if (suspects === 'none') return { text, count: 0 };
	if (suspects === 'whole' || text.includes('\0')) return applyRules(text);
	const done = await applyRules(suspects.map(({ start, end }) => text.slice(start, end)).join(border));
	if (done.count === 0) return { text, count: 0 };
	const parts = done.text.split(border);
	if (parts.length !== suspects.length) return applyRules(text);
	let result = '';
	let from = 0;
	for (const [place, { start, end }] of suspects.entries()) {
		result += text.slice(from, start) + (parts[place] ?? '');
		from = end;
	}
	return { text: result + text.slice(from), count: done.count };
}
