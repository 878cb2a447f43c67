/** A time as an assistant writes it (ISO text, or milliseconds) in the form records use; undefined when it cannot be read. */
export function instantOf(value: unknown): string | undefined {
	const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
	// Beyond the year 9998 there is no room left for times after this one that records could hold.
	return Number.isNaN(time) || time < 0 || time > 253_370_764_799_999 ? undefined : new Date(time).toISOString();
}

/** Times of the lines of one file: one without a readable time takes the one before. */
export class LineClock {
	#last = new Date(0).toISOString();

	at(value: unknown): string {
		this.#last = instantOf(value) ?? this.#last;
		return this.#last;
	}
}

/** True for a line that was written well before another: it repeats one that stands further up. */
export function isEarlier(value: unknown, than: string | undefined): boolean {
	const time = Date.parse(instantOf(value) ?? '');
	return than !== undefined && time < Date.parse(than) - 1000;
}
