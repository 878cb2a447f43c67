import assert from 'node:assert/strict';
import { unexplained } from '../../src/app/unexplained';
import { snippetEdit, wholeEdit } from '../support/appHarness';

describe('unexplained', () => {
	const change = { path: 'a', before: 'one two', after: 'ONE TWO' };
	const snippets = [snippetEdit('a', 'one', 'ONE'), snippetEdit('a', 'two', 'TWO')];
	const cases: readonly [string, Partial<Parameters<typeof unexplained>[1]>, string | null | undefined][] = [
		['nothing known: the whole change', {}, 'one two'],
		['a snippet that explains a part', { meanwhile: [snippetEdit('a', 'one', 'ONE')] }, 'ONE two'],
		['snippets that explain it all', { meanwhile: snippets }, undefined],
		['a whole file that ends as it is', { meanwhile: [wholeEdit('a', 'other', 'ONE TWO')] }, undefined],
		['a whole file on the way', { meanwhile: [wholeEdit('a', 'one two', 'One Two')] }, 'One Two'],
		['an edit that does not fit', { meanwhile: [snippetEdit('a', 'three', 'THREE'), wholeEdit('a', 'x', 'y')] }, 'one two'],
		['earlier edits that were saved late', { earlier: [wholeEdit('a', 'one two', 'ONE two'), wholeEdit('a', 'ONE two', 'ONE TWO')] }, undefined],
		['an earlier snippet that was saved late', { earlier: [snippetEdit('a', 'one', 'ONE')] }, 'ONE two'],
		['an earlier snippet that was saved by then', { earlier: [snippetEdit('a', 'o', 'one')] }, 'one two'],
		['an earlier edit that a command brings back', { earlier: [wholeEdit('a', 'ONE', 'ONE TWO')] }, 'one two'],
	];
	for (const [what, edits, before] of cases)
		it(what, () => {
			assert.deepEqual(unexplained(change, { earlier: [], meanwhile: [], ...edits }), before === undefined ? undefined : { ...change, before });
		});

	it('a new file that was still empty', () => {
		const created = wholeEdit('a', null, 'new');
		assert.equal(unexplained({ path: 'a', before: '', after: 'new' }, { earlier: [created], meanwhile: [] }), undefined);
		assert.equal(unexplained({ path: 'a', before: '', after: 'new' }, { earlier: [], meanwhile: [created] }), undefined);
	});
});
