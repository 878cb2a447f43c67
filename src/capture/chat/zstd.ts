import * as zlib from 'node:zlib';

/** Longest text that is unpacked. */
const longest = 256 * 1024 * 1024;

/** Unpacks Zstandard data where this Node can (22.15 and later do); otherwise says why not. */
export function unpackedZstd(data: Buffer): { readonly text: Buffer; readonly problem?: undefined } | { readonly text?: undefined; readonly problem: string } {
	// Looked up by name: the oldest Node that is supported does not have it.
	const unpack: unknown = Reflect.get(zlib, 'zstdDecompressSync');
	if (typeof unpack !== 'function') return { problem: 'this Node cannot unpack it' };
	try {
		const text: unknown = Reflect.apply(unpack, undefined, [data, { maxOutputLength: longest }]);
		return Buffer.isBuffer(text) ? { text } : { problem: 'unreadable' };
	} catch {
		return { problem: 'unreadable' };
	}
}
