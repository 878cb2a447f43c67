import type { AttributedLines, AuthorTurn, FileAuthors } from '../../core/attribution';

/** Neighbouring lines that one turn wrote, from 1, both ends within. */
export interface TurnBlock {
	readonly turn: AuthorTurn;
	readonly from: number;
	readonly to: number;
	/** Lines of the block, and all lines of the turn in the file. */
	readonly lines: number;
	readonly of: number;
}

/** Blocks of one turn each, however its lines stand there now; blank lines do not part them. */
export function blocksOf({ ranges, turns }: FileAuthors): TurnBlock[] {
	const byId = new Map(turns.map((turn) => [turn.id, turn]));
	const blocks: { turn: AuthorTurn; from: number; to: number; lines: number }[] = [];
	const totals = new Map<string, number>();
	let before: AttributedLines | undefined;
	for (const range of ranges) {
		const turn = byId.get(range.turn_id ?? '');
		const lines = range.to - range.from + 1;
		const last = blocks.at(-1);
		if (turn !== undefined) {
			totals.set(turn.id, (totals.get(turn.id) ?? 0) + lines);
			// Between two ranges of `ranges` there are blank lines at most.
			if (last !== undefined && before?.turn_id === turn.id) Object.assign(last, { to: range.to, lines: last.lines + lines });
			else blocks.push({ turn, from: range.from, to: range.to, lines });
		}
		before = range;
	}
	return blocks.map((block) => ({ ...block, of: totals.get(block.turn.id) ?? block.lines }));
}

export interface AuthoredLine {
	readonly range: AttributedLines;
	readonly turn: AuthorTurn;
}

/** The turn that wrote a line (from 1), if one did. */
export function turnAt({ ranges, turns }: FileAuthors, line: number): AuthoredLine | undefined {
	const range = ranges.find(({ from, to }) => from <= line && line <= to);
	const turn = turns.find(({ id }) => id === range?.turn_id);
	return range === undefined || turn === undefined ? undefined : { range, turn };
}

/** Lines that turns wrote, apart: those that stand as written, and those in another layout or from another file. */
export function marksOf({ ranges }: FileAuthors): { written: AttributedLines[]; moved: AttributedLines[] } {
	const byTurns = ranges.filter(({ attribution }) => attribution === 'ai');
	const isMoved = ({ state }: AttributedLines): boolean => state === 'reformatted' || state === 'moved';
	return { written: byTurns.filter((range) => !isMoved(range)), moved: byTurns.filter(isMoved) };
}
