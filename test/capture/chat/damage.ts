import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TranscriptSource } from '../../../src/capture/captureSource';
import type { TurnObservation } from '../../../src/core/turn';
import { readText } from './reading';

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

/** Values that stand where a transcript's own should. */
const oddities = ['null', '42', '"text"', '[]', '{}', '[null,1,[]]', '{"type":7}', deep, nested, '{"__proto__":{"type":"user"}}', `"${'x'.repeat(300_000)}"`];

/**
 * Tests that hold for every source that reads a file of lines: it reads what is whole of a cut file, and garbage between the lines
 * or in place of any field neither throws nor harms a turn.
 */
export function survivesDamage(source: TranscriptSource, name: string, recorded: string): void {
	const lines = recorded.trimEnd().split('\n');

	it('reads what is whole when the file ends anywhere', async () => {
		const bytes = Buffer.from(recorded);
		const whole = await readText(source, name, bytes);
		for (let part = 0; part <= 40; part += 1) {
			const { turns } = await readText(source, name, bytes.subarray(0, Math.floor((bytes.length * part) / 40)));
			assert.ok(turns.length <= whole.turns.length);
			for (const turn of turns) assert.ok(whole.turns.some((one) => one.turn_key === turn.turn_key && one.prompt.startsWith(turn.prompt)));
			// A later prompt proves that the turns before were read to their ends.
			const closed = turns.slice(0, -1).map(withoutEnd);
			assert.deepEqual(closed, whole.turns.slice(0, closed.length).map(withoutEnd));
		}
	});

	it('is not harmed by garbage between the lines, and counts it', async () => {
		const garbage = ['not json', '{"type":"user"', '{"type":"unheard-of","payload":{"a":1}}', '\u0000\u0000', ...oddities];
		const mixed = [lines[0] ?? '', ...lines.slice(1).flatMap((line, place) => [garbage[place % garbage.length] ?? '', line])].join('\n');
		const [{ turns, unknown }, whole] = [await readText(source, name, mixed), await readText(source, name, recorded)];
		assert.ok(unknown.length > 0);
		assert.deepEqual(turns, whole.turns);
	});

	it('never throws, whatever stands in place of a field', async () => {
		const fields = lines.map((line) => [...line.matchAll(/"[A-Za-z_$]+":/g)].map((match) => match.index + match[0].length));
		for (let round = 0; round < 120; round += 1) {
			const place = (round * 7) % lines.length;
			const spots = fields[place] ?? [];
			const spot = spots[(round * 13) % Math.max(spots.length, 1)] ?? 0;
			const line = lines[place] ?? '';
			const odd = oddities[round % oddities.length] ?? '';
			await readText(source, name, lines.with(place, replacedValue(line, spot, odd)).join('\n'));
		}
	});

	it('never throws, whatever stands in the file', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...lines)), { maxLength: 12 }), async (some) => {
				await readText(source, name, some.join('\n'));
			}),
			{ numRuns: 100 },
		);
	});

	it('reports the same turns when the file is read again', async () => {
		assert.deepEqual(await readText(source, name, recorded), await readText(source, name, recorded));
		// A line that was written twice changes nothing.
		const twice = lines.flatMap((line) => [line, line]).join('\n');
		const shown = (reading: Awaited<ReturnType<typeof readText>>): unknown =>
			reading.turns.map((turn) => [turn.turn_key, turn.prompt, turn.response, turn.edits]);
		assert.deepEqual(shown(await readText(source, name, twice)), shown(await readText(source, name, recorded)));
	});
}

function withoutEnd(turn: TurnObservation): unknown {
	return { ...turn, ended_at: undefined };
}

/** The line with the value that starts at a place replaced; the value's end is found by reading ever longer pieces as JSON. */
function replacedValue(line: string, start: number, value: string): string {
	for (const match of line.slice(start).matchAll(/[,}\]]/g)) {
		try {
			JSON.parse(line.slice(start, start + match.index));
		} catch {
			continue;
		}
		return line.slice(0, start) + value + line.slice(start + match.index);
	}
	return value;
}
