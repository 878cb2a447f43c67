import type { Node } from 'web-tree-sitter';
import { codeTiny, container, definitionOf, named, types, type Definition, type Rules } from './rule';

export const rubyRules: Rules = {
	define: {
		module: container('module'),
		class: container('class'),
		method: named('method'),
		singleton_method: named('method'),
		call: (node) => specBlock(node),
	},
	transparent: types('singleton_class', 'body_statement'),
	leading: new Set(['comment']),
	imports: new Set(),
	tiny: codeTiny,
};

export const bashRules: Rules = {
	define: { function_definition: named('function') },
	transparent: () => false,
	leading: new Set(['comment']),
	imports: new Set(),
	tiny: codeTiny,
};

export const luaRules: Rules = {
	define: {
		function_declaration: named('function'),
		assignment_statement: (node) => luaAssignment(node),
		variable_declaration: (node, inner) => inner(node.firstNamedChild),
	},
	transparent: () => false,
	leading: new Set(['comment', 'hash_bang_line']),
	imports: new Set(),
	tiny: codeTiny,
};

const suites = new Set(['describe', 'context', 'feature', 'shared_examples']);
const tests = new Set(['it', 'specify', 'scenario', 'test']);

/** `describe 'Point' do … end`. */
function specBlock(node: Node): Definition | undefined {
	const method = node.childForFieldName('method')?.text ?? '';
	const kind = suites.has(method) ? 'suite' : tests.has(method) ? 'test' : undefined;
	const title = node.childForFieldName('arguments')?.firstNamedChild;
	const block = node.childForFieldName('block');
	if (kind === undefined || !title || block === null) return undefined;
	const members = kind === 'suite' ? (block.childForFieldName('body') ?? undefined) : undefined;
	return { kind, name: title.text.replace(/^['"]|['"]$/g, '').slice(0, 120), joiner: ' > ', members };
}

function luaAssignment(node: Node): Definition | undefined {
	const [left, right] = node.namedChildren;
	const value = right?.childForFieldName('value')?.type;
	if (value === 'function_definition') return definitionOf(left ?? null, 'function', {});
	return value === 'table_constructor' ? definitionOf(left ?? null, 'variable', { minRows: 4 }) : undefined;
}
