import assert from 'node:assert/strict';
import type { AppHarness } from './appHarness';

export const basket = `export class Basket {
	private readonly items: number[] = [];

	add(price: number): void {
		if (price < 0) throw new Error('a price is never negative');
		this.items.push(price);
	}

	total(): number {
		let sum = 0;
		for (const price of this.items) sum += price;
		return sum;
	}
}
`;
export const greet = `export function greet(name: string): string {
	const trimmed = name.trim();
	return \`Hello, \${trimmed}\`;
}
`;
export const part = `export function part(list: string[]): string[] {
	const half = Math.floor(list.length / 2);
	return list.slice(0, half);
}
`;

/** What basket.ts and greet.ts in src/ are indexed as. */
export const everything = ['src/basket.ts#Basket', 'src/basket.ts#Basket.add', 'src/basket.ts#Basket.total', 'src/greet.ts#greet'];

/** Symbols with paths, as the rows of the store have them. */
export async function storedSymbols(app: AppHarness, folder: string): Promise<string[]> {
	const { rows } = await app.rows(folder, 'code');
	return [...rows.values()].map(({ metadata }) => `${String(metadata['file_path'])}#${String(metadata['symbol'] ?? '')}`).sort();
}

/** Fails unless the store holds for this checkout what its index holds, line by line. */
export async function assertConsistent(app: AppHarness, folder: string): Promise<void> {
	const place = await app.ports.repositories.at(folder);
	assert.ok(place);
	const index = app.app.stores.codeIndex(place.checkout_id, app.app.stores.of(app.context(folder)));
	const shown = (...parts: (string | number | bigint | boolean | Uint8Array | null | undefined)[]) =>
		parts.map((part) => (part === undefined ? '' : String(part))).join(' ');
	const indexed = index.sql.all('select path, symbol, start_line from chunks').map((chunk) => shown(chunk['path'], chunk['start_line'], chunk['symbol']));
	const stored = [...(await app.rows(folder, 'code')).rows.values()]
		.filter(({ metadata }) => metadata['checkout_id'] === place.checkout_id)
		.map(({ metadata }) => shown(metadata['file_path'], metadata['start_line'], metadata['symbol']));
	assert.deepEqual(stored.sort(), indexed.sort());
}
