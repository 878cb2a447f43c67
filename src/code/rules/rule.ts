import type { Node } from 'web-tree-sitter';

/** What a syntax node defines. */
export interface Definition {
	readonly kind: string;
	readonly name: string;
	/** Node whose children may be definitions of their own; undefined: everything inside is one body. */
	readonly members?: Node | undefined;
	/** Shorter ones are no definitions but loose statements. */
	readonly minRows?: number;
	/** Stands between the owner's name and this one; '.' unless said. */
	readonly joiner?: string;
}

/** `inner` asks the same question of another node, for nodes that wrap a definition. */
export type Define = (node: Node, inner: (node: Node | null) => Definition | undefined) => Definition | undefined;

/** How one language's tree is read. Everything is by node type. */
export interface Rules {
	readonly define: Readonly<Record<string, Define>>;
	/** Its children stand in its place: namespaces, conditional compilation, the root of a document. */
	readonly transparent: (node: Node) => boolean;
	/** Comments, and what else belongs to the definition below it (decorators, attributes). */
	readonly leading: ReadonlySet<string>;
	readonly imports: ReadonlySet<string>;
	/** Documentation inside a definition's own text. */
	readonly docstring?: (node: Node) => string;
	/** Neighbours of at most `rows` are put together up to `upTo` rows. */
	readonly tiny: { readonly rows: number; readonly upTo: number };
}

export const codeTiny = { rows: 1, upTo: 8 };

export function types(...names: string[]): (node: Node) => boolean {
	const set = new Set(names);
	return (node) => set.has(node.type);
}

/** A definition named by its field `name`, with no members. */
export function named(kind: string, minRows = 1): Define {
	return (node) => definitionOf(node.childForFieldName('name'), kind, { minRows });
}

/** One that counts only with a body: a signature alone stays with its owner. */
export function withBody(kind: string): Define {
	return (node) => (node.childForFieldName('body') === null ? undefined : definitionOf(node.childForFieldName('name'), kind, {}));
}

/** A definition whose field `body` has members. */
export function container(kind: string): Define {
	return (node) => definitionOf(node.childForFieldName('name'), kind, { members: node.childForFieldName('body') ?? undefined });
}

/** The definition is the node's child in this field, or else its last named child that is one. */
export function wrapper(field: string): Define {
	return (node, inner) => inner(node.childForFieldName(field)) ?? inner(node.lastNamedChild);
}

export function definitionOf(name: Node | null, kind: string, rest: Omit<Definition, 'kind' | 'name'>): Definition | undefined {
	return name === null ? undefined : { kind, name: plainName(name.text), ...rest };
}

/** `ns::Type<T>` to `ns.Type`: type arguments off, one separator for every language. */
export function plainName(text: string): string {
	return text.replace(/<.*$/s, '').replaceAll('::', '.').replaceAll(':', '.').replace(/\s+/g, ' ').trim().slice(0, 120);
}

export function childOfType(node: Node, ...wanted: string[]): Node | undefined {
	return node.children.find((child) => wanted.includes(child.type));
}
