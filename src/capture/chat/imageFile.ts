import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SeenImage } from '../../core/attachment';
import { longestData, seenImage } from '../seenImage';

/** How long after its message a file may bear its last change: clocks and slow writes. */
const slack = 60_000;

/**
 * An image that a record names by a `file:` address instead of holding it; undefined for other addresses. A record may name anything, so
 * only a plain file on this machine that begins as a picture does is taken. One that is gone, too large, or was changed after `at`, when it
 * was shown, comes without its data.
 */
export function imageOfFile(url: string | undefined, at: string, name = ''): SeenImage | undefined {
	const path = pathOf(url);
	if (path === undefined) return undefined;
	const left = { name: name.slice(0, 200), media_type: 'image/png', data: '' };
	const data = bytesOf(path, Date.parse(at) + slack);
	if (data === undefined) return left;
	const mediaType = mediaTypeOf(data);
	return mediaType === undefined ? left : seenImage(mediaType, data.toString('base64'), name);
}

/** A local path; an address with a host would make Windows ask the network. */
function pathOf(url: string | undefined): string | undefined {
	if (url?.startsWith('file:') !== true || !URL.canParse(url) || new URL(url).host !== '') return undefined;
	try {
		const path = fileURLToPath(url);
		return /^[\\/]{2}/.test(path) ? undefined : path;
	} catch {
		return undefined;
	}
}

/** The whole file when it is a plain one of bearable size that was not changed since; sizes of base64 are a third larger. */
function bytesOf(path: string, changedBefore: number): Buffer | undefined {
	const most = Math.floor((longestData * 3) / 4);
	let file: number | undefined;
	try {
		// Opening a pipe would wait for ever.
		if (!statSync(path).isFile()) return undefined;
		file = openSync(path, 'r');
		const { size, mtimeMs } = fstatSync(file);
		if (size > most || mtimeMs > changedBefore) return undefined;
		const data = Buffer.alloc(size);
		return data.subarray(0, readSync(file, data, 0, size, 0));
	} catch {
		return undefined;
	} finally {
		if (file !== undefined) closeSync(file);
	}
}

/** How pictures begin, in Latin-1; what is named last is told by the four bytes after `ftyp`. */
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
