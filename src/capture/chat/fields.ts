/** What stands between the braces of a parsed JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** undefined for what is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
	return isFields(value) ? value : undefined;
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null;
}

/** A text; anything else reads as absent. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

/** A number; anything else reads as absent. */
export function numberOf(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list; anything else reads as absent. */
export function listOf(value: unknown): readonly unknown[] | undefined {
	return Array.isArray(value) ? value : undefined;
}

/** A list of texts only; anything else reads as absent. */
export function textsOf(value: unknown): readonly string[] | undefined {
	return Array.isArray(value) && value.every((part) => typeof part === 'string') ? value : undefined;
}

/**
 * A record of a transcript whose fields are checked when they are read, not all at once: a long transcript has hundreds of
 * thousands of records with dozens of fields, and most fields of most records are never asked for.
 */
export abstract class LazyRecord {
	protected readonly fields: Fields;

	constructor(
		fields: Fields,
		readonly type: string,
	) {
		this.fields = fields;
	}

	protected text(name: string): string | undefined {
		return textOf(this.fields[name]);
	}
}

/** Reads a value as such a record; undefined when it is no object or does not say its type. */
export function recordOf<T>(value: unknown, make: new (fields: Fields, type: string) => T): T | undefined {
	const fields = fieldsOf(value);
	const type = textOf(fields?.['type']);
	return fields === undefined || type === undefined ? undefined : new make(fields, type);
}
