import { z } from 'zod';

/** One line of a chat session's log: 0 the whole state, 1 set, 2 push, 3 delete. */
const Operation = z.object({
	kind: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
	k: z.array(z.union([z.string(), z.number().int().nonnegative()])).default([]),
	v: z.unknown().optional(),
	i: z.number().int().nonnegative().optional(),
});
type Operation = z.infer<typeof Operation>;

/** A state that was written as the operations that led to it. */
export class OperationLog {
	#root: unknown = undefined;

	get state(): unknown {
		return this.#root;
	}

	/** Applies one line; false when it is no operation or does not fit the state. */
	apply(line: unknown): boolean {
		const operation = Operation.safeParse(line).data;
		if (operation === undefined) return false;
		if (operation.kind === 0) {
			this.#root = operation.v;
			return true;
		}
		const last = operation.k.at(-1);
		const holder = last === undefined ? undefined : this.#at(operation.k.slice(0, -1));
		return last !== undefined && holder !== undefined && change(holder, last, operation);
	}

	#at(path: readonly (string | number)[]): object | undefined {
		let value: unknown = this.#root;
		for (const key of path) value = typeof value === 'object' && value !== null && isSafe(value, key) ? Reflect.get(value, key) : undefined;
		return typeof value === 'object' && value !== null ? value : undefined;
	}
}

function change(holder: object, key: string | number, { kind, v, i }: Operation): boolean {
	if (!isSafe(holder, key)) return false;
	if (kind === 1) return Reflect.set(holder, key, v);
	if (kind === 3) return Reflect.deleteProperty(holder, key);
	const present: unknown = Reflect.get(holder, key);
	const list: unknown[] = Array.isArray(present) ? present : [];
	// With an index the list is cut there first, so that a growing last part can be written again.
	if (i !== undefined && i < list.length) list.length = i;
	if (Array.isArray(v)) for (const part of v) list.push(part);
	return Reflect.set(holder, key, list);
}

/** How far beyond its end a list may be written; a mad index would make a list that takes hours to walk. */
const farthestGap = 1_000;

function isSafe(holder: object, key: string | number): boolean {
	if (Array.isArray(holder)) return typeof key === 'number' && key <= holder.length + farthestGap;
	return key !== '__proto__' && key !== 'constructor' && key !== 'prototype';
}
