import { z } from 'zod';

/**
 * Ids are derived from what they name, so that seeing a thing twice writes it once.
 * Hashing itself needs Node's crypto, which this layer may not import: the hash is a port.
 */
export type Sha256Hex = (text: string) => string;

/** Joins parts so that no two different lists of parts give the same text. */
function joined(parts: readonly string[]): string {
	return parts.map((part) => `${part.length}:${part}`).join('|');
}

/** A turn is named by assistant (not by the channel it was seen through), session, and that assistant's own turn key. */
export function turnId(hash: Sha256Hex, assistant: string, sessionId: string, turnKey: string): string {
	return `t_${hash(joined(['turn', assistant, sessionId, turnKey])).slice(0, 32)}`;
}

/** A chunk is named by repository, repo-relative path, qualified symbol and the ordinal among equals in the file. */
export function chunkId(hash: Sha256Hex, repoId: string, filePath: string, symbol: string, ordinal: number): string {
	return `c_${hash(joined(['chunk', repoId, filePath, symbol, String(ordinal)])).slice(0, 32)}`;
}

/** A thought is named by session, branch, number and revision. */
export function thoughtId(hash: Sha256Hex, sessionId: string, branch: string, number: number, revision: number): string {
	return `h_${hash(joined(['thought', sessionId, branch, String(number), String(revision)])).slice(0, 32)}`;
}

/** An edit seen in the editor outside any known turn. */
export function editId(hash: Sha256Hex, writer: string, file: string, at: string, afterHash: string): string {
	return `e_${hash(joined(['edit', writer, file, at, afterHash])).slice(0, 32)}`;
}

/** A check that was seen; `what` is its command or, for diagnostics, its file. */
export function checkId(hash: Sha256Hex, checkout: string, type: string, via: string, what: string, at: string): string {
	return `k_${hash(joined(['check', checkout, type, via, what, at])).slice(0, 32)}`;
}

/** UTC, ISO 8601, as every `at` and `timestamp` in a record. */
export const Instant = z.iso.datetime();
