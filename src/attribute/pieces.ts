import type { SyntaxToken, SyntaxUnit } from '../core/syntax';
import { at, exactLabel, hashOf, shapeFrom, shapeOf, type Shape } from './shapes';
import { counted, type Counted } from './similarity';

/** A unit prepared for comparison. */
export interface Piece {
	readonly unit: SyntaxUnit;
	/** '' of what was written. */
	readonly path: string;
	readonly parent: Piece | undefined;
	readonly shape: Shape;
	/** The same with every name that its file declares made equal. */
	readonly abstract: Shape;
	readonly exactCount: Counted;
	readonly abstractCount: Counted;
	/** What each name is renamed by: a member of something else, `.get`, apart from a name of its own, `get`. */
	readonly keys: readonly string[];
	/** What each token says, 0 to 1. */
	readonly weights: readonly number[];
	/** Sum of the weights, cut down for what is in every program. */
	readonly weight: number;
	readonly trivial: boolean;
}

/** More tokens of one unit are not looked at. */
const mostTokens = 4000;

/** `lines`: only tokens on them weigh anything. */
export function piecesOf(units: readonly SyntaxUnit[], path: string, lines?: ReadonlySet<number>): Piece[] {
	const declared = declaredNames(units);
	const abstractLabel = (token: SyntaxToken) => (token.class === 'name' && declared.has(token.text) ? 'name' : exactLabel(token));
	const pieces: Piece[] = [];
	for (const whole of units) {
		const unit = whole.tokens.length > mostTokens ? { ...whole, tokens: whole.tokens.slice(0, mostTokens).filter(({ head }) => head < mostTokens) } : whole;
		pieces.push(pieceOf(unit, path, pieces[unit.parent], abstractLabel, lines));
	}
	return pieces;
}

/** Names that a file declares itself; the others are its language's or come from other files. */
export function declaredNames(units: readonly SyntaxUnit[]): ReadonlySet<string> {
	return new Set(units.flatMap(({ tokens }) => tokens.filter(({ binds }) => binds).map(({ text }) => text)));
}

function pieceOf(
	unit: SyntaxUnit,
	path: string,
	parent: Piece | undefined,
	label: (token: SyntaxToken) => string,
	lines: ReadonlySet<number> | undefined,
): Piece {
	const shape = shapeOf(unit, exactLabel);
	const weights = unit.tokens.map((token) => (lines === undefined || lines.has(token.line) ? weightOf(token, unit) : 0));
	const sum = weights.reduce((total, weight) => total + weight, 0);
	const trivial = isTrivial(unit);
	const lazy = lazily(() => shapeOf(unit, label));
	const exact = lazily(() => counted(shape));
	const abstractCount = lazily(() => counted(lazy()));
	return {
		unit,
		path,
		parent,
		shape,
		get abstract() {
			return lazy();
		},
		get exactCount() {
			return exact();
		},
		get abstractCount() {
			return abstractCount();
		},
		keys: keysOf(unit),
		weights,
		weight: trivial ? sum * 0.2 : sum,
		trivial,
	};
}

function lazily<T>(make: () => T): () => T {
	let made: { readonly value: T } | undefined;
	return () => (made ??= { value: make() }).value;
}

function weightOf({ class: kind, text, slot }: SyntaxToken, unit: SyntaxUnit): number {
	if (slot === 't' && (unit.defines || unit.ordered)) return 0.2;
	if (kind === 'keyword') return own.has(text) ? 0.1 : 0.3;
	if (kind === 'mark') return 0.5;
	return kind === 'literal' && plain.test(text) ? 0.5 : 1;
}

const own = new Set(['this', 'self', 'cls', 'super']);
const plain = /^(0|1|-1|true|false|null|nil|none|undefined|)$/i;

/** `return x`, `break`, `else`, `} catch (e) {`, `let x = 0`, imports: found in any program. */
function isTrivial({ tokens, kind, defines }: SyntaxUnit): boolean {
	if (/import|package/.test(kind)) return true;
	if (defines) return false;
	const telling = tokens.filter(({ class: type, text, slot }) => (type === 'name' || (type === 'literal' && !plain.test(text))) && slot !== 't');
	return telling.length <= 1 && !telling.some(({ class: type }) => type === 'literal');
}

function keysOf({ tokens }: SyntaxUnit): string[] {
	const members = new Set(tokens.filter(({ slot, text }) => slot === 'o' && !own.has(text)).map(({ head }) => head));
	return tokens.map(({ text }, index) => (members.has(index) ? `.${text}` : text));
}

/** The piece with its names as they are called now. */
export function labelledAs(piece: Piece, names: ReadonlyMap<string, string>): Shape {
	const leaf = piece.unit.tokens.map((token, index) => {
		const name = token.class === 'name' ? nameNow(piece, index, names) : token.text;
		return name === token.text ? at(piece.shape.leaf, index) : hashOf(exactLabel({ ...token, text: name }));
	});
	return leaf.every((hash, index) => hash === at(piece.shape.leaf, index)) ? piece.shape : shapeFrom(piece.unit, leaf);
}

/** What the name at this token is called now. */
export function nameNow({ keys, unit }: Piece, index: number, names: ReadonlyMap<string, string>): string {
	const text = unit.tokens[index]?.text ?? '';
	return bareName(names.get(keys[index] ?? text) ?? names.get(text) ?? text);
}

export function bareName(key: string): string {
	return key.startsWith('.') ? key.slice(1) : key;
}
