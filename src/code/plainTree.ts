import type { Node, TreeCursor } from 'web-tree-sitter';

/** A node of a parsed tree, out of the parser's memory. */
export interface PlainNode {
	readonly type: string;
	readonly named: boolean;
	/** Its role in its parent by the grammar; '' without one. */
	readonly field: string;
	/** 0-based. */
	readonly start: number;
	readonly end: number;
	/** Of a leaf and of a text literal as a whole; '' of others. */
	readonly text: string;
	readonly children: PlainNode[];
}

/** Deeper nodes hang on the last one allowed, so that no later walk needs more stack than this. */
const deepest = 150;

/** Copies a tree without comments. A text literal is one leaf unless code is put into it. */
export function plainTree(root: Node): PlainNode {
	const cursor = root.walk();
	try {
		const top = plainNode(cursor, '');
		copyChildren(cursor, top);
		return top;
	} finally {
		cursor.delete();
	}
}

function copyChildren(cursor: TreeCursor, top: PlainNode): void {
	const path = [top];
	let depth = 0;
	if (!cursor.gotoFirstChild()) return;
	for (;;) {
		depth++;
		const parent = path[Math.min(depth, path.length) - 1] ?? top;
		path.length = Math.min(depth, path.length);
		const node = plainNode(cursor, cursor.currentFieldName ?? '');
		const inside = !isComment(node.type) && !isPlainLiteral(node, cursor) && cursor.gotoFirstChild();
		if (!isComment(node.type) && (!inside || depth < deepest)) parent.children.push(node);
		if (inside) {
			if (depth < deepest) path.push(node);
			continue;
		}
		while (!cursor.gotoNextSibling()) {
			depth--;
			if (depth === 0 || !cursor.gotoParent()) return;
		}
		depth--;
	}
}

function plainNode(cursor: TreeCursor, field: string): PlainNode {
	const type = cursor.nodeType;
	const leaf = cursor.currentNode.childCount === 0 || literalType.test(type);
	const { row: start } = cursor.startPosition;
	const { row: end } = cursor.endPosition;
	return { type, named: cursor.nodeIsNamed, field, start, end, text: leaf ? cursor.nodeText : '', children: [] };
}

const literalType = /(^|_)(string|string_literal|regex|char_literal|character_literal|template_string|rune_literal|heredoc_body)$/;
const substitution = /interpolation|substitution|string_expression|embedded/;

function isComment(type: string): boolean {
	return type.includes('comment');
}

function isPlainLiteral({ type }: PlainNode, cursor: TreeCursor): boolean {
	return literalType.test(type) && !cursor.currentNode.namedChildren.some((child) => substitution.test(child.type));
}
