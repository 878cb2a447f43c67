import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyWord } from '../../../src/retrieve/matchExpression';
import type { IndexedFile } from '../../../src/store/sqlite/codeIndexDb';
import { CodeIndexDb } from '../../../src/store/sqlite/codeIndexDb';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const at = '2026-03-01T10:00:00.000Z';

describe('the code index', () => {
	const place = temporaryFolder('code');
	const opened: CodeIndexDb[] = [];
	const open = (file = ':memory:') => {
		const index = CodeIndexDb.open(file, silentLog);
		opened.push(index);
		return index;
	};
	after(() => {
		for (const index of opened) index.close();
		place.remove();
	});

	it('holds what was put last of a file, and nothing of what it was before', () => {
		const index = open();
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'parseHeaders', 'return header'), chunk('a.ts', 'c_2', 'giraffe', 'return 2', 1)]);
		index.putFile(file('b.ts'), [chunk('b.ts', 'c_3', 'other', 'elephant')]);
		assert.deepEqual(index.counts(), { files: 2, chunks: 3 });
		assert.deepEqual(found(index, 'giraffe'), ['c_2']);
		index.putFile(file('a.ts', 'new'), [chunk('a.ts', 'c_1', 'parseHeaders', 'return header + 1')]);
		assert.deepEqual(index.counts(), { files: 2, chunks: 2 });
		assert.deepEqual(found(index, 'giraffe'), []);
		assert.deepEqual(found(index, 'header'), ['c_1']);
		assert.equal(index.file('a.ts')?.hash, 'new');
		assert.equal(index.chunk('c_1')?.text, 'return header + 1');
	});

	it('replaces a file whole or not at all', () => {
		const index = open();
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'one', 'one')]);
		assert.throws(() => index.putFile(file('a.ts', 'new'), [chunk('a.ts', 'c_2', 'two', 'two'), chunk('a.ts', 'c_2', 'twice', 'twice')]));
		assert.equal(index.file('a.ts')?.hash, 'hash');
		assert.deepEqual(
			index.chunksOf('a.ts').map((each) => each.id),
			['c_1'],
		);
		assert.deepEqual(found(index, 'one'), ['c_1']);
	});

	it('forgets a file with its chunks, words and reason', () => {
		const index = open();
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'one', 'zebra')]);
		index.setSkipped('b.bin', 'binary', 1, 2);
		index.removeFile('a.ts');
		index.removeFile('b.bin');
		assert.deepEqual(index.counts(), { files: 0, chunks: 0 });
		assert.deepEqual(found(index, 'zebra'), []);
		assert.equal(index.skipped('b.bin'), undefined);
	});

	it('finds chunks by symbol, doc, path and parts of identifiers, the symbol first', () => {
		const index = open();
		index.putFile(file('src/http/client.ts'), [
			{ ...chunk('src/http/client.ts', 'c_doc', 'fetchAll', 'return 1'), doc: 'Retries on a throttled answer.' },
			chunk('src/http/client.ts', 'c_body', 'helper', 'const x = retryBackoff(3)', 1),
		]);
		index.putFile(file('b.ts'), [chunk('b.ts', 'c_symbol', 'retryBackoff', 'return 2')]);
		assert.deepEqual(found(index, 'throttled'), ['c_doc']);
		assert.deepEqual(found(index, 'http client').sort(), ['c_body', 'c_doc']);
		assert.equal(found(index, 'retry backoff')[0], 'c_symbol');
		assert.equal(found(index, 'retryBackoff')[0], 'c_symbol');
	});

	it('takes any question, whatever its marks mean to the search engine', () => {
		const index = open();
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'quote', 'say "hello"')]);
		for (const text of ['"', '"hello', "it's", 'a AND', 'NOT x', 'x*', '(', 'col:umn', '^', '--', '\0', '', '   ', '🦒', 'NEAR(a b)'])
			assert.ok(Array.isArray(found(index, text)), text);
		assert.deepEqual(found(index, '"hello"'), ['c_1']);
	});

	it('follows a chunk through several moves, and back home', () => {
		const index = open();
		assert.equal(index.currentId('a'), 'a');
		index.recordMove('a', 'b', at);
		index.recordMove('b', 'c', at);
		assert.deepEqual(
			['a', 'b', 'c'].map((id) => index.currentId(id)),
			['c', 'c', 'c'],
		);
		index.recordMove('c', 'a', at);
		assert.deepEqual(
			['a', 'b', 'c'].map((id) => index.currentId(id)),
			['a', 'a', 'a'],
		);
		index.recordMove('a', 'b', at);
		assert.deepEqual(
			['a', 'b', 'c'].map((id) => index.currentId(id)),
			['b', 'b', 'b'],
		);
	});

	it('drops everything but its layout when it is cleared', () => {
		const index = open(join(place.path, 'cleared.db'));
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'one', 'zebra')]);
		index.setMeta('commit_sha', 'abc');
		index.recordMove('x', 'c_1', at);
		index.clear();
		assert.deepEqual([index.counts(), index.meta('commit_sha'), found(index, 'zebra'), index.currentId('x')], [{ files: 0, chunks: 0 }, '', [], 'x']);
		assert.equal(index.meta('layout'), '1');
	});

	it('puts a damaged file, or one of another layout, aside and begins anew', () => {
		const damaged = join(place.path, 'damaged.db');
		writeFileSync(damaged, 'garbage '.repeat(1000));
		assert.deepEqual(open(damaged).counts(), { files: 0, chunks: 0 });
		assert.ok(existsSync(`${damaged}.damaged`));
		const older = join(place.path, 'older.db');
		const index = CodeIndexDb.open(older, silentLog);
		index.putFile(file('a.ts'), [chunk('a.ts', 'c_1', 'one', 'zebra')]);
		index.setMeta('layout', '0');
		index.close();
		assert.deepEqual(open(older).counts(), { files: 0, chunks: 0 });
		rmSync(`${older}.damaged`);
	});

	it('comes back with its content after it was closed', () => {
		const path = join(place.path, 'kept.db');
		const index = CodeIndexDb.open(path, silentLog);
		index.putFile(file('größe & co.ts'), [chunk('größe & co.ts', 'c_1', 'größe', 'zebra')]);
		index.close();
		const again = open(path);
		assert.deepEqual(again.file('größe & co.ts'), file('größe & co.ts'));
		assert.deepEqual(found(again, 'größe'), ['c_1']);
	});
});

function found(index: CodeIndexDb, text: string): string[] {
	return index.search(anyWord(text), 10).map((hit) => hit.chunk.id);
}

function file(path: string, hash = 'hash'): IndexedFile {
	return { path, hash, size: 10, mtime: 1234.5, language: 'typescript', role: 'source', chunker: 1, fallback: '', indexed_at: at };
}

function chunk(path: string, chunk_id: string, symbol: string, text: string, chunk_index = 0) {
	return {
		chunk_id,
		chunk_index,
		symbol,
		text,
		file_path: path,
		symbol_kind: 'function',
		start_line: 1,
		end_line: 2,
		doc: '',
		repo_id: 'r',
		checkout_id: 'w',
		language: 'typescript',
		role: 'source' as const,
		commit_sha: '',
		content_hash: `content of ${text}`,
		last_indexed_utc: at,
		related_chat_ids: [],
		chunker_version: 1,
		embed_hash: `embedded ${text}`,
	};
}
