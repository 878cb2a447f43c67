import type { CodeChunk } from '../core/chunk';
import { chunkId } from '../core/ids';
import { sha256 } from '../platform/hash';
import type { Place } from '../platform/repositories';

/** The chunks of a file with their ids: equal names are told apart by their order. */
export function identified<T extends Pick<CodeChunk, 'symbol' | 'symbol_kind'>>(
	repoId: string,
	path: string,
	chunks: readonly T[],
): (T & { chunk_id: string })[] {
	const ordinals = new Map<string, number>();
	return chunks.map((chunk) => {
		const name = chunk.symbol === '' ? `#${chunk.symbol_kind}` : chunk.symbol;
		const ordinal = ordinals.get(name) ?? 0;
		ordinals.set(name, ordinal + 1);
		return { ...chunk, chunk_id: chunkId(sha256, repoId, path, name, ordinal) };
	});
}

/** Rows of a further checkout of a repository stand beside those of its first. */
export function rowIdOf(place: Pick<Place, 'main' | 'checkout_id'>, chunk: string): string {
	return place.main ? chunk : `${chunk}~${place.checkout_id.slice(2, 10)}`;
}

/** The chunk that a row stands for; undefined for rows of another checkout. */
export function chunkOfRow(place: Pick<Place, 'main' | 'checkout_id'>, rowId: string): string | undefined {
	const chunk = rowId.split('~')[0] ?? rowId;
	return rowIdOf(place, chunk) === rowId ? chunk : undefined;
}
