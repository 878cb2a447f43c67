import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { sourceOf } from '../../../src/capture/chat/sources';
import type { TranscriptSource } from '../../../src/capture/captureSource';
import { inFolder, readAll } from './reading';
import { fixtures } from './recorded';

interface Recording {
	readonly source: TranscriptSource;
	readonly name: string;
	readonly bytes: Buffer;
}

const head = (bytes: Buffer): string => bytes.toString('utf8', 0, 16_384);

/** Every recording of the tests that some source reads. */
const recordings: readonly Recording[] = readdirSync(fixtures, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile() && /\.(?:jsonl?|md)$/.test(entry.name) && !['expected.json', 'hooks.jsonl', 'README.md'].includes(entry.name))
	.flatMap((entry) => {
		const path = join(entry.parentPath, entry.name);
		const bytes = readFileSync(path);
		const source = sourceOf(path, head(bytes));
		return source === undefined ? [] : [{ source, name: basename(path), bytes }];
	});
const allLines = recordings.flatMap(({ bytes }) => bytes.toString('utf8').split('\n'));

/** One way to damage a file. */
const damage = fc.oneof(
	fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
	fc.record({ kind: fc.constant('flip' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.integer({ min: 0, max: 255 }) }),
	fc.record({ kind: fc.constant('foreign' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), line: fc.constantFrom(...allLines) }),
	fc.record({ kind: fc.constant('swap' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.double({ min: 0, max: 1, noNaN: true }) }),
	fc.record({ kind: fc.constant('odd' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), value: fc.json() }),
	fc.record({ kind: fc.constant('deep' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), depth: fc.constantFrom(500, 5000, 50_000) }),
	fc.record({ kind: fc.constant('giant' as const), at: fc.double({ min: 0, max: 1, noNaN: true }), letter: fc.constantFrom('x', '"', '\\', '<', '\u0000') }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, how: Damage): Buffer {
	const place = Math.floor(bytes.length * how.at);
	if (how.kind === 'cut') return bytes.subarray(0, place);
	if (how.kind === 'flip') return Buffer.concat([bytes.subarray(0, place), Buffer.of(how.byte), bytes.subarray(place + 1)]);
	const lines = bytes.toString('utf8').split('\n');
	const line = Math.floor((lines.length - 1) * how.at);
	if (how.kind === 'swap') {
		const other = Math.floor((lines.length - 1) * how.to);
		return Buffer.from(
			lines
				.with(line, lines[other] ?? '')
				.with(other, lines[line] ?? '')
				.join('\n'),
		);
	}
	return Buffer.from(lines.toSpliced(line, 0, insertion(how)).join('\n'));
}

function insertion(how: Exclude<Damage, { kind: 'cut' | 'flip' | 'swap' }>): string {
	if (how.kind === 'foreign') return how.line;
	if (how.kind === 'odd') return how.value;
	if (how.kind === 'deep') return `{"type":"user","message":${'{"content":['.repeat(how.depth)}1${']}'.repeat(how.depth)}}`;
	return `{"type":"user","message":{"content":${JSON.stringify(how.letter.repeat(400_000))}}}`;
}

describe('every source', function () {
	this.timeout(120_000);

	it('has recordings to be damaged', () => {
		assert.ok(recordings.length >= 20);
	});

	for (const name of new Set(recordings.map(({ source }) => source.name)))
		it(`${name}: gives whole turns or none, whatever happened to its file`, async () => {
			const mine = recordings.filter(({ source }) => source.name === name);
			await inFolder(async (folder) => {
				await fc.assert(
					fc.asyncProperty(fc.constantFrom(...mine), fc.array(damage, { minLength: 1, maxLength: 4 }), async (recording, how) => {
						const path = join(folder, recording.name);
						writeFileSync(path, how.reduce(damaged, recording.bytes));
						// Throws for what is no turn, or cannot be kept.
						const { turns } = await readAll(recording.source, path);
						for (const turn of turns) assert.ok(turn.session_id !== '' && turn.turn_key !== '');
					}),
					{ numRuns: 60 },
				);
			});
		});
});
