import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadChromaBinding } from '../../../src/store/chroma/chromaBinding';
import { relaxGlibcNeeds } from '../../../src/store/chroma/elfCompat';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('the relaxed copy of a library', () => {
	const place = temporaryFolder('elf');
	after(() => place.remove());

	it('needs nothing of a newer glibc, loads, and is not changed again', function () {
		const stock = stockBinding();
		if (stock === undefined) this.skip(); // Linux with glibc only
		const bytes = readFileSync(stock);
		const original = Buffer.from(bytes);
		const renamed = relaxGlibcNeeds(bytes);
		assert.ok(renamed > 0);
		assert.equal(bytes.length, original.length);
		assert.equal(relaxGlibcNeeds(bytes), 0);
		const copy = join(place.path, 'copy.node');
		writeFileSync(copy, bytes);
		assert.equal(execFileSync(process.execPath, ['-p', `typeof require(${JSON.stringify(copy)}).cli`], { encoding: 'utf8' }).trim(), 'function');
	});

	it('is refused for what is no 64-bit ELF library', () => {
		for (const bytes of [Buffer.from('MZ this is a program of Windows'), Buffer.alloc(64), Buffer.from('#!/bin/sh\nexit 0\n')])
			assert.throws(() => relaxGlibcNeeds(bytes), /not a 64-bit ELF library/);
		assert.throws(() => relaxGlibcNeeds(Buffer.alloc(2)));
	});

	it('leaves a program alone that has no symbol versions to relax', () => {
		const header = Buffer.alloc(64);
		header.writeUInt32LE(0x464c457f, 0);
		header[4] = 2;
		assert.throws(() => relaxGlibcNeeds(header), /no dynamic symbol versions/);
	});

	it('is made once in the cache folder when the stock binding cannot be loaded', () => {
		const cache = join(place.path, 'cache');
		const first = loadChromaBinding(cache);
		const second = loadChromaBinding(cache);
		assert.equal(first.file, second.file);
		assert.equal(typeof first.cli, 'function');
		if (first.relaxed)
			assert.deepEqual(
				readdirSync(cache).map((name) => join(cache, name)),
				[first.file],
			);
	});
});

function stockBinding(): string | undefined {
	if (process.platform !== 'linux') return undefined;
	const load = createRequire(__filename);
	const folder = dirname(load.resolve(`chromadb-js-bindings-linux-${process.arch}-gnu/package.json`));
	return join(folder, readdirSync(folder).find((name) => name.endsWith('.node')) ?? '');
}
