import type { Command } from 'commander';
import type { CliContext } from '../cliContext';

export function addRebuild(program: Command, context: CliContext): void {
	program
		.command('rebuild')
		.description('make the collections of this repository again from the journal, and index its code')
		.option('--json', 'print JSON')
		.action(async () => {
			const report = await context.app.rebuild({}, context.long);
			const index = await context.app.index({ mode: 'all', paths: [] }, context.long);
			context.print({ ...report, index }, () =>
				[
					`Folded ${report.records} records: ${report.turns} turns, ${report.learnings} learnings${report.damaged > 0 ? `; ${report.damaged} damaged lines were skipped` : ''}.`,
					`Wrote ${report.rows_written} rows, adopted ${report.rows_adopted} that another tool had written.`,
					`Code: ${index.files_indexed} files indexed, ${index.files_unchanged} unchanged.`,
				].join('\n'),
			);
		});
}
