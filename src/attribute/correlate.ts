import type { SyntaxUnit } from '../core/syntax';
import { creditsOf, type Credit } from './credit';
import { unchangedPieces } from './exactMatches';
import { matchGroups } from './matching';
import { declaredNames, piecesOf, type Piece } from './pieces';

export type Fate = 'same' | 'renamed' | 'reordered' | 'moved' | 'changed' | 'gone';

export interface UnitFate {
	/** 1-based lines of the written text. */
	readonly start_line: number;
	readonly end_line: number;
	readonly fate: Fate;
	/** 0 to 1. */
	readonly similarity: number;
	/** Where it is now. */
	readonly at?: { readonly path: string; readonly start_line: number; readonly end_line: number };
}

export interface Correlation {
	/**
	 * How much of what was written is still there in meaning, 0 to 1, by the weight of its tokens. From 0.5 on it counts as implemented.
	 * 0 with no units: nothing but comments and punctuation was written.
	 */
	readonly share: number;
	readonly units: readonly UnitFate[];
}

export interface Written {
	/** Of the whole text as the turn left it. */
	readonly units: readonly SyntaxUnit[];
	/** 1-based lines that the turn wrote in it. */
	readonly lines: ReadonlySet<number>;
}

/** Says of code that was written then whether files as they are now still hold it, through renaming, reordering, extraction and moves. */
export function correlate(written: Written, now: readonly { readonly path: string; readonly units: readonly SyntaxUnit[] }[]): Correlation {
	const before = piecesOf(written.units, '', written.lines);
	const wanted = before.filter(({ weight }) => weight > 0);
	const after = now.flatMap(({ path, units }) => piecesOf(units, path));
	const unchanged = unchangedPieces(before, after);
	const context = new Set(before.flatMap((piece) => (piece.weight > 0 ? [] : (unchanged.get(piece) ?? []))));
	const free = after.filter((piece) => !context.has(piece));
	const declared = declaredNames(written.units);
	const credits = matchGroups({ before, wanted, now: after, unchanged }).flatMap((group) => creditsOf(group, free, declared));
	const all = credits.reduce((sum, { piece }) => sum + piece.weight, 0);
	const got = credits.reduce((sum, { piece, credit }) => sum + piece.weight * credit, 0);
	return { share: all === 0 ? 0 : got / all, units: inOrder(credits, before).map(fateOf) };
}

function inOrder(credits: readonly Credit[], before: readonly Piece[]): Credit[] {
	const byPiece = new Map(credits.map((credit) => [credit.piece, credit]));
	return before.flatMap((piece) => byPiece.get(piece) ?? []);
}

function fateOf({ piece, other, credit, similarity, renamed, absorbed }: Credit): UnitFate {
	const { start_line, end_line } = piece.unit;
	const value = Math.round((absorbed ? credit : Math.min(similarity, credit + 0.3)) * 1000) / 1000;
	if (absorbed) return { start_line, end_line, fate: 'changed', similarity: value };
	if (other === undefined || credit < 0.2) return { start_line, end_line, fate: 'gone', similarity: value };
	const at = { path: other.path, start_line: other.unit.start_line, end_line: other.unit.end_line };
	return { start_line, end_line, fate: fateNow(piece, other, renamed.whole), similarity: value, at };
}

function fateNow(piece: Piece, other: Piece, renamed: number): Fate {
	if (renamed !== other.shape.whole) return 'changed';
	if (piece.unit.symbol !== other.unit.symbol && piece.shape.whole === renamed) return 'moved';
	if (piece.shape.whole !== renamed) return 'renamed';
	const inPlace = piece.shape.leaf.every((leaf, index) => leaf === other.shape.leaf[index]);
	return inPlace ? 'same' : 'reordered';
}
