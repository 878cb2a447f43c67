import { Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../../core/errors';
import type { IndexReport } from '../../core/api';
import type { CliContext } from '../cliContext';

const Options = z.object({ all: z.boolean().default(false), changed: z.boolean().default(false), explain: z.string().optional() });

export function addIndex(program: Command, context: CliContext): void {
	program
		.command('index')
		.description('index the code of this repository, or single files and folders of it')
		.argument('[paths...]', 'files or folders to index')
		.option('--all', 'compare every file that git shows')
		.option('--changed', 'only what changed since the last indexed commit, and the working tree')
		.addOption(new Option('--explain <path>', 'say whether a file is indexed, and why not'))
		.option('--json', 'print JSON')
		.action(async (paths: string[], raw: unknown) => {
			const options = Options.parse(raw);
			if (options.explain !== undefined) return explain(context, options.explain);
			const modes = [options.all, options.changed, paths.length > 0].filter(Boolean).length;
			if (modes !== 1) throw new UserError('Say what to index: --all, --changed, or the paths of files and folders.', 2);
			const mode = options.all ? 'all' : options.changed ? 'changed' : 'paths';
			const report = await context.app.index({ mode, paths }, context.long);
			context.print(report, () => describe(report));
			const nothing = report.files_indexed + report.files_unchanged + report.files_removed === 0;
			// Nothing to do after --changed means up to date; nothing out of files that were asked for means refused.
			if (mode !== 'changed' && (nothing || (mode === 'paths' && report.files_skipped > 0))) context.exitCode = 1;
		});
}

async function explain(context: CliContext, path: string) {
	const answer = await context.app.explainIndex({ path });
	context.print(answer, () =>
		[
			`${answer.path}: ${answer.indexed ? '' : 'not in the index: '}${answer.reason}`,
			...answer.chunks.map((chunk) => `  ${chunk.start_line}-${chunk.end_line} ${chunk.symbol}`),
		].join('\n'),
	);
}

function describe(report: IndexReport): string {
	const done = `${report.files_indexed} files indexed (${report.chunks} chunks, ${report.chunks_embedded} embedded), ${report.files_unchanged} unchanged, ${report.files_removed} removed, ${report.files_skipped} left out, in ${report.seconds} s`;
	const skipped = report.skipped.map(({ reason, count, example }) => `  left out, ${reason}: ${count} (${example}${count > 1 ? ', …' : ''})`);
	return [done, ...skipped, ...report.notes].join('\n');
}
