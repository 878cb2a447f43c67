import { placeholder } from './secretTokens';

/** Words in the name of a value that is likely to be secret; wider than the names that need no look at the value. */
const nameWord = '(?:auth|bearer|cookie|cred|dsn|key|login|pass|pwd|salt|secret|session|sig|signature|token|webhook)';

const assigned = new RegExp(
	`(?<![A-Za-z0-9])(?<name>[A-Za-z0-9_.-]{0,40}?${nameWord}[A-Za-z0-9_.-]{0,24})(?<sign>\\\\*["'\`]?\\]?\\s{0,4}(?::=|=>|[:=])\\s{0,4}\\\\*["'\`]?)(?<value>[A-Za-z0-9+/_=-]{24,128})(?![A-Za-z0-9+/_=.(-])`,
	'gi',
);

/** What every find holds. */
export const entropyTraces: readonly string[] = [
	`${nameWord}[A-Za-z0-9_.-]{0,24}\\\\*["'\`]?\\]?\\s{0,4}(?::=|=>|[:=])\\s{0,4}\\\\*["'\`]?[A-Za-z0-9+/_=-]{24}`,
];

/** Names that hold such a word and are public all the same. */
const publicName = /public|integrity|checksum|sha\d|md5|digest|hash|key[_-]?id|monkey|keyboard|keyframe|sort|cache|foreign|primary/i;

/** Bits a character. Hexadecimal digits cannot have more than 4, words of a language rarely have more than 4 either. */
const leastEntropy = 4.2;

/** Replaces random-looking values under names that hint at a secret. Hashes, ids and words stay. */
export function redactRandom(text: string): { text: string; count: number } {
	let count = 0;
	const result = text.replace(assigned, (all: string, name: string, sign: string, value: string) => {
		if (publicName.test(name) || !isRandom(value)) return all;
		count += 1;
		return `${name}${sign}${placeholder('high-entropy')}`;
	});
	return { text: result, count };
}

const wholeName = new RegExp(`^[A-Za-z0-9_.-]{0,40}?${nameWord}[A-Za-z0-9_.-]{0,24}$`, 'i');

/** True for such a value in an object, where name and value are not in one text. */
export function isRandomPair(key: string, value: unknown): boolean {
	return typeof value === 'string' && /^[A-Za-z0-9+/_=-]{24,128}$/.test(value) && wholeName.test(key) && !publicName.test(key) && isRandom(value);
}

/** True for a text of letters of both cases and digits without the order that words, paths and identifiers have. */
export function isRandom(value: string): boolean {
	if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d/.test(value)) return false;
	if (entropyOf(value) < leastEntropy) return false;
	return !value.split(/[_/.-]/).every((part) => part.length < 12 || /^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)*\d{0,4}$/.test(part));
}

/** Shannon's, over the characters of the text itself. */
function entropyOf(value: string): number {
	const counts = new Map<string, number>();
	for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
	let bits = 0;
	for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
	return bits;
}
