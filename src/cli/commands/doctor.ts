import type { Command } from 'commander';
import pc from 'picocolors';
import { z } from 'zod';
import { examine } from '../../app/doctor';
import type { CliContext } from '../cliContext';
import { describe } from './server';

const Options = z.object({ mend: z.boolean().default(true) });

export function addDoctor(program: Command, context: CliContext): void {
	program
		.command('doctor')
		.description('say what runs, where, how big, and what is wrong; mend what can be mended')
		.option('--no-mend', 'only look')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const report = await examine({ app: context.app, folder: context.folder, mend: Options.parse(raw).mend });
			const marks = { ok: pc.green('ok'), mended: pc.cyan('mended'), warning: pc.yellow('warning'), problem: pc.red('problem') };
			context.print(report, () =>
				[...(report.status === undefined ? [] : [describe(report.status), '']), ...report.findings.map(({ level, text }) => `${marks[level]}: ${text}`)].join(
					'\n',
				),
			);
			if (report.findings.some(({ level }) => level === 'problem')) context.exitCode = 1;
		});
}
