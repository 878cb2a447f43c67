import { createHash, createHmac } from 'node:crypto';

export function sha256(text: string | Uint8Array): string {
	return createHash('sha256').update(text).digest('hex');
}

/** Keyed hash, so that a short text cannot be guessed from its hash. */
export function hmacSha256(key: Uint8Array, text: string): string {
	return createHmac('sha256', key).update(text).digest('hex');
}
