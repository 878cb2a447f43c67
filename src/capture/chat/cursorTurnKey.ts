import { promptKey } from './untimed';

/** Word for this assistant in turns. */
export const cursorName = 'cursor';

/**
 * Keys of Cursor's turns. Hooks and the database name a turn by its generation; an agent transcript has no ids, so its turns are named by the
 * number of the prompt and a hash of its words. The two can be told apart by their form, and the first is the better record: where a session has
 * a turn by generation, its transcript tells nothing new and is left alone.
 */
export function cursorTranscriptKey(number: number, prompt: string): string {
	return promptKey(number, prompt);
}

/** True for a key of an agent transcript. */
export function isCursorTranscriptKey(key: string): boolean {
	return /^(agent-.*-)?prompt-\d+-[0-9a-f]{8}$/.test(key);
}
