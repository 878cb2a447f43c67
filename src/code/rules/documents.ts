import type { Node } from 'web-tree-sitter';
import { childOfType, types, type Definition, type Rules } from './rule';

export const jsonRules: Rules = {
	define: { pair: (node) => key(node) },
	transparent: (node) => (node.type === 'object' || node.type === 'array') && node.parent?.type === 'document',
	leading: new Set(['comment']),
	imports: new Set(),
	tiny: { rows: 12, upTo: 40 },
};

export const yamlRules: Rules = {
	define: { block_mapping_pair: (node) => key(node) },
	transparent: types('document', 'block_node', 'block_mapping', 'block_sequence'),
	leading: new Set(['comment']),
	imports: new Set(),
	tiny: { rows: 12, upTo: 40 },
};

export const htmlRules: Rules = {
	define: {
		element: (node) => {
			const tag = node.firstNamedChild;
			const id = /\sid\s*=\s*["']?([\w:.-]+)/.exec(tag?.text ?? '')?.[1];
			return id === undefined ? undefined : { kind: 'element', name: `${tagName(node)}#${id}`, minRows: 5, joiner: ' > ' };
		},
		script_element: () => ({ kind: 'element', name: 'script', minRows: 5 }),
		style_element: () => ({ kind: 'element', name: 'style', minRows: 5 }),
	},
	transparent: (node) => node.type === 'element' && ['html', 'head', 'body', 'main'].includes(tagName(node)),
	leading: new Set(['comment']),
	imports: new Set(),
	tiny: { rows: 4, upTo: 30 },
};

export const cssRules: Rules = {
	define: {
		rule_set: (node) => rule(node),
		media_statement: (node) => rule(node),
		keyframes_statement: (node) => rule(node),
		supports_statement: (node) => rule(node),
		at_rule: (node) => rule(node),
	},
	transparent: () => false,
	leading: new Set(['comment']),
	imports: new Set(['import_statement', 'charset_statement']),
	tiny: { rows: 20, upTo: 40 },
};

export const markdownRules: Rules = {
	define: {
		section: (node) => {
			const heading = childOfType(node, 'atx_heading', 'setext_heading');
			if (heading === undefined) return undefined;
			const name = (heading.childForFieldName('heading_content')?.text ?? '').trim().replace(/\s+/g, ' ').slice(0, 120);
			return { kind: 'heading', name, members: node, joiner: ' > ' };
		},
	},
	transparent: types('section'),
	leading: new Set(),
	imports: new Set(),
	tiny: { rows: 6, upTo: 30 },
};

function key(node: Node): Definition {
	const name = (node.childForFieldName('key')?.text ?? '').replace(/^["']|["']$/g, '').slice(0, 120);
	return { kind: 'key', name, members: node.childForFieldName('value') ?? undefined, minRows: 10 };
}

function rule(node: Node): Definition {
	const head = node.text.slice(0, 400).split('{')[0] ?? '';
	return { kind: 'rule', name: head.replace(/\s+/g, ' ').trim().slice(0, 80), members: childOfType(node, 'block', 'keyframe_block_list') };
}

function tagName(element: Node): string {
	return element.firstNamedChild?.firstNamedChild?.text.toLowerCase() ?? '';
}
