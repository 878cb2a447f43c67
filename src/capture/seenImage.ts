import type { SeenImage } from '../core/attachment';

/** Longer ones are handed on without their data, so that a transcript full of them needs no more memory than it must. */
export const longestData = 16_000_000;
/** Pictures made of dots. Drawings in text form (SVG) may hold anything that a text can hold. */
const pictures = /^image\/(?:png|jpeg|jpg|gif|webp|bmp|tiff|heic|heif|avif)$/i;

/** An image out of a media type and base64; undefined when it is no picture. */
export function seenImage(mediaType: string | undefined, data: string | undefined, name = ''): SeenImage | undefined {
	if (mediaType === undefined || data === undefined || data === '' || !pictures.test(mediaType)) return undefined;
	return { name: name.slice(0, 200), media_type: mediaType.toLowerCase(), data: data.length <= longestData ? data : '' };
}

/** An image out of a `data:` address, as chats put it into a message. */
export function imageOfUrl(url: string | undefined, name = ''): SeenImage | undefined {
	const [, mediaType] = /^data:([\w/+.-]{1,60});base64,/.exec(url?.slice(0, 100) ?? '') ?? [];
	return url === undefined ? undefined : seenImage(mediaType, url.slice(url.indexOf(',') + 1), name);
}
