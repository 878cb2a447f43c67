import { crc32, deflateSync } from 'node:zlib';

/** The name under which the picture lies in the repository of a run. */
export const pictureName = 'screen.png';

/** A small valid PNG, the same bytes each time: a square of 48 pixels with a slope of colours. */
export function picture() {
	const side = 48;
	const rows = Array.from({ length: side }, (_, y) => Buffer.from([0, ...Array.from({ length: side }, (__, x) => [x * 5, y * 5, 128]).flat()]));
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	header.set([8, 2], 8); // eight bits a colour, three colours
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}
