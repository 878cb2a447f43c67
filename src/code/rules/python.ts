import type { Node } from 'web-tree-sitter';
import { codeTiny, container, named, types, wrapper, type Definition, type Rules } from './rule';

export const pythonRules: Rules = {
	define: {
		function_definition: named('function'),
		class_definition: container('class'),
		decorated_definition: wrapper('definition'),
		expression_statement: (node) => assignment(node.firstNamedChild),
	},
	transparent: types('if_statement', 'elif_clause', 'else_clause', 'try_statement', 'except_clause', 'finally_clause', 'with_statement', 'block'),
	leading: new Set(['comment']),
	imports: new Set(['import_statement', 'import_from_statement', 'future_import_statement']),
	docstring: (node) => {
		const body = (node.type === 'decorated_definition' ? node.childForFieldName('definition') : node)?.childForFieldName('body');
		const first = body?.firstNamedChild;
		const text = first?.type === 'expression_statement' ? first.firstNamedChild : first;
		return text?.type === 'string' ? text.text : '';
	},
	tiny: codeTiny,
};

function assignment(node: Node | null): Definition | undefined {
	const left = node?.type === 'assignment' ? node.childForFieldName('left') : null;
	return left?.type === 'identifier' ? { kind: 'variable', name: left.text, minRows: 4 } : undefined;
}
