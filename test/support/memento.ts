import type { Memento } from 'vscode';

/** Storage of the editor, in memory. */
export function memento(): Memento {
	const values = new Map<string, unknown>();
	return {
		keys: () => [...values.keys()],
		get: <T>(key: string, fallback?: T) => (values.get(key) as T | undefined) ?? fallback,
		update: (key: string, value: unknown) => {
			if (value === undefined) values.delete(key);
			else values.set(key, value);
			return Promise.resolve();
		},
	};
}
