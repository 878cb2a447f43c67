import type { Node } from 'web-tree-sitter';
import { docText } from './docText';
import type { Definition, Rules } from './rules/rule';
import type { Source } from './source';
import { isLarge, type Owner, type Span } from './span';

/**
 * Says for every row of a file what it belongs to. The spans are in order, do not overlap, and leave out blank rows only.
 * Where two statements share a row, the first one has it.
 */
export function outline(root: Node, source: Source, rules: Rules): Span[] {
	const section: Owner = { symbol: '', kind: 'section', doc: '', parent: undefined };
	const walk: Walk = { source, rules, spans: [], next: 0, section, imports: { ...section, kind: 'imports' }, joiners: new Map() };
	visit(walk, root.children, { owner: section, last: source.lines.length - 1, least: 1, depth: 0 });
	return walk.spans;
}

interface Walk {
	readonly source: Source;
	readonly rules: Rules;
	readonly spans: Span[];
	/** First row that belongs to nothing yet. */
	next: number;
	readonly section: Owner;
	readonly imports: Owner;
	/** Separators that are not '.', by owner. */
	readonly joiners: Map<Owner, string>;
}

interface Scope {
	readonly owner: Owner;
	readonly last: number;
	/** Definitions of fewer rows are part of their owner's body. */
	readonly least: number;
	readonly depth: number;
}

interface Rows {
	readonly start: number;
	readonly end: number;
}

/** Comments, decorators and attributes that wait for the definition below them. */
interface Lead extends Rows {
	readonly comments: readonly string[];
}

/** A class this short is one chunk with its members. */
const smallContainer = 8;
/** In a function that has to be divided, a nested function this long stands alone. */
const leastNested = 10;
const deepest = 60;
const classLike = new Set(['class', 'interface', 'struct', 'trait', 'impl', 'object', 'enum', 'extension', 'protocol', 'actor']);

function visit(walk: Walk, nodes: readonly Node[], scope: Scope): void {
	let lead: Lead | undefined;
	for (const node of nodes) {
		const rows = rowsOf(node);
		if (rows.end < walk.next) continue;
		if (walk.rules.leading.has(node.type) && rows.start >= walk.next) {
			lead = leadWith(lead, node, rows);
			continue;
		}
		const attached = lead !== undefined && lead.end + 1 >= rows.start ? lead : undefined;
		place(walk, node, { start: attached?.start ?? rows.start, end: Math.min(rows.end, scope.last) }, attached?.comments ?? [], scope);
		lead = undefined;
	}
	add(walk, scope.last, scope.owner);
}

function place(walk: Walk, node: Node, rows: Rows, comments: readonly string[], scope: Scope): void {
	const { owner, least, depth } = scope;
	const height = rows.end - rows.start + 1;
	const found = definitionAt(walk, node);
	const nested = { owner, last: rows.end, least, depth: depth + 1 };
	if (found !== undefined && height >= Math.max(least, found.minRows ?? 1)) {
		add(walk, rows.start - 1, owner);
		define(walk, node, found, rows, comments, scope);
	} else if (depth < deepest && walk.rules.transparent(node)) {
		add(walk, rows.start - 1, owner);
		visit(walk, node.children, nested);
	} else if (depth < deepest && isLarge(walk.source, rows.start, rows.end)) {
		add(walk, rows.start - 1, owner);
		visit(walk, node.children, { ...nested, least: owner.kind === 'section' ? least : leastNested });
	} else {
		add(walk, rows.start - 1, owner);
		add(walk, rows.end, owner === walk.section && walk.rules.imports.has(node.type) ? walk.imports : owner);
	}
}

function define(walk: Walk, node: Node, found: Definition, rows: Rows, comments: readonly string[], scope: Scope): void {
	const owner = ownerOf(walk, found, scope.owner, docOf(walk, node, comments));
	const large = isLarge(walk.source, rows.start, rows.end);
	const divided = found.members !== undefined && rows.end - rows.start + 1 > smallContainer;
	if (scope.depth >= deepest || (!large && !divided)) {
		add(walk, rows.end, owner, true);
		return;
	}
	// What lies before the members, the lead too, is the head of the definition.
	visit(walk, divided ? nodesInside(node, found.members) : node.children, {
		owner,
		last: rows.end,
		least: divided ? 1 : leastNested,
		depth: scope.depth + 1,
	});
}

function definitionAt(walk: Walk, node: Node): Definition | undefined {
	const define = walk.rules.define[node.type];
	return define?.(node, (inner) => (inner === null || inner.id === node.id ? undefined : definitionAt(walk, inner)));
}

function ownerOf(walk: Walk, found: Definition, parent: Owner, doc: string): Owner {
	const joiner = walk.joiners.get(parent) ?? '.';
	const symbol = parent.symbol === '' ? found.name : `${parent.symbol}${joiner}${found.name}`;
	const kind =
		found.kind === 'function' && classLike.has(parent.kind)
			? 'method'
			: found.kind === 'method' && parent.symbol === '' && !symbol.includes('.')
				? 'function'
				: found.kind;
	const owner: Owner = { symbol, kind, doc, parent };
	if (found.joiner !== undefined) walk.joiners.set(owner, found.joiner);
	return owner;
}

function docOf(walk: Walk, node: Node, comments: readonly string[]): string {
	const inside = walk.rules.docstring?.(node) ?? '';
	return [...comments, inside]
		.map(docText)
		.filter((text) => text !== '')
		.join('\n');
}

/** The children of a definition, with those of its body in the body's place: comments may stand before the body. */
function nodesInside(node: Node, members: Node | undefined): Node[] {
	if (members === undefined || members.id === node.id) return node.children;
	const children = node.children;
	const body = children.findIndex((child) => child.id === members.id);
	return body === -1 ? members.children : [...children.slice(0, body), ...members.children, ...children.slice(body + 1)];
}

function leadWith(lead: Lead | undefined, node: Node, rows: Rows): Lead {
	const comments = node.type.includes('comment') ? [node.text] : [];
	if (lead === undefined || rows.start > lead.end + 1) return { ...rows, comments };
	return { start: lead.start, end: Math.max(lead.end, rows.end), comments: [...lead.comments, ...comments] };
}

/** Gives the rows from the next free one to `end` to an owner. Blank rows before them belong to nobody. */
function add(walk: Walk, end: number, owner: Owner, whole = false): void {
	while (walk.next <= end && walk.source.isBlank(walk.next)) walk.next++;
	if (walk.next > end) return;
	walk.spans.push({ start: walk.next, end, owner, whole });
	walk.next = end + 1;
}

/** A node that ends at the start of a row has nothing on that row. */
function rowsOf(node: Node): Rows {
	const { row: start } = node.startPosition;
	const { row, column } = node.endPosition;
	return { start, end: column === 0 && row > start ? row - 1 : row };
}
