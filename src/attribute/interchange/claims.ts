import type { LineRange } from './lineRanges';

/** Lines of a file; `hash` tells their text, see `contentHash`. */
export interface ClaimedRange extends LineRange {
	readonly hash?: string;
}

/** A turn as another tool tells of it: who, and which lines of which revision it wrote. No texts come with it. */
export interface ClaimedTurn {
	readonly assistant: string;
	readonly session_id: string;
	readonly turn_key: string;
	/** UTC, ISO 8601. */
	readonly at: string;
	readonly model?: string;
	readonly version?: string;
	/** Where the record holds the chat. */
	readonly prompt?: string;
	readonly response?: string;
	readonly files: readonly { readonly path: string; readonly ranges: readonly ClaimedRange[] }[];
	/** What names the record to a person. */
	readonly origin: string;
	/** Codelearn itself wrote the record, and the turn's id follows from these parts. */
	readonly own: boolean;
}

/** What a record says that is no claim of an assistant's. */
export interface ReadClaims {
	readonly turns: readonly ClaimedTurn[];
	/** Lines of persons, or of nobody known. */
	readonly otherLines: number;
	readonly refused: readonly Refusal[];
}

export interface Refusal {
	readonly reason: string;
	readonly what: string;
}

export type Hash = (text: string) => string;

/** The text of lines without their line ends, joined by LF. Whatever checks it out, the hash is the same. */
export function contentHash(lines: readonly string[], sha256: Hash): string {
	return `sha256:${sha256(lines.join('\n'))}`;
}

/** Names of assistants differ between tools: those of git-ai, and what Codelearn calls them. */
const names: readonly (readonly [theirs: string, ours: string])[] = [
	['claude', 'claude-code'],
	['gemini', 'gemini-cli'],
	['github-copilot', 'vscode-copilot'],
	['copilot', 'vscode-copilot'],
	['continue-cli', 'continue'],
];

export function ourName(tool: string): string {
	const plain = tool
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N}._-]+/gu, '-')
		.slice(0, 80);
	return names.find(([theirs]) => theirs === plain)?.[1] ?? (plain === '' ? 'unknown' : plain);
}

export function theirName(assistant: string): string {
	return names.find(([, ours]) => ours === assistant)?.[0] ?? assistant;
}
