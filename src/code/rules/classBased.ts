import type { Node } from 'web-tree-sitter';
import { childOfType, codeTiny, container, definitionOf, named, types, withBody, type Definition, type Rules } from './rule';

export const javaRules: Rules = {
	define: {
		class_declaration: container('class'),
		interface_declaration: container('interface'),
		enum_declaration: container('enum'),
		record_declaration: container('class'),
		annotation_type_declaration: named('interface'),
		method_declaration: withBody('method'),
		constructor_declaration: withBody('method'),
		compact_constructor_declaration: withBody('method'),
	},
	transparent: types('enum_body_declarations'),
	leading: new Set(['line_comment', 'block_comment']),
	imports: new Set(['import_declaration', 'package_declaration']),
	tiny: codeTiny,
};

export const csharpRules: Rules = {
	define: {
		class_declaration: container('class'),
		struct_declaration: container('struct'),
		record_declaration: container('class'),
		record_struct_declaration: container('struct'),
		interface_declaration: container('interface'),
		enum_declaration: named('enum'),
		delegate_declaration: named('type'),
		method_declaration: withBody('method'),
		constructor_declaration: withBody('method'),
		destructor_declaration: withBody('method'),
		operator_declaration: (node) => ({ kind: 'method', name: `operator ${node.childForFieldName('operator')?.text ?? ''}`.trim() }),
		indexer_declaration: () => ({ kind: 'property', name: 'this[]', minRows: 3 }),
		property_declaration: named('property', 3),
		local_function_statement: named('function'),
	},
	transparent: types('namespace_declaration', 'file_scoped_namespace_declaration', 'declaration_list', 'preproc_if', 'preproc_region'),
	leading: new Set(['comment']),
	imports: new Set(['using_directive']),
	tiny: codeTiny,
};

export const phpRules: Rules = {
	define: {
		class_declaration: container('class'),
		interface_declaration: container('interface'),
		trait_declaration: container('trait'),
		enum_declaration: container('enum'),
		method_declaration: withBody('method'),
		function_definition: named('function'),
	},
	transparent: types('namespace_definition', 'compound_statement', 'if_statement'),
	leading: new Set(['comment', 'attribute_list']),
	imports: new Set(['namespace_use_declaration', 'php_tag']),
	tiny: codeTiny,
};

export const kotlinRules: Rules = {
	define: {
		class_declaration: (node) => {
			const kind = childOfType(node, 'interface') ? 'interface' : childOfType(node, 'enum', 'enum_class_body') ? 'enum' : 'class';
			return definitionOf(childOfType(node, 'type_identifier') ?? null, kind, { members: kotlinBody(node) });
		},
		object_declaration: (node) => definitionOf(childOfType(node, 'type_identifier') ?? null, 'object', { members: kotlinBody(node) }),
		companion_object: (node) => ({ kind: 'object', name: childOfType(node, 'type_identifier')?.text ?? 'Companion', members: kotlinBody(node) }),
		function_declaration: (node) =>
			childOfType(node, 'function_body') === undefined ? undefined : definitionOf(childOfType(node, 'simple_identifier') ?? null, 'function', {}),
		secondary_constructor: () => ({ kind: 'method', name: 'constructor' }),
		property_declaration: (node) => ({
			kind: 'property',
			name: childOfType(childOfType(node, 'variable_declaration') ?? node, 'simple_identifier')?.text ?? '',
			minRows: 4,
		}),
	},
	transparent: () => false,
	// An annotation on a function of the top level is read as an expression of its own.
	leading: new Set(['line_comment', 'multiline_comment', 'prefix_expression', 'file_annotation']),
	imports: new Set(['import_list', 'import_header', 'package_header']),
	tiny: codeTiny,
};

export const swiftRules: Rules = {
	define: {
		class_declaration: (node) =>
			definitionOf(node.childForFieldName('name'), node.childForFieldName('declaration_kind')?.text ?? 'class', {
				members: node.childForFieldName('body') ?? undefined,
			}),
		protocol_declaration: named('protocol'),
		function_declaration: named('function'),
		init_declaration: () => ({ kind: 'method', name: 'init' }),
		deinit_declaration: () => ({ kind: 'method', name: 'deinit' }),
		subscript_declaration: () => ({ kind: 'method', name: 'subscript' }),
		property_declaration: named('property', 4),
		typealias_declaration: named('type', 2),
	},
	transparent: () => false,
	leading: new Set(['comment', 'multiline_comment']),
	imports: new Set(['import_declaration']),
	tiny: codeTiny,
};

export const scalaRules: Rules = {
	define: {
		class_definition: container('class'),
		object_definition: container('object'),
		trait_definition: container('trait'),
		enum_definition: container('enum'),
		function_definition: named('function'),
		given_definition: named('variable', 3),
		val_definition: (node) => definitionOf(node.childForFieldName('pattern'), 'variable', { minRows: 4 }),
	},
	transparent: types('package_clause', 'template_body', 'package_object', 'extension_definition'),
	leading: new Set(['comment', 'block_comment']),
	imports: new Set(['import_declaration', 'package_clause']),
	tiny: codeTiny,
};

function kotlinBody(node: Node): Definition['members'] {
	return childOfType(node, 'class_body', 'enum_class_body');
}
