const sectionType = { dynsym: 11, verneed: 0x6ffffffe, versym: 0x6fffffff };
const tooNew = /^GLIBC_2\.(3[5-9]|[4-9]\d)$/;

interface Section {
	readonly type: number;
	readonly offset: number;
	readonly size: number;
	readonly link: number;
	readonly info: number;
}

interface NewNeed {
	/** Offset of the Vernaux record. */
	readonly at: number;
	readonly name: string;
	readonly flags: number;
	renamed: boolean;
	weak: boolean;
}

/**
 * Lets a 64-bit little-endian ELF library that was linked against glibc 2.38 load on an older glibc,
 * if all it needs of the newer one are the `__isoc23_*` twins of old functions and weak symbols. Each
 * `__isoc23_NAME` becomes `NAME` (the same function but for C23's binary literals). Changes the bytes
 * in place and returns how many symbols were renamed. Throws when the library needs more than that.
 */
export function relaxGlibcNeeds(bytes: Buffer): number {
	if (bytes.readUInt32LE(0) !== 0x464c457f || bytes[4] !== 2) throw new Error('not a 64-bit ELF library');
	const sections = sectionsOf(bytes);
	const find = (type: number): Section => {
		const section = sections.find((candidate) => candidate.type === type);
		if (section === undefined) throw new Error('the library has no dynamic symbol versions');
		return section;
	};
	const symbols = find(sectionType.dynsym);
	const strings = sections[symbols.link];
	if (strings === undefined) throw new Error('the library has no string table');
	const textAt = (offset: number) => bytes.toString('latin1', strings.offset + offset, bytes.indexOf(0, strings.offset + offset));
	const { base, needs } = versionNeeds(bytes, find(sectionType.verneed), textAt);
	const renamed = renameSymbols(bytes, symbols, find(sectionType.versym), needs, textAt);
	for (const need of needs.values()) {
		if (need.renamed && !need.weak) pointToBase(bytes, need, base, textAt(base));
		else if (need.weak) bytes.writeUInt16LE(need.flags | 2, need.at + 4);
	}
	return renamed;
}

function sectionsOf(bytes: Buffer): Section[] {
	const start = Number(bytes.readBigUInt64LE(40));
	const entry = bytes.readUInt16LE(58);
	return Array.from({ length: bytes.readUInt16LE(60) }, (_, index) => {
		const at = start + index * entry;
		return {
			type: bytes.readUInt32LE(at + 4),
			offset: Number(bytes.readBigUInt64LE(at + 24)),
			size: Number(bytes.readBigUInt64LE(at + 32)),
			link: bytes.readUInt32LE(at + 40),
			info: bytes.readUInt32LE(at + 44),
		};
	});
}

function versionNeeds(bytes: Buffer, section: Section, textAt: (offset: number) => string): { base: number; needs: Map<number, NewNeed> } {
	const baseName = bytes.readUInt16LE(18) === 0xb7 ? 'GLIBC_2.17' : 'GLIBC_2.2.5';
	const needs = new Map<number, NewNeed>();
	let base: number | undefined;
	for (let at = section.offset, file = 0; file < section.info; file++) {
		for (let record = at + bytes.readUInt32LE(at + 8), index = 0; index < bytes.readUInt16LE(at + 2); index++) {
			const name = textAt(bytes.readUInt32LE(record + 8));
			if (name === baseName) base = bytes.readUInt32LE(record + 8);
			if (tooNew.test(name))
				needs.set(bytes.readUInt16LE(record + 6) & 0x7fff, { at: record, name, flags: bytes.readUInt16LE(record + 4), renamed: false, weak: false });
			record += bytes.readUInt32LE(record + 12);
		}
		at += bytes.readUInt32LE(at + 12);
	}
	if (base === undefined) throw new Error(`the library does not name ${baseName}`);
	return { base, needs };
}

function renameSymbols(bytes: Buffer, symbols: Section, versions: Section, needs: Map<number, NewNeed>, textAt: (offset: number) => string): number {
	const prefix = '__isoc23_';
	let renamed = 0;
	for (let index = 1; index < symbols.size / 24; index++) {
		const need = needs.get(bytes.readUInt16LE(versions.offset + 2 * index) & 0x7fff);
		if (need === undefined) continue;
		const symbol = symbols.offset + 24 * index;
		const name = textAt(bytes.readUInt32LE(symbol));
		if (name.startsWith(prefix)) {
			bytes.writeUInt32LE(bytes.readUInt32LE(symbol) + prefix.length, symbol);
			need.renamed = true;
			renamed++;
		} else if (bytes.readUInt8(symbol + 4) >> 4 === 2) need.weak = true;
		else throw new Error(`the library needs ${name} of ${need.name}`);
	}
	return renamed;
}

function pointToBase(bytes: Buffer, need: NewNeed, base: number, baseName: string) {
	bytes.writeUInt32LE(base, need.at + 8);
	bytes.writeUInt32LE(elfHash(baseName), need.at);
}

function elfHash(text: string): number {
	let hash = 0;
	for (const character of text) {
		hash = ((hash << 4) + character.charCodeAt(0)) >>> 0;
		const high = hash & 0xf0000000;
		if (high !== 0) hash ^= high >>> 24;
		hash = (hash & ~high) >>> 0;
	}
	return hash >>> 0;
}
