import type { SyntaxToken, SyntaxUnit } from '../core/syntax';

/** What a token is compared by: equal labels are equal tokens. */
export type Label = (token: SyntaxToken) => string;

/**
 * Four views of every token of a unit, as hashes: the token, the token below its head, the token below its head's head too, and
 * the token with all that depends on it. Where order has no meaning, none of them depends on it.
 */
export interface Shape {
	readonly leaf: readonly number[];
	readonly edge: readonly number[];
	readonly path: readonly number[];
	readonly tree: readonly number[];
	/** Tokens in `tree`. */
	readonly size: readonly number[];
	/** Of the whole unit. */
	readonly whole: number;
}

export function exactLabel(token: SyntaxToken): string {
	return `${token.class} ${token.text}`;
}

export function shapeOf(unit: SyntaxUnit, label: Label): Shape {
	return shapeFrom(
		unit,
		unit.tokens.map((token) => hashOf(label(token))),
	);
}

/** `leaf`: hash of each token's label. */
export function shapeFrom({ tokens }: SyntaxUnit, leaf: readonly number[]): Shape {
	const slots = tokens.map(({ slot }) => hashOf(slot));
	const edge = tokens.map(({ head }, index) => mix(mix(at(leaf, head), at(slots, index)), at(leaf, index)));
	const path = tokens.map(({ head }, index) => mix(mix(at(edge, head), at(slots, index)), at(leaf, index)));
	const below = tokens.map(() => 0);
	const tree = [...leaf];
	const size = tokens.map(() => 1);
	let whole = 0;
	for (const index of leavesFirst(tokens)) {
		const own = mix(at(leaf, index), at(below, index));
		tree[index] = own;
		const head = tokens[index]?.head ?? -1;
		if (head < 0) whole = (whole + mix(own, 7)) | 0;
		else if (!isOwner(tokens[index])) {
			below[head] = (at(below, head) + mix(own, at(slots, index))) | 0;
			size[head] = at(size, head) + at(size, index);
		}
	}
	return { leaf, edge, path, tree, size, whole: mix(whole, tokens.length) };
}

/** `this.` before a member: code moves in and out of classes and says the same. */
function isOwner(token: SyntaxToken | undefined): boolean {
	return token?.class === 'keyword' && token.slot === 'o';
}

/** Every token after those that depend on it. */
function leavesFirst(tokens: readonly SyntaxToken[]): number[] {
	const pending = tokens.map(() => 0);
	for (const { head } of tokens) if (head >= 0) pending[head] = at(pending, head) + 1;
	const order = pending.flatMap((count, index) => (count === 0 ? [index] : []));
	for (const index of order) {
		const head = tokens[index]?.head ?? -1;
		if (head < 0) continue;
		const left = at(pending, head) - 1;
		pending[head] = left;
		if (left === 0) order.push(head);
	}
	return order;
}

export function at(values: readonly number[], index: number): number {
	return values[index] ?? 0;
}

export function mix(a: number, b: number): number {
	let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
	hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
	return (hash ^ (hash >>> 13)) | 0;
}

export function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	return hash | 0;
}
