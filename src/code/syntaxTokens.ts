import type { SyntaxToken, TokenClass } from '../core/syntax';
import type { PlainNode } from './plainTree';

export interface CutTokens {
	readonly tokens: SyntaxToken[];
	/** Nodes found inside that are units of their own, in order. */
	readonly inner: PlainNode[];
}

/** The tokens of one unit. `isInner` says which nodes below it are units, or hold units, of their own. */
export function tokensOf(node: PlainNode, isInner: (node: PlainNode, parent: PlainNode) => boolean): CutTokens {
	const walk: Walk = { drafts: [], inner: [], isInner };
	for (const index of visit(walk, node, false)) attach(walk, index, -1, '');
	return { tokens: walk.drafts, inner: walk.inner };
}

interface Draft extends SyntaxToken {
	head: number;
	slot: string;
}

interface Walk {
	readonly drafts: Draft[];
	readonly inner: PlainNode[];
	readonly isInner: (node: PlainNode, parent: PlainNode) => boolean;
}

interface Part {
	readonly node: PlainNode;
	/** Tokens at the top of this child. */
	readonly tops: readonly number[];
}

/** Returns the indexes of the tokens that everything else in the node depends on. */
function visit(walk: Walk, node: PlainNode, binds: boolean): readonly number[] {
	if (node.children.length === 0) return leaf(walk, node, binds);
	const parts: Part[] = [];
	for (const child of node.children) {
		if (walk.isInner(child, node)) walk.inner.push(child);
		else if (!isPunctuation(node, child)) parts.push({ node: child, tops: visit(walk, child, bindsIn(node, child, binds)) });
	}
	const filled = parts.filter(({ tops }) => tops.length > 0);
	const head = headPart(node, filled);
	const [first] = head?.tops ?? [];
	if (head === undefined || first === undefined) return filled.flatMap(({ tops }) => tops);
	filled.forEach((part, place) => {
		if (part !== head) for (const top of part.tops) attach(walk, top, first, slotOf(node, part.node, place, walk.drafts[first]?.text ?? ''));
	});
	return head.tops;
}

function leaf(walk: Walk, node: PlainNode, binds: boolean): readonly number[] {
	const known = classOf(node);
	if (known === undefined) return [];
	const text = known === 'literal' ? literalText(node.text) : node.type === 'string_start' ? 'f' : node.text;
	walk.drafts.push({ text, class: known, line: node.start + 1, head: -1, slot: '', binds: binds && known === 'name' });
	return [walk.drafts.length - 1];
}

function attach({ drafts }: Walk, index: number, head: number, slot: string): void {
	const draft = drafts[index];
	if (draft !== undefined) Object.assign(draft, { head, slot });
}

