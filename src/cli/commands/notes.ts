import type { Command } from 'commander';
import { z } from 'zod';
import { definedOnly } from '../../app/definedOnly';
import { UserError } from '../../core/errors';
import type { NotesReport } from '../../core/interchange';
import type { CliContext } from '../cliContext';
import { printClaims, refusedRows } from './trace';

const Options = z.object({ commit: z.string().optional(), range: z.string().optional(), dryRun: z.boolean().default(false) });

export function addNotes(program: Command, context: CliContext): void {
	const notes = program.command('notes').description("who wrote which lines, in the repository's git notes as git-ai keeps them (refs/notes/ai)");
	notes
		.command('import')
		.description('take over what the notes say of the lines of their commits')
		.option('--range <a..b>', 'only notes on these commits')
		.option('--dry-run', 'say what would be taken over; keep nothing')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const { range, dryRun } = Options.parse(raw);
			printClaims(context, await context.app.importNotes({ dry_run: dryRun, ...definedOnly({ range }) }, context.long), 'notes', dryRun);
		});
	notes
		.command('export')
		.description('write notes: which lines of a commit assistants wrote; no prompts, no code')
		.option('--commit <rev>', 'this commit (default: HEAD)')
		.option('--range <a..b>', 'each of these commits')
		.option('--dry-run', 'say what would be written; write nothing')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const { commit, range, dryRun } = Options.parse(raw);
			if (commit !== undefined && range !== undefined) throw new UserError('Give one of --commit and --range.', 2);
			const report = await context.app.exportNotes({ dry_run: dryRun, ...definedOnly({ commit, range }) }, context.long);
			context.print(report, () => [headline(report, dryRun), ...refusedRows(report.refused)].join('\n'));
			if (report.refused.length > 0 && report.written + report.merged + report.unchanged === 0) context.exitCode = 1;
		});
}

function headline({ commits, written, merged, unchanged, empty }: NotesReport, dry: boolean): string {
	return `${commits} commits: ${written} notes written, ${merged} added to, ${unchanged} said it already, ${empty} without a line of a turn${dry ? '. Nothing was written.' : ''}`;
}
