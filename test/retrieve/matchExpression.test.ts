import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyBeginning, anyWord, tokensOf } from '../../src/retrieve/matchExpression';
import { openSqlite } from '../../src/store/sqlite/sqlite';

describe('match expressions', () => {
	it('quote every word', () => {
		assert.equal(anyWord('parse HTTP-headers NEAR'), '"par" OR "http" OR "header" OR "near"');
		assert.equal(anyWord('the of a'), '');
		assert.equal(anyWord('*"()'), '');
	});

	it('take long words by their beginning', () => {
		assert.equal(anyBeginning('validate it'), '"vali"*');
		assert.equal(anyBeginning('short'), '');
	});

	it('take each word once and no more than a question has', () => {
		assert.deepEqual(tokensOf('token tokens Token'), ['token']);
		assert.equal(tokensOf(Array.from({ length: 500 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i)}`).join(' ')).length, 64);
	});

	it('are understood by the database, whatever was asked', () => {
		const sql = openSqlite(':memory:');
		sql.exec(`create virtual table t using fts5(a, tokenize="unicode61 remove_diacritics 0 tokenchars '_'")`);
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				for (const match of [anyWord(text), anyBeginning(text)]) if (match !== '') sql.all('select * from t where t match ?', match);
			}),
			{ numRuns: 500 },
		);
		sql.close();
	});
});
