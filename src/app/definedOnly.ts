/** A copy without what is undefined, so that it overrides only what was given. */
export function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
	const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
	for (const key in value) {
		const item = value[key];
		if (isDefined(item)) kept[key] = item;
	}
	return kept;
}

function isDefined<T>(item: T): item is Exclude<T, undefined> {
	return item !== undefined;
}
