import { z } from 'zod';

const Count = z.number().int().nonnegative();

/** What was left out, by reason, with one example each. */
export const LeftOut = z.object({ reason: z.string(), count: Count, example: z.string() });
export type LeftOut = z.infer<typeof LeftOut>;

/** What an import of records that other tools wrote came to. */
export const ClaimsReport = z.object({
	/** Records, or notes, that were read. */
	records: Count,
	turns_new: Count,
	/** Known turns of which more lines are known now. */
	turns_extended: Count,
	/** Nothing new in them, those among them that Codelearn had captured itself. */
	turns_known: Count,
	/** Lines that a turn is said to have written, and whose text was found. */
	lines: Count,
	/** Lines of persons, or of nobody known; they are not taken over. */
	other_lines: Count,
	refused: z.array(LeftOut),
});
export type ClaimsReport = z.infer<typeof ClaimsReport>;

export const NotesReport = z.object({
	commits: Count,
	/** Notes that were written where there was none. */
	written: Count,
	/** Notes to which lines were added, with all that stood in them kept. */
	merged: Count,
	/** Notes that said it already. */
	unchanged: Count,
	/** Commits without a line of a turn. */
	empty: Count,
	bytes: Count,
	refused: z.array(LeftOut),
});
export type NotesReport = z.infer<typeof NotesReport>;
