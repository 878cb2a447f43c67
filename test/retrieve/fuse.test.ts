import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RetrieveWeights } from '../../src/core/settings';
import type { CodeCandidate, TextCandidate } from '../../src/retrieve/fuse';
import { fuseCode, mixed, rankTexts } from '../../src/retrieve/fuse';

const weights = RetrieveWeights.parse({ turns: 1 });
const code = (id: string, more: Partial<CodeCandidate>): CodeCandidate => ({
	id,
	file_path: `${id}.ts`,
	start_line: 1,
	end_line: 2,
	symbol: id,
	role: 'source',
	document: id,
	...more,
});
const learning = (id: string, more: Partial<TextCandidate>): TextCandidate => ({
	collection: 'derived_learnings_v1',
	id,
	document: id,
	overlap: 0,
	note: 'learning',
	...more,
});
const order = (hits: readonly { id: string }[]) => hits.map((hit) => hit.id);

describe('fusing lists', () => {
	it('puts what both lists found before what one found', () => {
		const hits = fuseCode('q', [code('words', { lexical: 9 }), code('meaning', { similarity: 0.8 }), code('both', { lexical: 8, similarity: 0.7 })], weights);
		assert.deepEqual(order(hits), ['both', 'meaning', 'words']);
	});

	it('ranks tests behind source, unless they are asked for', () => {
		const candidates = [code('a', { lexical: 9, role: 'test' }), code('b', { lexical: 6 })];
		assert.deepEqual(order(fuseCode('parse headers', candidates, weights)), ['b', 'a']);
		assert.deepEqual(order(fuseCode('tests of parse headers', candidates, weights)), ['a', 'b']);
	});

	it('does not take the last of a short list for worthless', () => {
		const [, second] = fuseCode('q', [code('a', { lexical: 10 }), code('b', { lexical: 9 })], weights);
		assert.ok((second?.score ?? 0) > 0.4);
	});

	it('scales a whole list over its best and last', () => {
		const hits = fuseCode(
			'q',
			Array.from({ length: 60 }, (_, i) => code(`c${String(i).padStart(2, '0')}`, { lexical: 20 - i / 10 })),
			{ ...weights, vector: 0 },
		);
		assert.deepEqual([hits[0]?.score, hits.at(-1)?.score], [1, 0]);
	});

	it('keeps scores between 0 and 1 and loses nothing, whatever the lists', () => {
		const score = fc.option(fc.double({ min: -1, max: 40, noNaN: true }), { nil: undefined });
		const role = fc.constantFrom('source' as const, 'test' as const, 'example' as const, 'generated' as const);
		const weight = fc.constantFrom(0, 0.5, 1, 10);
		fc.assert(
			fc.property(fc.array(fc.record({ lexical: score, similarity: score, role }), { maxLength: 80 }), weight, weight, (lists, lexical, vector) => {
				const candidates = lists.map((one, i) =>
					code(String(i), {
						role: one.role,
						...(one.lexical !== undefined && { lexical: one.lexical }),
						...(one.similarity !== undefined && { similarity: one.similarity }),
					}),
				);
				const hits = fuseCode('q', candidates, { ...weights, lexical, vector });
				assert.equal(hits.length, candidates.length);
				for (const hit of hits) assert.ok(hit.score >= 0 && hit.score <= 1, String(hit.score));
			}),
		);
	});

	it('leaves out learnings that do not fit, by meaning or by words', () => {
		const hits = rankTexts(
			[
				learning('near', { similarity: 0.6 }),
				learning('far', { similarity: 0.2 }),
				learning('words', { similarity: 0.25, overlap: 0.6 }),
				learning('chance', { similarity: 0.05, overlap: 0.6 }),
				learning('unknown', { overlap: 0.6 }),
				learning('neither', { overlap: 0.2 }),
			],
			weights,
		);
		assert.deepEqual(order(hits).sort(), ['near', 'unknown', 'words']);
	});

	it('weighs learnings and turns apart; 0 leaves out', () => {
		const both = [learning('l', { similarity: 0.7 }), { ...learning('t', { similarity: 0.7 }), collection: 'chat_history_v1' as const }];
		assert.deepEqual(order(rankTexts(both, { ...weights, turns: 0 })), ['l']);
		assert.deepEqual(order(rankTexts(both, { ...weights, learnings: 0.2 })), ['t', 'l']);
	});

	it('mixes lists by score and cuts', () => {
		const hits = fuseCode('q', [code('a', { lexical: 2 }), code('b', { lexical: 1 })], weights);
		assert.deepEqual(order(mixed([hits, rankTexts([learning('l', { similarity: 0.75, overlap: 1 })], weights)], 2)), ['l', 'a']);
	});
});
