/** A time as an assistant writes it (ISO text, or milliseconds) in the form records use; undefined when it cannot be read. */
export function instantOf(value: unknown): string | undefined {
	// Nearly every time stands in that form already, and making it anew costs as much as reading a short line.
	if (typeof value === 'string' && usual.test(value)) return value;
	const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN;
	// Beyond the year 9998 there is no room left for times after this one that records could hold.
	return Number.isNaN(time) || time < 0 || time > 253_370_764_799_999 ? undefined : new Date(time).toISOString();
}

/** A time of these years in the form of records; days that not every month has are looked at more closely. */
const usual = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

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
