import { at } from './shapes';
import type { Piece } from './pieces';

/** Votes for "this name is called that now". */
export class Votes {
	private readonly counts = new Map<string, Map<string, number>>();

	add(from: string, to: string, weight: number): void {
		const row = this.counts.get(from) ?? new Map<string, number>();
		this.counts.set(from, row);
		row.set(to, (row.get(to) ?? 0) + weight);
	}

	/** One name for each, and none for two; a name that stayed goes before one that changed. */
	oneToOne(may: (from: string, to: string) => boolean): Map<string, string> {
		const all = [...this.counts].flatMap(([from, row]) => [...row].map(([to, weight]) => ({ from, to, weight: from === to ? weight * 1.5 : weight })));
		all.sort((a, b) => b.weight - a.weight || compare(a.from, b.from) || compare(a.to, b.to));
		const result = new Map<string, string>();
		const taken = new Set<string>();
		for (const { from, to } of all) {
			if (result.has(from) || taken.has(to) || (from !== to && !may(from, to))) continue;
			result.set(from, to);
			taken.add(to);
		}
		return result;
	}
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** Tokens of longer units, and of those that differ in names alone, are paired place by place. */
const longestAligned = 100;

/** Pairs the tokens of two pieces, by their indexes, in order, by what they are and what they depend on. */
export function alignedTokens(written: Piece, now: Piece): (readonly [number, number])[] {
	const left = written.unit.tokens;
	const right = now.unit.tokens;
	const sameShape = written.abstract.whole === now.abstract.whole && left.every((token, index) => token.class === right[index]?.class);
	if (sameShape || left.length > longestAligned || right.length > longestAligned) {
		return left.flatMap((token, index) => {
			const other = right[index];
			return other?.class === token.class ? [[index, index] as const] : [];
		});
	}
	const width = right.length + 1;
	const scores = new Float64Array((left.length + 1) * width);
	for (let i = left.length - 1; i >= 0; i--) {
		for (let j = right.length - 1; j >= 0; j--) {
			const here = i * width + j;
			const skip = Math.max(scores[here + 1] ?? 0, scores[here + width] ?? 0);
			const like = likeness(written, i, now, j);
			scores[here] = like > 0 ? Math.max(skip, like + (scores[here + width + 1] ?? 0)) : skip;
		}
	}
	const pairs: (readonly [number, number])[] = [];
	for (let i = 0, j = 0; i < left.length && j < right.length;) {
		const here = i * width + j;
		const like = likeness(written, i, now, j);
		if (like > 0 && scores[here] === like + (scores[here + width + 1] ?? 0)) {
			pairs.push([i, j]);
			i++;
			j++;
		} else if (scores[here] === scores[here + width]) i++;
		else j++;
	}
	return pairs;
}

function likeness(written: Piece, i: number, now: Piece, j: number): number {
	const one = written.unit.tokens[i];
	const other = now.unit.tokens[j];
	if (one === undefined || one.class !== other?.class) return 0;
	if (one.class !== 'name' && one.class !== 'literal') return one.text === other.text ? 1 : 0;
	let like = 0.2;
	if (at(written.abstract.leaf, i) === at(now.abstract.leaf, j)) like += 1;
	if (one.text === other.text) like += 1;
	if (at(written.abstract.edge, i) === at(now.abstract.edge, j)) like += 1;
	if (at(written.abstract.tree, i) === at(now.abstract.tree, j)) like += 0.5;
	if (one.slot === other.slot && one.binds === other.binds) like += 0.3;
	return like;
}
