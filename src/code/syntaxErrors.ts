import type { Node } from 'web-tree-sitter';

/** More than half of the text's rows lie inside nodes that the grammar could not make sense of. */
export function isMostlyErrors(root: Node, rows: number): boolean {
	return root.hasError && rowsInErrors(root) > rows / 2;
}

function rowsInErrors(node: Node): number {
	if (node.isError) return node.endPosition.row - node.startPosition.row + 1;
	return node.children.reduce((sum, child) => (child.hasError ? sum + rowsInErrors(child) : sum), 0);
}
