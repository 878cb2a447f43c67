/** What a token is to the grammar. Comments and punctuation that only divides are no tokens. */
export type TokenClass = 'name' | 'literal' | 'keyword' | 'mark';

/** One token and what it depends on: arguments depend on the callee, operands on the operator, a value on the name it is given to. */
export interface SyntaxToken {
	/** As written; of a string what lies between the quotes. */
	readonly text: string;
	readonly class: TokenClass;
	/** 1-based. */
	readonly line: number;
	/** Index of the token it depends on, in the same unit; -1 at the top. */
	readonly head: number;
	/** Role below the head where it changes the meaning (receiver, side of an operator, value, type); '' where order among siblings does not matter. */
	readonly slot: string;
	/** It declares the name: a parameter, variable, function, member. */
	readonly binds: boolean;
}

/**
 * The smallest piece that has a meaning on its own: a statement, a declaration, a member. Of what has a body (function, class, loop,
 * branch) the unit is the header alone; the body's statements are units whose `parent` it is.
 */
export interface SyntaxUnit {
	/** 1-based, inclusive; of a header without its body. */
	readonly start_line: number;
	readonly end_line: number;
	/** Qualified name of the enclosing definition (a definition's header lies in itself), '' at the top. */
	readonly symbol: string;
	/** Node type of the grammar. */
	readonly kind: string;
	/** Number of units around it. */
	readonly depth: number;
	/** Index of the unit around it in the file's list, -1 at the top. Parents come before their children. */
	readonly parent: number;
	/** The unit introduces a name with a body of its own: a function, class, … */
	readonly defines: boolean;
	/** Changing places with its neighbours would change the meaning: true for statements, false for members and declarations. */
	readonly ordered: boolean;
	readonly tokens: readonly SyntaxToken[];
}
