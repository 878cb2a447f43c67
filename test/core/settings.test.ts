import assert from 'node:assert/strict';
import fc from 'fast-check';
import { EmbeddingConfig, RetrieveWeights, StoreConfig, parseHeaders, settingSpecs } from '../../src/core/settings';

describe('headers of the Chroma server', () => {
	it('are read from `Name: value` parts', () => {
		assert.deepEqual(parseHeaders('Authorization: Bearer abc'), { Authorization: 'Bearer abc' });
		assert.deepEqual(parseHeaders('A: 1; B: http://x:8000/;'), { A: '1', B: 'http://x:8000/' });
		assert.deepEqual(parseHeaders('  '), {});
		assert.deepEqual(parseHeaders('X-Empty:'), { 'X-Empty': '' });
	});

	it('come back from what they are written as', () => {
		const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/);
		const value = fc.stringMatching(/^[A-Za-z0-9=/+.:_-]{0,20}$/);
		fc.assert(
			fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (pairs) => {
				assert.deepEqual(parseHeaders(pairs.map(([key, text]) => `${key}: ${text}`).join('; ')), Object.fromEntries(pairs));
			}),
		);
	});

	it('are refused with the bad part named, but not a whole secret', () => {
		assert.throws(() => parseHeaders('Bearer abcdefghijklmnopqrstuvwxyz'), /"Bearer abcdefghijklm" is not of the form "Name: value"/);
		assert.throws(() => parseHeaders(': x'), /not of the form/);
	});
});

describe('settings', () => {
	it('have defaults that their own rules allow', () => {
		for (const [name, spec] of Object.entries(settingSpecs)) {
			assert.equal(typeof spec.default, spec.type, name);
			if ('enum' in spec) assert.ok((spec.enum as readonly unknown[]).includes(spec.default), name);
		}
	});

	it('that point anywhere, or hold a key, need an approval when a folder asks for them', () => {
		const free = Object.entries(settingSpecs).flatMap(([name, spec]) => ('env' in spec && !('needsApproval' in spec) ? [name] : []));
		assert.deepEqual(free, ['logLevel', 'mcpToolset', 'outcomeKeptShare', 'outcomeWaitDays']);
	});

	it('of a store need an address or a path, and turns are not shared unless somebody says so', () => {
		const store = StoreConfig.parse({ impl: 'http', url: 'http://chroma.example:8000' });
		assert.ok(store.impl === 'http' && !store.shareTurns && store.database === 'default_database');
		assert.ok(!StoreConfig.safeParse({ impl: 'http', url: 'not a url' }).success);
		assert.ok(!StoreConfig.safeParse({ impl: 'persistent' }).success);
		assert.ok(!RetrieveWeights.safeParse({ lexical: 11 }).success);
		assert.equal(EmbeddingConfig.parse({}).provider, 'default');
	});
});
