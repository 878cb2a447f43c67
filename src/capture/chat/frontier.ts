/** Keys of turns that are not handed out before the log ends, nor is any that follows them. */
export type Kept = Pick<ReadonlySet<string>, 'has'>;

export const keepAll: Kept = { has: () => true };

/** The end of an id, by which a reading tells that it may have met it before; ids that are made of times differ there. */
function shortKey(key: string): string {
	return key.slice(-8);
}

/**
 * How far a log is finished. What came before the last prompt but one is: the answer to the last prompt may still bring
 * results of calls that the one before made. `known` is what a source must know where it goes on.
 */
export class Frontier<T> {
	readonly #keys: string[];
	readonly #before: ReadonlySet<string>;
	#last: { readonly offset: number; readonly known: T } | undefined;
	#end: { readonly offset: number; readonly known: T } | undefined;

	/** `keys`: what marks carry of the keys of the turns before. */
	constructor(keys: readonly string[] = []) {
		this.#keys = [...keys];
		this.#before = new Set(keys);
	}

	/** A turn begins with the line at `offset`. Returns true when turns before the last one are finished thereby. */
	began(offset: number, known: T): boolean {
		this.#end = this.#last;
		this.#last = { offset, known };
		return this.#end !== undefined;
	}

	/** Notes a key of a finished turn. */
	finished(key: string): void {
		this.#keys.push(shortKey(key));
	}

	/** True when a turn before the mark seems to have this key. */
	isBefore(key: string): boolean {
		return this.#before.has(shortKey(key));
	}

	/** The place before which everything is finished, once there is one. */
	get end(): { readonly offset: number; readonly known: T; readonly keys: string[] } | undefined {
		return this.#end && { ...this.#end, keys: [...this.#keys] };
	}
}
