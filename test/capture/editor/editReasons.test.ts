import assert from 'node:assert/strict';
import { EditReasons } from '../../../src/capture/editor/editReasons';

const insert = (rangeOffset: number, text: string) => [{ rangeOffset, rangeLength: 0, text }];

describe('how an edit came about', () => {
	const afterTyping = (offset: number, text: string, { isActive = true, now = 100, key = '/a' } = {}): string => {
		const reasons = new EditReasons();
		assert.equal(reasons.guess('/a', insert(10, 'r'), true, 0), 'typed');
		return reasons.guess(key, insert(offset, text), isActive, now);
	};

	it('guesses a completion where somebody just typed', () => {
		assert.equal(afterTyping(11, 'eturn a + b;'), 'completion');
		assert.equal(afterTyping(11, 'eturn a + b;\n}\n'), 'completion');
	});

	it('guesses none elsewhere, later, in another file, or where nobody has the cursor', () => {
		assert.equal(afterTyping(40, 'return a + b;'), 'typed');
		assert.equal(afterTyping(11, 'eturn a + b;', { now: 60_000 }), 'typed');
		assert.equal(afterTyping(11, 'eturn a + b;', { key: '/b' }), 'typed');
		assert.equal(afterTyping(40, 'one;\ntwo;'), 'unknown');
		assert.equal(afterTyping(11, 'eturn a + b;', { isActive: false }), 'unknown');
	});

	it('takes for typed what the editor adds by itself', () => {
		for (const text of ['()', '\n\t\t', '{\n\t\n}', '\n// ', 'eturn']) assert.equal(afterTyping(11, text), 'typed', text);
	});

	it('finds the cursor in the middle of a pair', () => {
		const reasons = new EditReasons();
		reasons.guess('/a', insert(10, '()'), true, 0);
		assert.equal(reasons.guess('/a', insert(11, 'a, b, c'), true, 50), 'completion');
	});
});
