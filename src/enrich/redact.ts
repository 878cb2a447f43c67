import { isSecretPair } from './secretAssignments';
import type { Redacted } from './secretRules';
import { applyRulesWhereNeeded } from './secretRules';
import { placeholder } from './secretTokens';

/** Takes secrets out of text. */
export interface Redactor {
	/** Replaces every secret by `[redacted:<kind>]` and private spans by `[private]`. Redacting twice changes nothing. */
	redact(text: string): Promise<Redacted>;
	/** The same for every string inside a value, keys of objects too. Keeps the value's shape; what is nested beyond reason is left out. */
	redactDeep(value: unknown): Promise<{ value: unknown; count: number }>;
}

/** Our own table, values that look random, and the recommended rules of secretlint, which others maintain. */
export function createRedactor(): Redactor {
	return { redact, redactDeep: (value) => redactValue(value, 0) };
}

/** Passes are repeated until none finds anything, which makes redaction idempotent; one pass is the rule, this many the limit. */
const mostPasses = 8;

async function redact(text: string): Promise<Redacted> {
	let done: Redacted = { text, count: 0 };
	for (let pass = 0; pass < mostPasses; pass += 1) {
		const next = await applyRulesWhereNeeded(done.text);
		if (next.count === 0) return done;
		done = { text: next.text, count: done.count + next.count };
	}
	return done;
}

/** Far deeper than any tool's arguments; keeps a hostile value from overflowing the stack. */
const depthLimit = 100;

async function redactValue(value: unknown, depth: number): Promise<{ value: unknown; count: number }> {
	if (typeof value === 'string') {
		const { text, count } = await redact(value);
		return { value: text, count };
	}
	if (typeof value !== 'object' || value === null) return { value, count: 0 };
	if (depth >= depthLimit) return { value: '[nested too deeply]', count: 0 };
	return Array.isArray(value) ? redactList(value, depth) : redactObject(value, depth);
}

async function redactList(list: readonly unknown[], depth: number): Promise<{ value: unknown[]; count: number }> {
	const parts: unknown[] = [];
	let count = 0;
	for (const part of list) {
		const done = await redactValue(part, depth + 1);
		parts.push(done.value);
		count += done.count;
	}
	return { value: parts, count };
}

async function redactObject(object: object, depth: number): Promise<{ value: Record<string, unknown>; count: number }> {
	const entries = new Map<string, unknown>();
	let count = 0;
	for (const [key, part] of Object.entries(object)) {
		const name = await redact(key);
		// A value may be a secret only because of the name it stands under.
		const done = isSecretPair(key, part) ? { value: placeholder('assigned-secret'), count: 1 } : await redactValue(part, depth + 1);
		entries.set(freeKey(entries, name.text), done.value);
		count += name.count + done.count;
	}
	return { value: Object.fromEntries(entries), count };
}

/** Two keys may become equal by redaction; neither value may be lost. */
function freeKey(entries: ReadonlyMap<string, unknown>, wanted: string): string {
	let key = wanted;
	for (let number = 2; entries.has(key); number += 1) key = `${wanted}#${number}`;
	return key;
}
