import type { Node } from 'web-tree-sitter';
import { childOfType, codeTiny, container, definitionOf, named, plainName, types, wrapper, type Definition, type Rules } from './rule';

export const goRules: Rules = {
	define: {
		function_declaration: named('function'),
		method_declaration: (node) => {
			const receiver = node.childForFieldName('receiver')?.descendantsOfType('type_identifier')[0]?.text ?? '';
			const name = node.childForFieldName('name')?.text ?? '';
			return { kind: 'method', name: receiver === '' ? name : `${receiver}.${name}` };
		},
		type_declaration: (node) => {
			const spec = childOfType(node, 'type_spec', 'type_alias');
			const type = spec?.childForFieldName('type')?.type ?? '';
			const kind = type === 'struct_type' ? 'struct' : type === 'interface_type' ? 'interface' : 'type';
			return definitionOf(spec?.childForFieldName('name') ?? null, kind, {});
		},
		const_declaration: (node) => firstSpec(node),
		var_declaration: (node) => firstSpec(node),
	},
	transparent: () => false,
	leading: new Set(['comment']),
	imports: new Set(['import_declaration', 'package_clause']),
	tiny: codeTiny,
};

export const rustRules: Rules = {
	define: {
		function_item: named('function'),
		struct_item: named('struct'),
		union_item: named('struct'),
		enum_item: named('enum'),
		type_item: named('type'),
		macro_definition: named('macro'),
		trait_item: container('trait'),
		mod_item: (node) => (node.childForFieldName('body') === null ? undefined : container('module')(node, () => undefined)),
		impl_item: (node) => definitionOf(node.childForFieldName('type'), 'impl', { members: node.childForFieldName('body') ?? undefined }),
		const_item: named('variable', 4),
		static_item: named('variable', 4),
	},
	transparent: types('foreign_mod_item'),
	leading: new Set(['line_comment', 'block_comment', 'attribute_item']),
	imports: new Set(['use_declaration', 'extern_crate_declaration']),
	tiny: codeTiny,
};

const conditional = ['preproc_ifdef', 'preproc_if', 'preproc_else', 'preproc_elif', 'linkage_specification', 'declaration_list'];

export const cRules: Rules = {
	define: {
		function_definition: (node) => cFunction(node),
		struct_specifier: (node) => cType(node, 'struct'),
		union_specifier: (node) => cType(node, 'struct'),
		enum_specifier: (node) => cType(node, 'enum'),
		type_definition: (node) => definitionOf(node.childForFieldName('declarator'), 'type', { minRows: 2 }),
		preproc_function_def: named('macro', 2),
		declaration: (node) => {
			const name = declaredName(node.childForFieldName('declarator'));
			return name === undefined ? undefined : { kind: 'variable', name, minRows: 6 };
		},
	},
	transparent: types(...conditional),
	leading: new Set(['comment']),
	imports: new Set(['preproc_include']),
	tiny: codeTiny,
};

export const cppRules: Rules = {
	...cRules,
	define: {
		...cRules.define,
		class_specifier: (node) => cType(node, 'class', true),
		struct_specifier: (node) => cType(node, 'struct', true),
		concept_definition: named('type'),
		template_declaration: wrapper('declaration'),
	},
	transparent: types(...conditional, 'namespace_definition'),
	imports: new Set(['preproc_include', 'using_declaration']),
};

function firstSpec(node: Node): Definition | undefined {
	const spec = node.descendantsOfType(['const_spec', 'var_spec'])[0];
	return definitionOf(spec?.childForFieldName('name') ?? null, 'variable', { minRows: 4 });
}

function cType(node: Node, kind: string, hasMembers = false): Definition | undefined {
	const body = node.childForFieldName('body');
	return body === null ? undefined : definitionOf(node.childForFieldName('name'), kind, { members: hasMembers ? body : undefined });
}

function cFunction(node: Node): Definition | undefined {
	const name = declaredName(node.childForFieldName('declarator'));
	return name === undefined ? undefined : { kind: name.includes('.') ? 'method' : 'function', name };
}

/** The name inside pointers, references, arrays and parameter lists. */
function declaredName(declarator: Node | null): string | undefined {
	let node = declarator;
	while (node !== null) {
		const inner: Node | null = node.childForFieldName('declarator') ?? (wrapsDeclarator(node) ? node.lastNamedChild : null);
		if (inner === null) return node.type === 'operator_cast' ? 'operator' : plainName(node.text);
		node = inner;
	}
	return undefined;
}

const wrapsDeclarator = types('reference_declarator', 'parenthesized_declarator');
