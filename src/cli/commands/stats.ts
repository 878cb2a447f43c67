import type { Command } from 'commander';
import { z } from 'zod';
import { UserError } from '../../core/errors';
import { StatsBy } from '../../core/stats';
import type { CliContext } from '../cliContext';
import { statsText } from '../statsText';

const Options = z.object({ by: z.string().optional(), since: z.string().optional(), everywhere: z.boolean().default(false) });

export function addStats(program: Command, context: CliContext): void {
	program
		.command('stats')
		.description('how code that assistants wrote survives: lines by days and commits, outcomes, rewards')
		.option('--by <what>', `compare groups: ${StatsBy.options.join(', ')}`)
		.option('--since <date>', 'only turns from a date on, like 2026-01-31')
		.option('--everywhere', 'turns of all repositories')
		.option('--json', 'print JSON')
		.action(async (raw: unknown) => {
			const { by, since, everywhere } = Options.parse(raw);
			const stats = await context.app.stats(
				{ everywhere, ...(by !== undefined && { by: dimension(by) }), ...(since !== undefined && { since: instantOf(since) }) },
				context.long,
			);
			context.print(stats, () => statsText(stats));
			if (stats.all.turns === 0) context.exitCode = 1;
		});
}

function dimension(text: string): StatsBy {
	const { data } = StatsBy.safeParse(text);
	if (data === undefined) throw new UserError(`Turns cannot be compared by "${text}". Give one of: ${StatsBy.options.join(', ')}.`, 2);
	return data;
}

function instantOf(text: string): string {
	const time = Date.parse(text);
	if (Number.isNaN(time)) throw new UserError(`"${text}" is no date. Write it like 2026-01-31.`, 2);
	return new Date(time).toISOString();
}
