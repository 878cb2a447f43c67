import assert from 'node:assert/strict';
import { embedText } from '../../src/code/embedText';

describe('text that is embedded for a chunk', () => {
	const chunk = { symbol_kind: 'method', start_line: 1, end_line: 4, doc: '' };

	it('names path and symbol before the code, split to plain words', () => {
		const text = embedText('src/httpClient.ts', {
			...chunk,
			symbol: 'HTTPClient.sendRequest',
			text: 'sendRequest(user_id: string) {\n\treturn this.post(`/x2`, user_id);\n}',
		});
		assert.equal(text, 'src http client ts http client send request send request user id string return this post x 2 user id');
	});

	it('says documentation once', () => {
		const text = embedText('a.py', { ...chunk, symbol: 'add', doc: 'Adds two numbers.', text: '# Adds two numbers.\ndef add(a, b):\n    return a + b' });
		assert.equal(text, 'a py add adds two numbers def add a b return a b');
	});

	it('stays short however long the chunk is', () => {
		assert.ok(embedText('a.js', { ...chunk, symbol: '', text: 'x();'.repeat(100_000) }).length < 5000);
	});
});
