import type { Node } from 'web-tree-sitter';
import { codeTiny, container, named, types, wrapper, type Define, type Definition, type Rules } from './rule';

/** JavaScript, JSX, TypeScript and TSX: their trees agree in all that matters here. */
export const javascriptRules: Rules = {
	define: {
		function_declaration: named('function'),
		generator_function_declaration: named('function'),
		function_signature: named('function'),
		class_declaration: container('class'),
		abstract_class_declaration: container('class'),
		interface_declaration: named('interface'),
		type_alias_declaration: named('type'),
		enum_declaration: named('enum'),
		internal_module: container('namespace'),
		module: (node) => ({ kind: 'namespace', name: unquoted(node.childForFieldName('name')), members: node.childForFieldName('body') ?? undefined }),
		method_definition: named('method'),
		public_field_definition: (node) => functionField(node, 'name'),
		field_definition: (node) => functionField(node, 'property'),
		pair: (node) => property(node),
		lexical_declaration: (node) => variable(node),
		variable_declaration: (node) => variable(node),
		expression_statement: (node, inner) => expression(node.firstNamedChild, inner),
		export_statement: (node, inner) => inner(node.childForFieldName('declaration')) ?? defaultExport(node),
		ambient_declaration: wrapper('declaration'),
	},
	transparent: () => false,
	leading: new Set(['comment', 'decorator', 'hash_bang_line']),
	imports: new Set(['import_statement']),
	tiny: codeTiny,
};

const functions = new Set(['arrow_function', 'function_expression', 'generator_function', 'function']);
const suites = new Set(['describe', 'context', 'suite']);
const tests = new Set(['it', 'test', 'specify']);

function functionField(node: Node, field: string): Definition | undefined {
	const name = node.childForFieldName(field);
	return name !== null && functions.has(bare(node.childForFieldName('value'))?.type ?? '') ? { kind: 'method', name: name.text } : undefined;
}

function property(node: Node): Definition | undefined {
	const name = unquoted(node.childForFieldName('key'));
	const value = bare(node.childForFieldName('value'));
	if (value === null) return undefined;
	if (functions.has(value.type)) return { kind: 'method', name };
	return value.type === 'object' ? { kind: 'property', name, members: value, minRows: 20 } : undefined;
}

function variable(node: Node): Definition | undefined {
	const declarators = node.namedChildren.filter((child) => child.type === 'variable_declarator');
	const [first] = declarators;
	const name = first?.childForFieldName('name');
	if (first === undefined || declarators.length > 1 || name?.type !== 'identifier') return undefined;
	return valueDefinition(name.text, bare(first.childForFieldName('value')));
}

function valueDefinition(name: string, value: Node | null): Definition | undefined {
	if (value === null) return undefined;
	if (functions.has(value.type)) return { kind: 'function', name };
	if (value.type === 'class') return { kind: 'class', name, members: value.childForFieldName('body') ?? undefined };
	return { kind: 'variable', name, members: value.type === 'object' ? value : undefined, minRows: 4 };
}

function expression(node: Node | null, inner: Parameters<Define>[1]): Definition | undefined {
	if (node?.type === 'assignment_expression') return assignment(node);
	if (node?.type === 'call_expression') return testBlock(node);
	return inner(node);
}

/** `exports.a = …`, `A.prototype.b = …`, `module.exports = {…}`. */
function assignment(node: Node): Definition | undefined {
	const left = node.childForFieldName('left');
	if (left === null || !['member_expression', 'identifier'].includes(left.type)) return undefined;
	const name = left.text.replace(/^(module\.exports|exports|this|window|globalThis)\.(?=.)/, '').replace('.prototype.', '.');
	const found = valueDefinition(name.replace(/\s+/g, ''), bare(node.childForFieldName('right')));
	return found?.kind === 'function' && left.text.includes('.prototype.') ? { ...found, kind: 'method' } : found;
}

/** `describe('title', () => {…})` and its kin, which hold more code in a test file than any function. */
function testBlock(node: Node): Definition | undefined {
	const callee = /^\w+/.exec(node.childForFieldName('function')?.text.slice(0, 40) ?? '')?.[0] ?? '';
	const kind = suites.has(callee) ? 'suite' : tests.has(callee) ? 'test' : undefined;
	const [title, ...others] = node.childForFieldName('arguments')?.namedChildren ?? [];
	const body = others.at(-1);
	if (kind === undefined || title === undefined || body === undefined || !functions.has(body.type)) return undefined;
	return { kind, name: unquoted(title), joiner: ' > ', members: kind === 'suite' ? (body.childForFieldName('body') ?? undefined) : undefined };
}

function defaultExport(node: Node): Definition | undefined {
	return valueDefinition('default', bare(node.childForFieldName('value')));
}

/** The value without parentheses and type assertions around it. */
function bare(node: Node | null): Node | null {
	let value = node;
	while (value !== null && wrapsValue(value)) value = value.firstNamedChild;
	return value;
}

const wrapsValue = types('as_expression', 'satisfies_expression', 'parenthesized_expression', 'non_null_expression');

function unquoted(node: Node | null): string {
	return (node?.text ?? '')
		.replace(/^['"`]|['"`]$/g, '')
		.replace(/\s+/g, ' ')
		.slice(0, 120);
}
