import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeenImage } from '../../core/attachment';
import { longestData, seenImage } from '../seenImage';

/** Milliseconds after its message at which a file may bear its last change: clocks and slow writes. */
const slack = 60_000;

/** What a record tells of a file that it names, so that another picture that lies there now is not taken for it. */
export interface NamedFile {
	readonly path: string;
	readonly name?: string | undefined;
	/** When it was shown, ISO 8601. */
	readonly at: string;
	/** Its content's hash in hex, where the record has one; it counts more than the time. */
	readonly sha256?: string | undefined;
}

/** An image that a record names by a `file:` address instead of holding it; undefined for other addresses. See `imageAt`. */
export function imageOfFile(url: string | undefined, at: string, name?: string): SeenImage | undefined {
	const path = localPath(url);
	return path === undefined ? undefined : imageAt({ path, at, name });
}

/**
 * An image that a record names by its path. A record may name anything, so only a plain file of this machine that begins as a picture does
 * is taken; without its data, so that it counts as left out, when it is gone, too large, or was changed after it was shown.
 */
export function imageAt({ path, name = '', at, sha256: hash }: NamedFile): SeenImage {
	const left = { name: name.slice(0, 200), media_type: 'image/png', data: '' };
	const file = isLocal(path) ? contentOf(path) : undefined;
	if (file === undefined) return left;
	const isSame = hash === undefined ? file.changed <= Date.parse(at) + slack : createHash('sha256').update(file.data).digest('hex') === hash;
	return (isSame ? seenImage(mediaTypeOf(file.data), file.data.toString('base64'), name) : undefined) ?? left;
}

/** An address with a host would make Windows ask the network. */
function localPath(url: string | undefined): string | undefined {
	if (url?.startsWith('file:') !== true || !URL.canParse(url) || new URL(url).host !== '') return undefined;
	try {
		return fileURLToPath(url);
	} catch {
		return undefined;
	}
}

function isLocal(path: string): boolean {
	return isAbsolute(path) && !/^[\\/]{2}/.test(path);
}

/** The whole of a plain file of bearable size, and when it was changed in milliseconds; base64 is a third longer than what it stands for. */
function contentOf(path: string): { data: Buffer; changed: number } | undefined {
	const most = Math.floor((longestData * 3) / 4);
	let file: number | undefined;
	try {
		// Opening a pipe would wait for ever.
		if (!statSync(path).isFile()) return undefined;
		file = openSync(path, 'r');
		const { size, mtimeMs } = fstatSync(file);
		if (size > most) return undefined;
		const data = Buffer.alloc(size);
		return { data: data.subarray(0, readSync(file, data, 0, size, 0)), changed: mtimeMs };
	} catch {
		return undefined;
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

/** How pictures begin, in Latin-1. */
const beginnings: readonly (readonly [RegExp, string])[] = [
	[/^\x89PNG\r\n\x1A\n/, 'image/png'],
	[/^\xFF\xD8\xFF/, 'image/jpeg'],
	[/^GIF8[79]a/, 'image/gif'],
	[/^RIFF[^]{4}WEBP/, 'image/webp'],
	[/^BM[^]{4}\0{4}/, 'image/bmp'],
	[/^(?:II\*\0|MM\0\*)/, 'image/tiff'],
	[/^[^]{4}ftypavi[fs]/, 'image/avif'],
	[/^[^]{4}ftyp(?:hei[cxms]|mif1)/, 'image/heic'],
];

function mediaTypeOf(data: Buffer): string | undefined {
	const head = data.toString('latin1', 0, 16);
	return beginnings.find(([beginning]) => beginning.test(head))?.[1];
}