const literals = /string|number|integer|float|_literal$|^(true|false|null|nil|none|undefined|regex|char|iota)$/;
const names = /identifier|name$|_type$|^(word|constant|variable|property|simple_identifier|tag_name|plain_scalar)$/;
/** What a language demands around a declaration and says nothing about what it does. */
const noise = new Set(
	'new const let var val function def func fun fn public private protected internal static final export default readonly async await abstract override declare pub mut lambda then do end pass'.split(
		' ',
	),
);
const kept = /^([-+*/%&|^~!<>=?@]+|=>|->|\.\.\.|\[|\{|`|f"|f')$/;
const collections = /^(object|dictionary|set|list|array|tuple|array_initializer|literal_value|object_pattern|.*_comprehension)$/;
const divides = new Set(['=', ':=', '?.', '=>', '->', '?']);
const own = new Set(['this', 'self', 'cls', 'super']);

/** A bracket says something where it makes a collection, and an angle bracket where it compares. */
function isPunctuation({ type }: PlainNode, child: PlainNode): boolean {
	if (child.named) return child.type === 'string_end';
	if (child.text === '{' || child.text === '[') return !collections.test(type) && !type.endsWith('_type') && !indexed.test(type);
	return (child.text === '<' || child.text === '>') && !operations.test(type);
}

function classOf(node: PlainNode): TokenClass | undefined {
	if (node.text === '' || node.text === '\n') return undefined;
	if (own.has(node.text)) return 'keyword';
	if (node.type === 'string_start') return 'mark';
	if (!node.named)
		return /^[A-Za-z]/.test(node.text) ? (noise.has(node.text) ? undefined : 'keyword') : kept.test(node.text) && !divides.has(node.text) ? 'mark' : undefined;
	if (noise.has(node.text)) return undefined;
	if (names.test(node.type)) return 'name';
	return literals.test(node.type) || /^['"`\d]/.test(node.text) ? 'literal' : /^[A-Za-z]/.test(node.text) ? 'keyword' : undefined;
}

function literalText(text: string): string {
	return text.replace(/^[rbuRBU]{0,2}("""|'''|["'`])([^]*)\1$/, '$2').slice(0, 400);
}

const operations =
	/binary|comparison|boolean_operator|unary|not_operator|augmented|update_expression|(inc|dec)_statement|ternary|conditional_expression|assignment_statement|assignment_expression|send_statement|instanceof/;
const indexed = /^(subscript|subscript_expression|index_expression|array_access)$/;
const typeHeaded = new Set(['object_creation_expression', 'composite_literal']);
const headFields = ['name', 'property', 'attribute', 'field', 'key', 'function', 'constructor', 'declarator', 'pattern', 'left', 'operand', 'alias'];

function headPart(node: PlainNode, parts: readonly Part[]): Part | undefined {
	const [first] = parts;
	if (first === undefined || parts.length === 1) return first;
	if (operations.test(node.type))
		return parts.find((part) => part.node.field.startsWith('operator')) ?? parts.find(isWord) ?? byField(parts, ['left']) ?? first;
	if (isWord(first) && /_(statement|clause|case|expression)$|^(case|spread_element)/.test(node.type) && !collections.test(node.type)) return first;
	if (indexed.test(node.type)) return first;
	if (typeHeaded.has(node.type)) return parts.find(({ node: { field } }) => field === 'type') ?? first;
	if (collections.test(node.type)) return parts.find(isWord);
	return byField(parts, headFields) ?? parts.find(isWord);
}

function isWord({ node }: Part): boolean {
	return !node.named && node.children.length === 0;
}

function byField(parts: readonly Part[], fields: readonly string[]): Part | undefined {
	for (const field of fields) {
		const found = parts.find(({ node }) => node.field === field);
		if (found !== undefined) return found;
	}
	return undefined;
}

const commutative = new Set(['+', '*', '==', '===', '!=', '!==', '&&', '||', 'and', 'or', '&', '|', '^']);
const slots = new Map(
	Object.entries({
		value: '=',
		right: '=',
		initializer: '=',
		type: 't',
		return_type: 't',
		result: 't',
		parameters: 'p',
		parameter: 'p',
		receiver: 'o',
		object: 'o',
		operand: 'o',
		index: 'i',
		subscript: 'i',
	}),
);

function slotOf(node: PlainNode, child: PlainNode, place: number, head: string): string {
	if (operations.test(node.type) && !/^[A-Za-z_]/.test(head)) return commutative.has(head) ? '' : place === 0 ? 'l' : String(place);
	if (node.type === 'attribute' && child.field === 'value') return 'o';
	return slots.get(child.field) ?? (child.type === 'type_annotation' || child.type === 'type' ? 't' : '');
}

const declaring = /declar|definition|parameter|signature|_spec$|_item$|^resource$|enum_constant|variant|enhanced_for|type_alias|named_expression/;
const gathers =
	/^(pattern_list|tuple_pattern|expression_list|list_splat_pattern|dictionary_splat_pattern|object_pattern|array_pattern|pair_pattern|rest_pattern|as_pattern_target|typed_parameter|parameters|lambda_parameters|inferred_parameters|object_assignment_pattern|assignment_pattern|variable_declarator|literal_element|type_parameter)$/;
const leftBinds = /^(assignment|for_statement|for_in_statement|for_in_clause|short_var_declaration|range_clause|receive_statement)$/;

/** Whether the names at the top of `child` are declared there. `outer`: whether those of `node` are. */
function bindsIn(node: PlainNode, child: PlainNode, outer: boolean): boolean {
	const { field, type } = child;
	if (field === 'name') return declaring.test(node.type);
	if (field === 'left') return leftBinds.test(node.type) || (outer && gathers.test(node.type));
	if (field === 'pattern') return node.type.includes('parameter') || outer;
	if (field === 'alias' || field === 'parameter') return true;
	if (field === 'parameters' || field === 'declarator') return true;
	if (field === 'attribute') return outer && node.children[0]?.text === 'self';
	if (field !== '' && field !== 'key') return false;
	return gathers.test(node.type) && (outer || node.type.includes('parameter')) && type !== 'type' && type !== 'default_parameter';
}
