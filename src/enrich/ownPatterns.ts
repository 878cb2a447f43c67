import type { RedactPattern } from '../core/redactPattern';
import type { Redacted } from './secretRules';
import { placeholder } from './secretTokens';

/** Runs work and stops it after a while; false when it was stopped. */
export type RunBounded = (work: () => void, limitMs: number) => boolean;

/** Longer than any expression needs that does not run astray, over the largest text, on a machine with other work. */
const limitMs = 2000;

/** What was put in place of something stays. */
const placed = /(\[redacted:[a-z0-9-]+\]|\[private\]|\[not captured: [a-z ]+\])/;

/** Replaces what the user's own patterns match. A text over which a pattern runs astray goes as a whole: leaving too much out is the safe mistake. */
export function redactOwn(text: string, patterns: readonly RedactPattern[], run: RunBounded): Redacted {
	let done: Redacted = { text, count: 0 };
	for (const pattern of patterns) {
		const next = redactOne(done.text, pattern, run);
		done = { text: next.text, count: done.count + next.count };
	}
	return done;
}

function redactOne(text: string, { name, source, flags }: RedactPattern, run: RunBounded): Redacted {
	const expression = new RegExp(source, `${flags}g`);
	let count = 0;
	let result = text;
	const work = () => {
		result = text
			.split(placed)
			.map((part, place) => (place % 2 === 1 ? part : part.replace(expression, (match) => (match === '' ? '' : ((count += 1), placeholder(name))))))
			.join('');
	};
	if (run(work, limitMs)) return { text: result, count };
	const whole = placeholder(name);
	return text === whole ? { text, count: 0 } : { text: whole, count: 1 };
}

/** A pattern that runs astray on one of these would do so sooner or later. Returns its place in the list, -1 when all are fine. */
export function astray(patterns: readonly RedactPattern[], run: RunBounded): number {
	return patterns.findIndex(({ source, flags }) => {
		const expression = new RegExp(source, `${flags}g`);
		return probesFor(source).some((probe) => !run(() => void expression.test(probe), limitMs));
	});
}

/** Long repetitions of what the expression itself speaks of, with an end that does not fit. */
function probesFor(source: string): string[] {
	const spoken = source.replace(/\\[A-Za-z]/g, '').match(/[\p{L}\p{N}@._=:/-]/gu) ?? [];
	const letters = new Set(['a', '0', ' ', 'A', '-', '/', 'a0', 'a ', 'a.', ...spoken.slice(0, 40)]);
	return [...letters].map((letter) => `${letter.repeat(4000 / letter.length)}\u0001`);
}
