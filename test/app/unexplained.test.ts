import assert from 'node:assert/strict';
import { unexplained } from '../../src/app/unexplained';
import { snippetEdit, wholeEdit } from '../support/appHarness';

describe('unexplained', () => {
	const change = { path: 'a', before: 'one two', after: 'ONE TWO' };
	const cases: readonly [string, Parameters<typeof unexplained>[1], string | null | undefined][] = [
		['nothing known: the whole change', [], 'one two'],
		['a snippet that explains a part', [snippetEdit('a', 'one', 'ONE')], 'ONE two'],
		['snippets that explain it all', [snippetEdit('a', 'one', 'ONE'), snippetEdit('a', 'two', 'TWO')], undefined],
		['a whole file that ends as it is', [wholeEdit('a', 'other', 'ONE TWO')], undefined],
		['a whole file on the way', [wholeEdit('a', 'one two', 'One Two')], 'One Two'],
		['an edit that does not fit', [snippetEdit('a', 'three', 'THREE'), wholeEdit('a', 'x', 'y')], 'one two'],
	];
	for (const [what, edits, before] of cases)
		it(what, () => {
			assert.deepEqual(unexplained(change, edits), before === undefined ? undefined : { ...change, before });
		});
});
