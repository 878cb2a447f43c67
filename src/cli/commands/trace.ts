import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ClaimsReport, LeftOut } from '../../core/interchange';
import type { AgentTrace } from '../../core/agentTrace';
import { UserError, messageOf } from '../../core/errors';
import { definedOnly } from '../../app/definedOnly';
import type { CliContext } from '../cliContext';

const ExportOptions = z.object({
	commit: z.string().optional(),
	range: z.string().optional(),
	workingTree: z.boolean().default(false),
	output: z.string().optional(),
});
const ImportOptions = z.object({ revision: z.string().optional(), dryRun: z.boolean().default(false) });

export function addTrace(program: Command, context: CliContext): void {
	const trace = program.command('trace').description('who wrote which lines, as Agent Trace records: for other tools, and from them');
	trace
		.command('export')
		.description('print records, one a line: of HEAD, another commit, a range or the working tree')
		.argument('[files...]', "files and folders, relative to the repository's top (default: all)")
		.option('--commit <rev>', 'the lines of this commit (default: HEAD)')
		.option('--range <a..b>', 'of each of these commits the lines that it added')
		.option('--working-tree', 'the lines as they stand on disk, committed or not')
		.option('--output <file>', 'write them into this file')
		.option('--json', 'print JSON')
		.action((files: string[], raw: unknown) => exportTrace(context, files, ExportOptions.parse(raw)));
	trace
		.command('import')
		.description('take over what records of other tools say of lines of this repository')
		.argument('<files...>', 'files with records: one a line, one alone, or a list')
		.option('--revision <rev>', 'their lines stand in this commit, whatever they say')
		.option('--dry-run', 'say what would be taken over; keep nothing')
		.option('--json', 'print JSON')
		.action(async (files: string[], raw: unknown) => {
			const { revision, dryRun } = ImportOptions.parse(raw);
			const paths = files.map((file) => resolve(context.folder, file));
			const report = await context.app.importTrace({ paths, dry_run: dryRun, ...definedOnly({ revision }) }, context.long);
			printClaims(context, report, 'records', dryRun);
		});
}

async function exportTrace(context: CliContext, files: string[], { commit, range, workingTree, output }: z.infer<typeof ExportOptions>) {
	if ([commit !== undefined, range !== undefined, workingTree].filter(Boolean).length > 1)
		throw new UserError('Give one of --commit, --range and --working-tree.', 2);
	const { records } = await context.app.exportTrace({ files, working_tree: workingTree, ...definedOnly({ revision: commit, range }) }, context.long);
	if (output === undefined) {
		if (records.length > 0 || context.json) context.print({ records }, () => linesOf(records).trimEnd());
	} else {
		const file = resolve(context.folder, output);
		try {
			writeFileSync(file, linesOf(records));
		} catch (cause) {
			throw new UserError(`${file} cannot be written: ${messageOf(cause)}.`, 1, { cause });
		}
		context.print({ file, records: records.length }, () => `${records.length} records in ${file}.`);
	}
	if (records.length > 0) return;
	context.complain('No captured turn wrote a line there.');
	context.exitCode = 1;
}

function linesOf(records: readonly AgentTrace[]): string {
	return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** What an import came to. Nothing understood at all is a failure. */
export function printClaims(context: CliContext, report: ClaimsReport, what: string, dry: boolean): void {
	const { records, turns_new, turns_extended, turns_known, lines, other_lines } = report;
	context.print(report, () =>
		[
			`${records} ${what}: ${turns_new} turns new, ${turns_extended} extended, ${turns_known} known already; ${lines} lines${dry ? '. Nothing was kept.' : ''}`,
			...(other_lines === 0 ? [] : [`  not taken over, written by persons or by nobody known: ${other_lines} lines`]),
			...refusedRows(report.refused),
		].join('\n'),
	);
	if (records === 0 && report.refused.length > 0) context.exitCode = 1;
}

export function refusedRows(refused: readonly LeftOut[]): string[] {
	return refused.map(({ reason, count, example }) => `  refused, ${reason}: ${count} (${example}${count > 1 ? ', …' : ''})`);
}
