import { EditCoalescer } from './editCoalescer';

/**
 * Measures what capture adds to each keystroke: types `keystrokes` characters into a document of `lines` lines and
 * returns the time of each note in milliseconds, ascending. Flushing is not in it: it happens when the document rests.
 */
export function typingOverhead(keystrokes = 20_000, lines = 20_000): Float64Array {
	const coalescer = new EditCoalescer();
	const text = 'const value = compute(input);\n'.repeat(lines);
	coalescer.follow('/bench.ts', text);
	const times = new Float64Array(keystrokes);
	for (let index = 0; index < keystrokes; index++) {
		const change = { rangeOffset: 100 + index, rangeLength: 0, text: 'x' };
		const start = performance.now();
		coalescer.changed('/bench.ts', [change], 'typed', index);
		times[index] = performance.now() - start;
	}
	return times.sort();
}
