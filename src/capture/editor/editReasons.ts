import type { TextChange } from './changedRegions';

/** Where a person typed last. */
interface Typing {
	readonly key: string;
	/** Offset of the cursor, as far as the changes tell. */
	readonly cursor: number;
	readonly at: number;
}

/** A suggestion is taken while it is on the screen. */
const suggestionMs = 15_000;
/** What the editor adds by itself while one types: pairs of brackets, indentation, the beginning of a comment's next line. */
const layout = /^[\s()[\]{}'"`<>/*#]*$/;
const word = /^[\w$]*$/;

/**
 * Guesses from a change's shape how it came about. The editor tells extensions nothing of accepted inline suggestions (Tab): they appear
 * as text that is inserted at once where a person has just typed. So does what is pasted there, hence a guess. The rest of a word is left
 * out, since lists of names are completed so too. Stands on the typing path: looks at the change alone, never at the document.
 */
export class EditReasons {
	private typing: Typing | undefined;

	/** `isActive`: the document is the one that the cursor is in. What changes elsewhere was not typed. */
	guess(key: string, changes: readonly TextChange[], isActive: boolean, now: number): 'typed' | 'completion' | 'unknown' {
		const [change, ...others] = changes;
		if (change === undefined || !isActive) return 'unknown';
		const { text, rangeOffset } = change;
		const isAlone = others.length === 0;
		const isSuggested = isAlone && this.isAtCursor(key, rangeOffset, now) && !layout.test(text) && !word.test(text) && text.length > 2;
		const isTyped = changes.every((one) => layout.test(one.text) || !one.text.trim().includes('\n'));
		// Within a pair that the editor closed by itself, the cursor is in the middle.
		const cursor = rangeOffset + (/^[([{'"`]/.test(text) && text.length === 2 ? 1 : text.length);
		this.typing = isAlone && (isTyped || isSuggested) ? { key, cursor, at: now } : undefined;
		if (isSuggested) return 'completion';
		return isTyped ? 'typed' : 'unknown';
	}

	private isAtCursor(key: string, offset: number, now: number): boolean {
		const { typing } = this;
		return typing?.key === key && typing.cursor === offset && now - typing.at < suggestionMs;
	}
}
