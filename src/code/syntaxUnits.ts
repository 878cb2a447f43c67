import type { Node } from 'web-tree-sitter';
import type { SyntaxToken, SyntaxUnit } from '../core/syntax';
import { plainTree, type PlainNode } from './plainTree';
import { tokensOf } from './syntaxTokens';

/** Cuts a parsed file into statements, declarations and members, in the order of the text. */
export function syntaxUnits(root: Node): SyntaxUnit[] {
	const units: SyntaxUnit[] = [];
	for (const node of unitsIn(plainTree(root))) add(units, node, { symbol: '', depth: 0, parent: -1, members: true, receiver: undefined });
	return units;
}

interface Place {
	readonly symbol: string;
	readonly depth: number;
	readonly parent: number;
	/** Order among the units here has no meaning. */
	readonly members: boolean;
	/** What the method around it calls its own object, where the language leaves the name open. */
	readonly receiver: string | undefined;
}

function add(units: SyntaxUnit[], node: PlainNode, place: Place): void {
	const { tokens: cut, inner } = tokensOf(node, isInner);
	const receiver = receiverOf(node, cut) ?? place.receiver;
	const tokens = receiver === undefined ? cut : cut.map((token) => (token.text === receiver && token.class === 'name' ? ownObject(token) : token));
	const own = definedName(node);
	const symbol = own === '' ? place.symbol : place.symbol === '' ? own : `${place.symbol}.${own}`;
	const { depth, parent, members } = place;
	const index = units.length;
	const wanted = tokens.length > 0 && !isDocstring(node);
	if (wanted) {
		const start_line = node.start + 1;
		const end_line = Math.max(start_line, ...tokens.map(({ line }) => line));
		units.push({ start_line, end_line, symbol, kind: node.type, depth, parent, defines: own !== '', ordered: !members, tokens });
	}
	const below = { symbol, depth: wanted ? depth + 1 : depth, parent: wanted ? index : parent, members: memberHolder.test(node.type), receiver };
	for (const held of inner) for (const child of isHolder(held) ? unitsIn(held) : [held]) add(units, child, below);
}

function receiverOf({ children }: PlainNode, tokens: readonly SyntaxToken[]): string | undefined {
	return children.some(({ field }) => field === 'receiver') ? tokens.find(({ slot, binds }) => slot === 'o' && binds)?.text : undefined;
}

function ownObject(token: SyntaxToken): SyntaxToken {
	return { ...token, text: 'this', class: 'keyword', binds: false };
}

const holder =
	/(^|_)(block|body|suite)$|^(program|module|source_file|translation_unit|compilation_unit|document|declaration_list|field_declaration_list|statement_list|compound_statement|object_type|.*spec_list|switch_block|do_block|statements|enum_body_declarations|method_spec_list)$/;
const statement =
	/_statement$|^(else|elif|except|except_group|catch|finally|switch_block)_clause$|_case$|^(switch_default|switch_block_statement_group|switch_rule|method_elem|method_spec)$/;
const memberHolder = /class|interface|struct|enum|trait|impl|object|module|namespace|record|^type_/;
const headOnly = new Set(['initializer', 'update', 'condition', 'init']);
/** Stand around units and are none themselves. */
const wrappers =
	/^(export_statement|decorated_definition|ambient_declaration|template_declaration|type_declaration|var_declaration|const_declaration|import_declaration)$/;
const wrapped = /_declaration$|_definition$|_spec$|_alias$|^decorator$|_statement$|_spec_list$/;

function isHolder(node: PlainNode): boolean {
	return node.children.length > 0 && holder.test(node.type);
}

function isInner(node: PlainNode, parent: PlainNode): boolean {
	if (isHolder(node)) return node.field !== 'type' && !(node.type === 'object_type' && node.start === node.end);
	if (node.type.endsWith('_body') || node.type === 'block') return node.children.length === 0 && node.named && node.text === '';
	return parent.type !== 'for_clause' && node.named && statement.test(node.type) && !headOnly.has(node.field);
}

function unitsIn(node: PlainNode): PlainNode[] {
	return node.children
		.filter(({ named, type }) => named && type !== 'empty_statement')
		.flatMap((child) => (isWrapper(child) || isHolder(child) ? unitsIn(child) : [child]));
}

function isWrapper({ type, children }: PlainNode): boolean {
	return wrappers.test(type) && children.some((child) => wrapped.test(child.type));
}

function isDocstring({ type, children }: PlainNode): boolean {
	return type === 'expression_statement' && children.length === 1 && children[0]?.type === 'string' && children[0].children.length === 0;
}

const definition =
	/^(function|method|class|abstract_class|interface|struct|enum|trait|impl|object|constructor|record|module|namespace|protocol|generator_function|type)_?(\w*_)?(declaration|definition|item|signature|spec|alias_declaration|specifier|alias)$|^internal_module$/;
const functionValue = /^(arrow_function|function_expression|function|func_literal|lambda_expression|lambda|class)$/;

/** The name under which the unit's body is known; '' when it defines nothing that has one. */
function definedName(node: PlainNode): string {
	if (definition.test(node.type)) {
		const name = fieldText(node, 'name');
		const receiver = node.children.find(({ field }) => field === 'receiver');
		const owner = receiver === undefined ? '' : typeName(receiver);
		return owner === '' ? name : `${owner}.${name}`;
	}
	const holdsValue = node.type === 'variable_declarator' || node.children.some(({ field, type }) => field === 'value' && functionValue.test(type));
	if (holdsValue) return functionNamed(node);
	const [only, ...others] = node.children.filter(({ type }) => type === 'variable_declarator');
	return only !== undefined && others.length === 0 ? functionNamed(only) : '';
}

function functionNamed(node: PlainNode): string {
	const value = node.children.find(({ field }) => field === 'value' || field === 'right');
	return value !== undefined && functionValue.test(value.type) ? fieldText(node, 'name') || fieldText(node, 'property') : '';
}

function fieldText(node: PlainNode, field: string): string {
	return node.children.find((child) => child.field === field)?.text.slice(0, 120) ?? '';
}

function typeName(node: PlainNode): string {
	if (node.type === 'type_identifier') return node.text;
	for (const child of node.children) {
		const found = typeName(child);
		if (found !== '') return found;
	}
	return '';
}
