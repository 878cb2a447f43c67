import { at, type Shape } from './shapes';

/** How often each hash occurs, by view. Made once for every unit that is compared with several. */
export interface Counted {
	readonly views: readonly ReadonlyMap<number, number>[];
	readonly tokens: number;
}

const parts = [
	{ view: 'leaf', share: 0.15 },
	{ view: 'edge', share: 0.35 },
	{ view: 'path', share: 0.25 },
	{ view: 'tree', share: 0.25 },
] as const;

export function counted(shape: Shape): Counted {
	return { views: parts.map(({ view }) => counts(shape[view])), tokens: shape.leaf.length };
}

/**
 * How much of a unit is in another, 0 to 1, each token by its weight. What the other has besides costs little: arguments, members and
 * wrappings are added without taking anything away.
 */
export function coverage(shape: Shape, weights: readonly number[], other: Counted): number {
	let got = 0;
	let all = 0;
	parts.forEach(({ view, share }, place) => {
		const left = other.views[place] ?? new Map<number, number>();
		const used = new Map<number, number>();
		shape[view].forEach((hash, index) => {
			const weight = at(weights, index) * share;
			all += weight;
			const there = left.get(hash);
			if (there === undefined) return;
			const taken = used.get(hash) ?? 0;
			if (taken >= there) return;
			used.set(hash, taken + 1);
			got += weight;
		});
	});
	if (all === 0) return 0;
	const surplus = Math.max(0, other.tokens - shape.leaf.length) / Math.max(1, other.tokens);
	return (got / all) * (1 - 0.15 * surplus);
}

function counts(hashes: readonly number[]): Map<number, number> {
	const result = new Map<number, number>();
	for (const hash of hashes) result.set(hash, (result.get(hash) ?? 0) + 1);
	return result;
}
