import { sha256 } from './sha256';

/**
 * Key of a turn in a transcript whose messages have no ids: the number of its prompt in the session, from 1, with a hash of its words,
 * since an edited prompt is another turn.
 */
export function promptKey(number: number, prompt: string): string {
	return `prompt-${number}-${sha256(prompt).slice(0, 8)}`;
}

/**
 * Time of a prompt in a transcript without times: the last one is given the file's, the ones before a millisecond less each, so that their
 * order can be told. Whoever reads the file while it grows sees each turn first at about its true time.
 */
export function promptTime(modified: Date, number: number, prompts: number): string {
	return new Date(Math.max(modified.getTime() - (prompts - number), 0)).toISOString();
}
