import type { RedactPattern } from '../core/redactPattern';
import { redactOwn } from './ownPatterns';
import type { RunBounded } from './ownPatterns';
import { isSecretPair } from './secretAssignments';
import { isRandomPair } from './secretEntropy';
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

/** What the user says must not be kept either. */
export interface OwnRules {
	patterns(): readonly RedactPattern[];
	readonly run: RunBounded;
}

/**
 * Our own table, values that look random, the recommended rules of secretlint, which others maintain, and what the user adds.
 * All texts go the same way, whatever they were part of.
 */
export function createRedactor(own?: OwnRules): Redactor {
	const redact = (text: string) => redactAll(text, own);
	return { redact, redactDeep: (value) => redactValue(value, 0, redact) };
}

type Redact = (text: string) => Promise<Redacted>;

/** Passes are repeated until none finds anything, which makes redaction idempotent; one pass is the rule, this many the limit. */
const mostPasses = 8;

async function redactAll(text: string, own: OwnRules | undefined): Promise<Redacted> {
	let done: Redacted = { text, count: 0 };
	for (let pass = 0; pass < mostPasses; pass += 1) {
		const next = await onePass(done.text, own);
		if (next.count === 0) return done;
		done = { text: next.text, count: done.count + next.count };
	}
	return done;
}

async function onePass(text: string, own: OwnRules | undefined): Promise<Redacted> {
	const done = await applyRulesWhereNeeded(text);
	const patterns = own?.patterns() ?? [];
	if (own === undefined || patterns.length === 0) return done;
	const more = redactOwn(done.text, patterns, own.run);
	return { text: more.text, count: done.count + more.count };
}

/** Far deeper than any tool's arguments; keeps a hostile value from overflowing the stack. */
const depthLimit = 100;

async function redactValue(value: unknown, depth: number, redact: Redact): Promise<{ value: unknown; count: number }> {
	if (typeof value === 'string') {
		const { text, count } = await redact(value);
		return { value: text, count };
	}
	if (typeof value !== 'object' || value === null) return { value, count: 0 };
	if (depth >= depthLimit) return { value: '[nested too deeply]', count: 0 };
	return Array.isArray(value) ? redactList(value, depth, redact) : redactObject(value, depth, redact);
}

async function redactList(list: readonly unknown[], depth: number, redact: Redact): Promise<{ value: unknown[]; count: number }> {
	const parts: unknown[] = [];
	let count = 0;
	for (const part of list) {
		const done = await redactValue(part, depth + 1, redact);
		parts.push(done.value);
		count += done.count;
	}
	return { value: parts, count };
}

async function redactObject(object: object, depth: number, redact: Redact): Promise<{ value: Record<string, unknown>; count: number }> {
	const entries = new Map<string, unknown>();
	let count = 0;
	for (const [key, part] of Object.entries(object)) {
		const name = await redact(key);
		// A value may be a secret only because of the name it stands under.
		const kind = isSecretPair(key, part) ? 'assigned-secret' : isRandomPair(key, part) ? 'high-entropy' : undefined;
		const done = kind === undefined ? await redactValue(part, depth + 1, redact) : { value: placeholder(kind), count: 1 };
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
