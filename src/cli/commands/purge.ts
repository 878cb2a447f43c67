import type { Command } from 'commander';
import { z } from 'zod';
import type { Output } from '../../core/api';
import { UserError } from '../../core/errors';
import type { CliContext } from '../cliContext';

const Options = z.object({
	session: z.string().optional(),
	file: z.string().optional(),
	text: z.string().optional(),
	before: z.string().optional(),
	dryRun: z.boolean().default(false),
});

export function addPurge(program: Command, context: CliContext): void {
	program
		.command('purge')
		.description('take captured turns and edits out for good: from the journal, the databases and Chroma. An import does not bring them back')
		.option('--session <id>', 'all turns of a session')
		.option('--file <path>', 'turns that edited or named the file, and edits of it')
		.option('--text <text>', 'whatever holds this text')
		.option('--before <date>', 'all that ended before a date, like 2026-01-31 or 2026-01-31T12:00:00Z')
		.option('--dry-run', 'say what would go; change nothing')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const { dryRun, before, session, file, text } = Options.parse(raw);
			const wanted = {
				...(session !== undefined && { session }),
				...(file !== undefined && { file }),
				...(text !== undefined && { text }),
				...(before !== undefined && { before: instantOf(before) }),
			};
			const done = await context.app.purge({ ...wanted, dry_run: dryRun }, context.long);
			context.print(done, () => describe(done, dryRun));
			if (done.turns + done.edits + done.learnings.length === 0) context.exitCode = 1;
		});
}

function instantOf(text: string): string {
	const time = Date.parse(text);
	if (Number.isNaN(time)) throw new UserError(`"${text}" is no date. Write it like 2026-01-31.`, 2);
	return new Date(time).toISOString();
}

function describe({ turns, edits, learnings, store_done }: Output<'purge'>, dryRun: boolean): string {
	if (turns + edits + learnings.length === 0) return 'Nothing that was captured fits.';
	const lines = [`${turns} turns and ${edits} edits ${dryRun ? 'would go' : 'are gone for good'}.`];
	if (learnings.length > 0)
		lines.push(`Learnings that stay, without what they had from them: ${learnings.join(', ')}. Delete or reword them where they tell too much.`);
	if (!store_done) lines.push('Chroma was not reached; its rows go as soon as it is.');
	return lines.join('\n');
}
