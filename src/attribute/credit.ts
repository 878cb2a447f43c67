import { grouped, placeOf } from './groups';
import type { GroupMatch, Match } from './matching';
import { labelledAs, nameNow, type Piece } from './pieces';
import { at } from './shapes';

/** What a match is worth, 0 to 1, once everything around it is known. */
export interface Credit extends Match {
	readonly credit: number;
	/** Spread over other code: taken into an expression, or divided. */
	readonly absorbed: boolean;
}

/** `declared`: names that the written file declares. */
export function creditsOf(found: GroupMatch, now: readonly Piece[], declared: ReadonlySet<string>): Credit[] {
	const { group, matches } = found;
	const first = matches.map((match) => ({ ...match, credit: worth(match.similarity), absorbed: false }));
	const absorbed = withAbsorbed(first, found, now);
	const identity = sameThing(found, declared);
	const supported = onlyWithCompany(absorbed, group.symbol, group.weight).map((credit) => ({ ...credit, credit: credit.credit * identity }));
	return withBodies(supported);
}

/** Half alike is not the same. */
function worth(similarity: number): number {
	return ramp(similarity, 0.45, 0.7) * similarity;
}

function ramp(value: number, from: number, to: number): number {
	return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** Smallest expression, in tokens, that is recognised inside another. */
const leastTree = 3;

/** A piece without a counterpart may live on inside others of its definition: a variable put in place, an expression taken out. */
function withAbsorbed(credits: readonly Credit[], { group, namesIn }: GroupMatch, now: readonly Piece[]): Credit[] {
	if (credits.every(({ credit }) => credit >= 0.8)) return [...credits];
	const places = new Set(credits.flatMap(({ other, credit, piece }) => (other !== undefined && credit > 0.7 && !piece.trivial ? [placeOf(other)] : [])));
	const used = new Set(credits.flatMap(({ other, credit }) => (other !== undefined && credit >= 0.95 ? [other] : [])));
	const region = now.filter((piece) => !used.has(piece) && (piece.unit.symbol === group.symbol || places.has(placeOf(piece))));
	const trees = [...grouped(region, placeOf)].slice(0, mostPlaces).map(([place, pieces]) => ({ names: namesIn(group, place), trees: treesOf(pieces) }));
	return credits.map((credit) => {
		if (credit.credit >= 0.8 || trees.length === 0) return credit;
		const covered = coveredByTrees(credit.piece, trees) * 0.95;
		return covered > credit.credit ? { ...credit, credit: covered, absorbed: true } : credit;
	});
}

/** More definitions than a piece of code is divided into. */
const mostPlaces = 8;

interface Trees {
	readonly names: ReadonlyMap<string, string>;
	readonly trees: ReadonlySet<number>;
}

function treesOf(pieces: readonly Piece[]): Set<number> {
	return new Set(pieces.flatMap(({ shape }) => shape.tree.filter((_, index) => at(shape.size, index) >= leastTree)));
}

function coveredByTrees(piece: Piece, places: readonly Trees[]): number {
	const { tokens } = piece.unit;
	const covered = new Set<number>();
	for (const { names, trees } of places) {
		const shape = labelledAs(piece, names);
		tokens.forEach((_, index) => {
			for (let each = index; each >= 0; each = tokens[each]?.head ?? -1) {
				if (at(shape.size, each) < leastTree || !trees.has(at(shape.tree, each))) continue;
				covered.add(index);
				break;
			}
		});
	}
	const all = piece.weights.reduce((sum, weight) => sum + weight, 0);
	return all === 0 ? 0 : [...covered].reduce((sum, index) => sum + at(piece.weights, index), 0) / all;
}

/** In another definition a lone statement is chance; a good part of the group, or a lot of it, is not. */
function onlyWithCompany(credits: readonly Credit[], symbol: string, weight: number): Credit[] {
	const sums = new Map<string, number>();
	for (const { other, credit, piece } of credits) if (other !== undefined) sums.set(placeOf(other), (sums.get(placeOf(other)) ?? 0) + credit * piece.weight);
	return credits.map((each) => {
		if (each.other === undefined || each.other.unit.symbol === symbol) return each;
		const sum = sums.get(placeOf(each.other)) ?? 0;
		return { ...each, credit: each.credit * Math.max(0.1, ramp(sum / Math.max(1, weight), 0.1, 0.3), ramp(sum, 15, 40)) };
	});
}

/** Where nearly all own names changed, what cannot be renamed has to agree: else it is other code of the same build. */
function sameThing({ group, namesIn, matches }: GroupMatch, declared: ReadonlySet<string>): number {
	let changed = 0;
	let agreed = 0;
	let told = 0;
	for (const { piece, other, similarity } of matches) {
		if (other === undefined || similarity < 0.4) continue;
		const there = new Set(other.shape.leaf);
		const names = namesIn(group, placeOf(other));
		piece.unit.tokens.forEach((token, index) => {
			if (token.class !== 'name' && token.class !== 'literal') return;
			const weight = at(piece.weights, index);
			const found = there.has(at(piece.shape.leaf, index));
			if (found) agreed += weight;
			if (found || !declared.has(token.text)) told += weight;
			else if (nameNow(piece, index, names) !== token.text) changed += weight;
		});
	}
	if (changed === 0 || told < 2) return 1;
	return 1 - ramp(changed / (changed + told), 0.2, 0.4) * (1 - ramp(agreed / told, 0.65, 0.85));
}

/** A signature, a loop's or a branch's head says little without what is inside it. */
function withBodies(credits: readonly Credit[]): Credit[] {
	const inside = new Map<Piece, { got: number; all: number }>();
	for (const { piece, credit } of credits) {
		for (let around = piece.parent; around !== undefined; around = around.parent) {
			const sum = inside.get(around) ?? { got: 0, all: 0 };
			inside.set(around, { got: sum.got + credit * piece.weight, all: sum.all + piece.weight });
		}
	}
	return credits.map((each) => {
		const body = inside.get(each.piece);
		if (body === undefined || body.all < 1) return each;
		const share = Math.min(1, (body.got / body.all) * 1.25);
		return { ...each, credit: each.credit * (each.piece.unit.defines ? share : 0.4 + 0.6 * share) };
	});
}
