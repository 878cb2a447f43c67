import { readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';

/** A small JSON file of ours. Unreadable or foreign content counts as absent: state can be made again. */
export function readState<T extends z.ZodType>(file: string, schema: T): z.output<T> | undefined {
	try {
		const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
		return parsed.success ? parsed.data : undefined;
	} catch {
		return undefined;
	}
}

/** Replaces the file whole, flushed, readable by its owner alone. */
export function writeState(file: string, value: unknown): void {
	writeFileAtomic.sync(file, JSON.stringify(value), { mode: 0o600 });
}
