import { createHash } from 'node:crypto';

/** The hash that ids are made of. */
export function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
